import type { Decision, EventsAnswer, Problem } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { uuidv7 } from '../../sdk/src/ids.ts'
import { day, openHarness } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'

for (const [where, fresh] of [
  ['SQLite', freshSqlite],
  ['PostgreSQL', freshPostgres],
] as const)
  test(`${where}: what corrects an event that is deleted, or may be, is refused and counts nothing`, async () => {
    const harness = await openHarness({ database: await fresh() })
    const { host, clock } = harness
    for (const account of ['acme', 'birch']) await host.ok('PUT', `/accounts/${account}`, { plan: 'professional' })
    const used = async () =>
      (await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })).used
    const ran = (id: string, more: object = {}) => ({
      ...{
        id,
        account: 'acme',
        name: 'ran',
        feature: 'automations',
        value: 1,
        time: new Date(clock.now()).toISOString(),
      },
      ...more,
    })
    const report = async (...events: object[]) =>
      (await host<EventsAnswer & Problem>('POST', '/events', { events })).body
    /** One after the other. */
    const takes = async (...events: object[]) => {
      for (const event of events) expect((await report(event)).rejected).toEqual([])
    }
    const idOf = (): string => uuidv7(clock.now(), () => 0.5)

    const old = idOf()
    expect(await report(ran('wrong'), ran(old))).toMatchObject({ accepted: 2 })
    // Nothing was deleted yet: a correction may come before what it corrects, whatever that is called.
    await takes(ran('right', { replaces: 'to-come' }), ran('to-come', { value: 50 }))
    await clock.advance(101 * day)
    expect(await report(ran('too-late', { replaces: 'wrong' }))).toMatchObject({
      rejected: [{ code: 'time_too_old', detail: expect.stringMatching(/^The event wrong that it replaces is past/) }],
    })
    await harness.softgate.services.sweep()
    const before = await used()
    for (const gone of ['wrong', old, 'right', 'never-was'])
      expect(await report(ran(`fix-${gone}`, { value: 7, replaces: gone }))).toMatchObject({
        rejected: [{ code: 'time_too_old', detail: expect.stringMatching(/is not known .* send it first[.]$/) }],
      })
    expect(await used()).toBe(before)

    // An id that tells that it is younger is none of them, and may still come.
    const late = idOf()
    await takes(ran('early', { replaces: late }), ran(late, { value: 50 }))
    expect(await used()).toBe((before ?? 0) + 1)
    // What is there is corrected as ever, also within one batch; and a younger account has lost nothing.
    expect(await report(ran('a', { value: 9 }), ran('b', { value: 2, replaces: 'a' }))).toMatchObject({ accepted: 2 })
    expect(await used()).toBe((before ?? 0) + 3)
    await host.ok('PUT', '/accounts/cedar', { plan: 'professional' })
    const young = { account: 'cedar' }
    await takes(ran('x', { ...young, replaces: 'y' }), ran('y', young))
    expect(harness.failures).toEqual([])
  })
