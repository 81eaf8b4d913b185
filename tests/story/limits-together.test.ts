import type { Decision, EventInput, EventsAnswer, ReserveAnswer, State } from '@softgate/sdk/contract'
import { defineConfig } from '@softgate/server'
import { expect, test } from 'vitest'
import { day, type Harness, hour, minute, openHarness } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'

const unit = { one: 'unit', other: 'units' }
const used = { kind: 'metered', meter: 'consumable', unit } as const

/** Features each of which follows two rules at once. */
const config = defineConfig({
  features: {
    mails: { ...used, title: 'Mails', reset: 'day', rollover: { cap: 10 } },
    exports: { ...used, title: 'Exports', reset: 'month', beyond: { days: 3 } },
    seats: { kind: 'metered', meter: 'allocated', unit, title: 'Seats', beyond: { days: 3 } },
    flows: { ...used, title: 'Workflows', reset: 'never' },
    robots: { ...used, title: 'Robots', reset: 'month', unlock: { feature: 'flows', used: 3 } },
    prints: { ...used, title: 'Prints', reset: 'month', beyond: { units: 2 } },
    audits: { ...used, title: 'Audits', reset: 'month', scope: 'entity', roles: { use: ['admin'], see: ['admin'] } },
  },
  plans: {
    free: {
      title: 'Free',
      grants: { mails: 10, exports: 10, seats: 10, flows: 'unlimited', robots: 5, prints: 4, audits: 5 },
    },
  },
  defaultPlan: 'free',
  triggers: {},
  prompts: {},
})

async function open(database = freshSqlite()): Promise<Harness> {
  const harness = await openHarness({ config, database })
  await harness.host.ok('PUT', '/accounts/acme', { name: 'Acme', timeZone: 'UTC' })
  await harness.host.ok('PUT', '/accounts/acme/users/priya', { role: 'admin' })
  await harness.host.ok('PUT', '/accounts/acme/users/sam', { role: 'member' })
  return harness
}

const report = ({ host, clock }: Harness, event: Partial<EventInput> & { id: string }) =>
  host.ok<EventsAnswer>('POST', '/events', {
    events: [{ account: 'acme', name: 'used', time: new Date(clock.now()).toISOString(), ...event }],
  })
const check = ({ host }: Harness, feature: string, rest = {}) =>
  host.ok<Decision>('POST', '/check', { account: 'acme', feature, ...rest })
const take = ({ host }: Harness, id: string, feature: string, quantity: number) =>
  host.ok<Decision>('POST', '/consume', { id, account: 'acme', feature, quantity })

test('what is reserved when the period turns does not roll over, committed or not; what is released does', async () => {
  const harness = await open()
  const { clock, host } = harness
  await clock.advance(2 * day)
  await clock.advance(day - (clock.now() % day) - minute)
  const reserve = (id: string, quantity: number) =>
    host.ok<ReserveAnswer>('POST', '/reserve', { id, account: 'acme', feature: 'mails', quantity })
  await reserve('used', 14)
  await reserve('freed', 6)
  await clock.advance(2 * minute)
  const over = new Date(clock.now() + 3 * minute).toISOString()
  expect(await check(harness, 'mails')).toMatchObject({ used: 0, limit: 10, remaining: 10, nextChangeAt: over })
  await host.ok('POST', '/release', { id: 'freed', account: 'acme' })
  expect(await check(harness, 'mails')).toMatchObject({ limit: 16, rolledOver: 6 })
  expect(await take(harness, 'c-1', 'mails', 16)).toMatchObject({ allowed: true, used: 16 })
  await host.ok('POST', '/commit', { id: 'used', account: 'acme' })
  expect(await check(harness, 'mails')).toMatchObject({ used: 16, limit: 16, allowed: false })
})

test('an id that stands for a reservation is taken by nothing else, and a reservation whose id an event took is refused', async () => {
  const harness = await open()
  const { host } = harness
  await host.ok('POST', '/reserve', { id: 'r-1', account: 'acme', feature: 'exports', quantity: 3 })
  const again = { id: 'r-1', account: 'acme', feature: 'exports' }
  expect((await host.refused('POST', '/consume', again)).code).toBe('invalid_request')
  expect(await check(harness, 'exports')).toMatchObject({ used: 0, held: 3 })
  await report(harness, { id: 'r-1', feature: 'exports' })
  const refused = await host.refused('POST', '/commit', { id: 'r-1', account: 'acme' })
  expect(refused).toMatchObject({ code: 'invalid_request', detail: expect.stringContaining('r-1') })
  expect(await host.ok('POST', '/release', { id: 'r-1', account: 'acme' })).toEqual({ released: 3 })
  expect(await check(harness, 'exports')).toMatchObject({ used: 1, remaining: 9 })
})

