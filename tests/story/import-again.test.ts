import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision, EventsAnswer, Problem } from '@softgate/sdk/contract'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog, MeteredFeature } from '../../server/src/catalog/model.ts'
import { cleanup } from '../support/cleanup.ts'
import { done } from '../support/cli.ts'
import { freshFolder } from '../support/folder.ts'
import { day, openHarness, secretKey, start } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'

/** TeamFlow, with exports that never start again. */
const configFor = (folder: string): Catalog => ({
  ...teamflow,
  features: { ...teamflow.features, exports: { ...teamflow.features.exports, reset: 'never' } as MeteredFeature },
  retention: { ...teamflow.retention, export: folder },
})
const hour = 3_600_000
const iso = (at: number): string => new Date(at).toISOString()
const event = (id: string, at: number, more: object = {}) => ({
  id,
  account: 'acme',
  name: 'ran',
  feature: 'exports',
  value: 1,
  time: iso(at),
  ...more,
})

for (const [where, fresh] of [
  ['SQLite', freshSqlite],
  ['PostgreSQL', freshPostgres],
] as const)
  test(`${where}: events that were deleted and exported never count twice, unless somebody says that they were never counted`, async () => {
    const folder = freshFolder()
    const harness = await openHarness({ config: configFor(folder), database: await fresh() })
    const { host, clock } = harness
    await host.ok('PUT', '/accounts/acme', { plan: 'professional' })
    const used = async (account = 'acme') =>
      (await host.ok<Decision>('POST', '/check', { account, feature: 'exports' })).used
    const bring = async (events: object[], query = '') =>
      (await host<EventsAnswer & Problem>('POST', `/admin/import${query}`, { events })).body
    const seats = (id: string, hours: number, more: object) =>
      event(id, start + hours * hour, { feature: 'seats', value: undefined, ...more })
    await host.ok('POST', '/events', {
      events: [event('own-1', start), event('own-2', start, { value: 5 }), seats('own-4', -1, { value: 2 })],
    })
    await clock.advance(60 * day)
    await host.ok('POST', '/events', { events: [event('own-3', clock.now())] })
    await clock.advance(41 * day)
    await harness.softgate.services.sweep()
    expect(await used()).toBe(7)

    const server = await listen(harness.softgate.app, { port: 0 })
    cleanup(() => server.close())
    const [name = ''] = readdirSync(folder)
    const run = (...more: string[]) =>
      done(folder, ['import', join(folder, name), '--url', server.url, ...more], { SOFTGATE_SECRET_KEY: secretKey })
    expect(await run()).toMatchObject({
      code: 1,
      text: expect.stringMatching(/^0 accepted, 0 known already, 3 rejected/m),
    })
    expect(await used()).toBe(7)

    // What is still there is known, what is younger than all that was deleted counts.
    expect(await bring([event('own-3', start + 60 * day), event('new-1', start + 50 * day)])).toMatchObject({
      accepted: 1,
      duplicates: 1,
      rejected: [],
    })
    const again = await bring([event('own-1', start)])
    expect(again.rejected).toMatchObject([{ index: 0, code: 'time_too_old' }])
    expect(again.rejected[0]?.detail).toMatch(/^time is before 2027-03-13T.* could count twice[.] .*--uncounted[.]$/)
    // What was counted and is forgotten cannot be taken back.
    expect(await bring([event('right', start + 50 * day, { replaces: 'own-2' })])).toMatchObject({
      rejected: [{ code: 'time_too_old', detail: expect.stringContaining('own-2') }],
    })
    expect(await used()).toBe(8)

    // An account that is younger than all that was deleted has lost nothing: its history comes in, once.
    await host.ok('PUT', '/accounts/birch', { plan: 'professional' })
    const history = [event('old', start - 900 * day, { account: 'birch' })]
    expect(await bring(history)).toMatchObject({ accepted: 1 })
    expect(await bring(history)).toMatchObject({ duplicates: 1 })
    expect(await used('birch')).toBe(1)

    const said = '?uncounted=true'
    const late = [event('late', start - day, { value: 2 })]
    expect(await bring(late, said)).toMatchObject({ accepted: 1 })
    expect(await bring(late, said)).toMatchObject({ duplicates: 1 })
    expect(await used()).toBe(10)
    // What was added after that level is no longer there to be added again.
    expect(await bring([seats('between', -2, { set: 9 }), seats('behind', 0, { set: 9 })], said)).toMatchObject({
      accepted: 1,
      rejected: [{ index: 0, code: 'time_too_old', detail: expect.stringContaining('State its level anew') }],
    })
    expect((await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats' })).used).toBe(9)
    expect(await run('--uncounted')).toMatchObject({ code: 0, text: '3 accepted, 0 known already, 0 rejected\n' })
    expect(await used()).toBe(16)
    expect(await host.refused('POST', '/admin/import?uncounted=perhaps', { events: late })).toMatchObject({
      status: 422,
    })
    expect(harness.failures).toEqual([])
  })
