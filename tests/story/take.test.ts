import type { Decision, EventInput, EventsAnswer, Problem, ReserveAnswer, UsageAnswer } from '@softgate/sdk/contract'
import { defineConfig } from '@softgate/server'
import { describe, expect, it } from 'vitest'
import { day, type Harness, openHarness } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'

const metered = { kind: 'metered', meter: 'consumable', reset: 'month', unit: { one: 'unit', other: 'units' } } as const
const config = defineConfig({
  features: {
    seats: { kind: 'metered', meter: 'allocated', title: 'Seats', unit: { one: 'seat', other: 'seats' } },
    mails: { ...metered, title: 'Mails' },
    notes: { ...metered, title: 'Notes', scope: 'user' },
    runs: { ...metered, title: 'Runs', counts: { aggregate: 'count' } },
    pages: { ...metered, title: 'Pages', counts: { aggregate: 'unique', events: ['read'], of: 'page', by: ['from'] } },
    boards: {
      kind: 'metered',
      meter: 'allocated',
      title: 'Boards',
      unit: { one: 'board', other: 'boards' },
      counts: { aggregate: 'sum', by: ['region'] },
    },
  },
  plans: { free: { title: 'Free', grants: { seats: 5, mails: 10, notes: 5, runs: 3, pages: 10, boards: 100 } } },
  defaultPlan: 'free',
})

const stores = { SQLite: () => Promise.resolve(freshSqlite()), PostgreSQL: freshPostgres }

describe.each(Object.entries(stores))('on %s', (_, fresh) => {
  async function openWorld() {
    const harness = await openHarness({ config, database: await fresh() })
    const { host, clock } = harness
    await host.ok('PUT', '/accounts/acme', { name: 'Acme' })
    const asked = { account: 'acme' }
    let ids = 0
    return {
      harness,
      clock,
      sam: () => harness.as('acme', 'sam'),
      consume: (id: string, rest: object) => host<Decision & Problem>('POST', '/consume', { id, ...asked, ...rest }),
      reserve: (id: string, rest: object) =>
        host<ReserveAnswer & Problem>('POST', '/reserve', { id, ...asked, ...rest }),
      commit: (id: string) => host<Decision>('POST', '/commit', { id, ...asked }),
      used: async (feature: string) => (await host.ok<Decision>('POST', '/check', { ...asked, feature })).used,
      report: (...events: Partial<EventInput>[]) =>
        host<EventsAnswer>('POST', '/events', {
          events: events.map((event) => ({ id: `e-${++ids}`, ...asked, name: 'used', time: at(harness), ...event })),
        }),
    }
  }
  const at = ({ clock }: Harness, ahead = 0): string => new Date(clock.now() + ahead).toISOString()

  it('what is taken counts, also where a host whose clock is ahead has stated the level', async () => {
    const { harness, clock, report, consume, reserve, commit, used } = await openWorld()
    await report({ feature: 'seats', set: 2, time: at(harness, 60_000) })
    expect((await consume('one', { feature: 'seats' })).body).toMatchObject({ allowed: true, used: 3 })
    expect((await reserve('two', { feature: 'seats' })).body.decision).toMatchObject({ allowed: true, held: 1 })
    expect((await commit('two')).body).toMatchObject({ allowed: true, used: 4 })
    expect((await consume('three', { feature: 'seats' })).body).toMatchObject({ allowed: true, used: 5 })
    expect((await consume('three', { feature: 'seats' })).body).toMatchObject({ allowed: true, used: 5 })
    expect((await consume('four', { feature: 'seats' })).body).toMatchObject({ allowed: false, used: 5 })
    await clock.advance(day)
    expect(await used('seats')).toBe(5)
    expect(harness.failures).toEqual([])
  })

  it('a meter of events gives away one unit at a time', async () => {
    const { consume, reserve, used } = await openWorld()
    for (const take of [consume, reserve]) {
      const { status, body } = await take('many', { feature: 'runs', quantity: 5 })
      expect([status, body.detail]).toEqual([422, expect.stringContaining('take 1 at a time')])
    }
    for (const id of ['a', 'b', 'c']) expect((await consume(id, { feature: 'runs' })).body.allowed).toBe(true)
    expect((await consume('d', { feature: 'runs' })).body.allowed).toBe(false)
    expect(await used('runs')).toBe(3)
  })

  it('an id that stands for something else is refused, not answered as if it were counted', async () => {
    const { report, consume, reserve, used } = await openWorld()
    await consume('job', { feature: 'mails', quantity: 2 })
    await consume('own', { feature: 'notes', user: 'sam' })
    await reserve('held', { feature: 'mails', quantity: 3 })
    await report({ id: 'signal' })
    expect((await consume('job', { feature: 'mails', quantity: 2 })).body).toMatchObject({ allowed: true, used: 2 })
    const others = [
      consume('job', { feature: 'seats', quantity: 2 }),
      consume('job', { feature: 'mails', quantity: 8 }),
      consume('own', { feature: 'notes', user: 'priya' }),
      consume('signal', { feature: 'mails' }),
      reserve('held', { feature: 'mails', quantity: 4 }),
      reserve('held', { feature: 'seats', quantity: 3 }),
    ]
    for (const { status, body } of await Promise.all(others))
      expect([status, body.detail]).toEqual([422, expect.stringContaining('was used before')])
    expect(await Promise.all(['mails', 'seats'].map(used))).toEqual([2, 0])
  })

  it('texts of any length and script are told apart, and take no other event down', async () => {
    const { report, used, sam } = await openWorld()
    const long = (last: string) =>
      `${Array.from({ length: 998 }, (_, n) => String.fromCodePoint(0x4e00 + ((n * n * 31) % 20_000))).join('')}${last}`
    const read = (page: string, from: string) => ({ name: 'read', properties: { page, from } })
    const { status, body } = await report(
      read(long('a'), long('x')),
      read(long('b'), '\u{1f600}'.repeat(500)),
      read(long('a'), 'home'),
      { feature: 'mails', value: 4 },
    )
    expect([status, body.accepted]).toEqual([200, 4])
    expect(await Promise.all(['pages', 'mails'].map(used))).toEqual([2, 4])
    const { groups = [] } = await sam().ok<UsageAnswer>('GET', '/usage?feature=pages&days=1&by=from')
    expect(groups.map(({ days }) => days[0]?.used)).toEqual([1, 1, 1])
    expect(groups.map(({ value }) => value)).toContain('home')
    await report({ ...read(long('b'), 'home'), id: 'fix', replaces: 'e-2' })
    expect(await used('pages')).toBe(2)
  })

  it('the history of a level goes on from before its first day, value by value', async () => {
    const { report, clock, sam } = await openWorld()
    const boards = (value: number, region: string) => ({ feature: 'boards', value, properties: { region } })
    await report(boards(20, 'eu'), boards(10, 'us'))
    await clock.advance(40 * day)
    await report(boards(1, 'eu'), boards(2, 'asia'))
    const { days, groups = [] } = await sam().ok<UsageAnswer>('GET', '/usage?feature=boards&days=2&by=region')
    const usedOf = (all: UsageAnswer['days']) => all.map(({ used }) => used)
    expect(usedOf(days)).toEqual([30, 33])
    expect(Object.fromEntries(groups.map((group) => [group.value, usedOf(group.days)]))).toEqual({
      eu: [20, 21],
      us: [10, 10],
      asia: [0, 2],
    })
  })
})