for (const [store, database] of [
  ['SQLite', freshSqlite],
  ['PostgreSQL', freshPostgres],
] as const)
  test(`on ${store}, what was counted by mistake starts no grace: it runs from when use passes the limit in truth`, async () => {
    const harness = await open(await database())
    const { clock } = harness
    await report(harness, { id: 'wrong', feature: 'exports', value: 100 })
    expect((await check(harness, 'exports')).state).toBe('grace')
    await clock.advance(hour)
    await report(harness, { id: 'right', feature: 'exports', value: 1, replaces: 'wrong' })
    await clock.advance(5 * day)
    await report(harness, { id: 'more', feature: 'exports', value: 10 })
    const graceEndsAt = new Date(clock.now() + 3 * day).toISOString()
    expect(await check(harness, 'exports')).toMatchObject({ state: 'grace', used: 11, graceEndsAt })
    // Still over after it was put right, it goes on from where it was.
    await clock.advance(day)
    await report(harness, { id: 'less', feature: 'exports', value: 12, replaces: 'more' })
    expect(await check(harness, 'exports')).toMatchObject({ state: 'grace', used: 13, graceEndsAt })

    // A level falls and rises by itself: it has one grace.
    await report(harness, { id: 'full', feature: 'seats', set: 11 })
    const once = new Date(clock.now() + 3 * day).toISOString()
    await clock.advance(hour)
    await report(harness, { id: 'fewer', feature: 'seats', set: 9 })
    await clock.advance(hour)
    await report(harness, { id: 'full-again', feature: 'seats', set: 12 })
    expect(await check(harness, 'seats')).toMatchObject({ state: 'grace', used: 12, graceEndsAt: once })
  })

test('a trial or an override opens by itself what use would have to unlock, and it is locked again after it', async () => {
  const harness = await open()
  const { clock, host } = harness
  const locked = { state: 'locked', reason: 'not_unlocked', unlock: { feature: 'flows', used: 0, needed: 3 } }
  expect(await check(harness, 'robots', { explain: true })).toMatchObject({
    ...locked,
    explain: [{}, {}, { code: 'not_unlocked', rule: 'unlock: {"feature":"flows","used":3}' }],
  })
  const endsAt = new Date(clock.now() + day).toISOString()
  const trial = { grant: 2, trial: true, reason: 'to see it', author: 'kim', endsAt }
  await host.ok('PUT', '/accounts/acme/overrides/robots', trial)
  expect(await check(harness, 'robots')).toMatchObject({
    state: 'ok',
    limit: 2,
    trial: { endsAt },
    nextChangeAt: endsAt,
  })
  expect(await take(harness, 'c-1', 'robots', 2)).toMatchObject({ allowed: true, used: 2 })
  await clock.advance(day)
  expect(await check(harness, 'robots')).toMatchObject(locked)
  await report(harness, { id: 'three', feature: 'flows', value: 3 })
  expect(await check(harness, 'robots')).toMatchObject({ state: 'ok', used: 2, limit: 5 })
})

test('the state tells a user what their role may with a feature that each entity has of its own', async () => {
  const harness = await open()
  const own = async (user: string) => (await harness.as('acme', user).ok<State>('GET', '/state')).own?.audits
  expect(await own('sam')).toMatchObject({ allowed: false, reason: 'role_not_allowed', hidden: true, scope: 'entity' })
  expect(await own('priya')).toMatchObject({ allowed: true, reason: 'granted' })
  expect((await own('priya'))?.hidden).toBeUndefined()
  await harness.host.ok('PUT', '/accounts/acme/users/sam', { role: 'admin' })
  expect(await own('sam')).toMatchObject({ allowed: true })
  const { explain } = await check(harness, 'audits', { user: 'nobody', entity: 'red', explain: true })
  expect(explain?.at(-1)).toEqual({ code: 'role_not_allowed', facts: { role: null }, rule: 'roles.use: ["admin"]' })
})

test('a limit is foreseen whether its use is added up or stated, of a level and of what starts again', async () => {
  const harness = await open()
  const { clock } = harness
  for (let n = 1; n <= 8; n++) {
    await take(harness, `seat-${n}`, 'seats', 1)
    await report(harness, { id: `export-${n}`, feature: 'exports', set: n })
    await clock.advance(day)
  }
  const at = new Date(clock.now() + 2 * day).toISOString()
  for (const feature of ['seats', 'exports']) {
    const { used, forecast } = await check(harness, feature)
    expect([feature, used, forecast?.at.slice(0, 10)]).toEqual([feature, 8, at.slice(0, 10)])
  }
})

test('who takes the last units of a grace is told that it was grace, and of a limit that it was within', async () => {
  const harness = await open()
  const last = { state: 'blocked', allowed: true }
  expect(await take(harness, 'p-1', 'prints', 6)).toMatchObject({ ...last, reason: 'grace', used: 6, limit: 4 })
  expect(await take(harness, 'p-1', 'prints', 6)).toMatchObject({ ...last, reason: 'grace', used: 6 })
  expect(await take(harness, 'p-2', 'prints', 1)).toMatchObject({ allowed: false, reason: 'limit_reached', used: 6 })
  expect(await take(harness, 'm-1', 'mails', 10)).toMatchObject({ ...last, reason: 'within_limit', used: 10 })
})
