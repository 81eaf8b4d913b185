import type { Decision, EventInput, EventsAnswer, OverridesAnswer, ReserveAnswer, State } from '@softgate/sdk/contract'
import { defineConfig } from '@softgate/server'
import { expect, test } from 'vitest'
import { day, type Harness, openHarness } from '../support/harness.ts'
import { listenTo } from '../support/stream.ts'

const unit = { one: 'unit', other: 'units' }
const copy = (action: string) => ({ title: '{used} of {limit} {units}', body: 'All used.', action, dismiss: 'Not now' })
const config = defineConfig({
  features: {
    exports: {
      kind: 'metered',
      meter: 'consumable',
      reset: 'month',
      title: 'Exports',
      unit,
      beyond: { percent: 50, days: 3 },
    },
    calls: {
      kind: 'metered',
      meter: 'consumable',
      reset: { days: 7 },
      title: 'Calls',
      unit,
      counts: { aggregate: 'sum', events: ['called'], of: 'n', by: ['model'] },
    },
    boards: {
      kind: 'metered',
      meter: 'consumable',
      reset: 'never',
      title: 'Cards',
      unit,
      scope: 'entity',
      total: true,
    },
    notes: { kind: 'metered', meter: 'consumable', reset: 'day', title: 'Notes', unit, scope: 'user' },
    robots: { kind: 'boolean', title: 'Robots', unlock: { feature: 'boards', used: 3 } },
    billing_page: { kind: 'boolean', title: 'Billing', roles: { use: ['admin'], see: ['admin'], ask: ['admin'] } },
    sso: { kind: 'boolean', title: 'SSO' },
  },
  plans: {
    free: { title: 'Free', grants: { exports: 10, calls: 100, boards: 5, notes: 2, robots: true, billing_page: true } },
    pro: { title: 'Pro', beyond: { exports: 'overage' }, grants: { exports: 10 } },
  },
  defaultPlan: 'free',
  triggers: {
    short: { title: 'Short', source: { on: 'blocked', feature: 'notes' }, expansion: 'tier', prompt: 'short' },
  },
  prompts: {
    short: {
      placement: 'dialog',
      variants: { fact: { copy: { en: { buy: copy('Buy'), ask: copy('Ask') } } } },
    },
  },
})

let ids = 0
const report = (harness: Harness, ...events: Partial<EventInput>[]) =>
  harness.host.ok<EventsAnswer>('POST', '/events', {
    events: events.map((event) => ({
      id: `event-${++ids}`,
      account: 'acme',
      name: 'used',
      time: new Date(harness.clock.now()).toISOString(),
      ...event,
    })),
  })
const check = (harness: Harness, feature: string, rest = {}) =>
  harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature, ...rest })

async function open(): Promise<Harness> {
  const harness = await openHarness({ config })
  await harness.host.ok('PUT', '/accounts/acme', { name: 'Acme', timeZone: 'Europe/Berlin' })
  await harness.host.ok('PUT', '/accounts/acme/users/priya', { role: 'admin' })
  await harness.host.ok('PUT', '/accounts/acme/users/sam', { role: 'member' })
  return harness
}

test('a limit is passed with grace, the countdown runs, and a reason is given for each answer', async () => {
  const harness = await open()
  const began = harness.clock.now()
  await report(harness, { feature: 'exports', value: 12 })
  const ends = new Date(began + 3 * day).toISOString()
  const grace = { state: 'grace', allowed: true, used: 12, limit: 10, graceEndsAt: ends, nextChangeAt: ends }
  expect(await check(harness, 'exports')).toMatchObject(grace)
  expect(await check(harness, 'exports', { quantity: 4 })).toMatchObject({ state: 'blocked', allowed: false })
  expect((await check(harness, 'exports', { explain: true })).explain?.map(({ code }) => code)).toEqual([
    'plan',
    'granted',
    'grace',
  ])
  const asked = harness.as('acme', 'priya').refused('POST', '/check', { feature: 'exports', explain: true })
  expect((await asked).code).toBe('forbidden')
  const consume = () =>
    harness.host.ok<Decision>('POST', '/consume', { id: `c-${++ids}`, account: 'acme', feature: 'exports' })
  expect((await consume()).allowed).toBe(true)
  await harness.clock.advance(3 * day - 1)
  expect(await check(harness, 'exports')).toMatchObject({ state: 'grace', used: 13 })
  await harness.clock.advance(1)
  expect(await check(harness, 'exports')).toMatchObject({ state: 'blocked', graceEndsAt: null })
  expect((await consume()).allowed).toBe(false)
  await harness.host.ok('PUT', '/accounts/acme', { plan: 'pro' })
  expect(await check(harness, 'exports')).toMatchObject({ state: 'warn', reason: 'overage', overage: 3 })
  expect((await consume()).overage).toBe(4)
})

test('one event moves every meter that reads it, a correction moves them back, and history splits by what is declared', async () => {
  const harness = await open()
  const called = (n: number, model: string, rest = {}) => ({ name: 'called', properties: { n, model }, ...rest })
  await report(harness, called(5, 'a'), called(7, 'b', { id: 'wrong' }), called(2, 'a'))
  expect((await check(harness, 'calls')).used).toBe(14)
  await report(harness, called(1, 'b', { replaces: 'wrong' }))
  expect((await check(harness, 'calls')).used).toBe(8)
  type Groups = { groups: { value: string; days: { used: number }[] }[] }
  const { groups } = await harness.as('acme', 'sam').ok<Groups>('GET', '/usage?feature=calls&days=1&by=model')
  expect(groups.map(({ value, days }) => [value, days[0]?.used]).sort()).toEqual([
    ['a', 7],
    ['b', 1],
  ])
  await harness.as('acme', 'sam').refused('GET', '/usage?feature=calls&by=n')
  await harness.clock.advance(6 * day)
  expect((await check(harness, 'calls')).used).toBe(8)
  await harness.clock.advance(day)
  expect(await check(harness, 'calls')).toMatchObject({ used: 0, resetsAt: null })
  const tooLate = await report(harness, called(1, 'a', { id: 'fine' }))
  expect(tooLate).toEqual({ accepted: 1, duplicates: 0, rejected: [] })
})

test('each entity has its limit, the account their sum, and what they used together unlocks a feature', async () => {
  const harness = await open()
  expect(await check(harness, 'robots')).toMatchObject({ state: 'locked', unlock: { used: 0, needed: 3 } })
  await report(harness, { feature: 'boards', entity: 'red', value: 2 }, { feature: 'boards', entity: 'blue', value: 1 })
  expect(await check(harness, 'boards', { entity: 'red' })).toMatchObject({ scope: 'entity', used: 2, limit: 5 })
  expect(await check(harness, 'robots')).toMatchObject({ state: 'ok', unlock: { used: 3, needed: 3 } })
  const consume = (entity: string, quantity: number) =>
    harness.host.ok<Decision>('POST', '/consume', {
      id: `c-${++ids}`,
      account: 'acme',
      feature: 'boards',
      entity,
      quantity,
    })
  expect((await consume('red', 3)).allowed).toBe(true)
  expect((await consume('red', 1)).allowed).toBe(false)
  expect((await consume('blue', 1)).allowed).toBe(true)
  const state = await harness.as('acme', 'sam').ok<State>('GET', '/state')
  expect(state.features.boards).toMatchObject({ used: 7, limit: null })
  expect((await harness.host.refused('POST', '/check', { account: 'acme', feature: 'boards' })).code).toBe(
    'invalid_request',
  )
})

test('a user has limits of their own and what their role may', async () => {
  const harness = await open()
  const [priya, sam] = [harness.as('acme', 'priya'), harness.as('acme', 'sam')]
  await report(harness, { feature: 'notes', user: 'sam', value: 2 })
  expect(await sam.ok('POST', '/check', { feature: 'notes' })).toMatchObject({ used: 2, allowed: false })
  expect(await priya.ok('POST', '/check', { feature: 'notes' })).toMatchObject({ used: 0, allowed: true })
  expect((await sam.refused('POST', '/check', { feature: 'notes', user: 'priya' })).code).toBe('foreign_account')
  expect(await sam.ok('POST', '/gates', { feature: 'notes' })).toMatchObject({
    decision: { used: 2, state: 'blocked' },
    prompt: { copy: { title: '2 of 2 units' } },
  })
  expect(await sam.ok('POST', '/gates', { feature: 'billing_page' })).toMatchObject({
    prompt: null,
    decision: { reason: 'role_not_allowed', hidden: true },
  })
  expect((await sam.refused('POST', '/requests', { feature: 'billing_page' })).code).toBe('role_not_allowed')
  expect(await priya.ok('POST', '/check', { feature: 'billing_page' })).toMatchObject({ allowed: true })
  const { own } = await sam.ok<State>('GET', '/state')
  expect(own).toMatchObject({ notes: { used: 2, state: 'blocked' }, billing_page: { hidden: true } })
  // Midnight in Berlin is eleven in the evening in UTC.
  await harness.clock.advance(9 * 3_600_000)
  expect(await check(harness, 'notes', { user: 'sam' })).toMatchObject({ used: 0, allowed: true })
  await harness.host.ok('PUT', '/accounts/acme/users/sam', { role: 'admin' })
  expect(await check(harness, 'billing_page', { user: 'sam' })).toMatchObject({ allowed: true })
})

test('what a user has used is told to the connections of that user alone', async () => {
  const harness = await open()
  const listen = async (user: string) =>
    listenTo(
      await harness.softgate.app.request('/v1/stream', {
        headers: { authorization: `Bearer ${harness.token('acme', user)}` },
      }),
    )
  const [sam, priya] = [await listen('sam'), await listen('priya')]
  expect((await sam.next<State>('state')).own?.notes).toMatchObject({ used: 0, scope: 'user' })
  await report(harness, { feature: 'notes', user: 'sam', value: 2 })
  await harness.clock.advance(1_000)
  const { own } = await sam.next<State>('prompts', (told) => told.own?.notes?.used === 2)
  expect(own).toMatchObject({ notes: { state: 'blocked' } })
  await report(harness, { feature: 'notes', user: 'priya', value: 1 })
  await harness.clock.advance(1_000)
  expect((await priya.next<State>('prompts')).own?.notes).toMatchObject({ used: 1 })
  expect(sam.seen('prompts')).toHaveLength(1)
  await Promise.all([sam.close(), priya.close()])
})

test('an account is given what its plan does not have, until it ends, and a trial once', async () => {
  const harness = await open()
  const path = '/accounts/acme/overrides/sso'
  const endsAt = new Date(harness.clock.now() + day).toISOString()
  const given = { grant: true, reason: 'goodwill', author: 'support' }
  const { override } = await harness.host.ok<OverridesAnswer>('PUT', path, given)
  expect(override).toMatchObject({ ...given, feature: 'sso', endsAt: null, trial: false })
  const told = await check(harness, 'sso', { explain: true })
  expect(told).toMatchObject({ allowed: true })
  expect(told.explain?.find(({ code }) => code === 'override')).toMatchObject({
    rule: 'goodwill',
    facts: { author: 'support' },
  })
  await harness.host.ok('DELETE', path)
  expect(await check(harness, 'sso')).toMatchObject({ reason: 'not_in_plan' })
  await harness.host.ok('PUT', path, { ...given, endsAt, trial: true })
  expect(await check(harness, 'sso')).toMatchObject({ allowed: true, trial: { endsAt }, nextChangeAt: endsAt })
  await harness.clock.advance(day)
  expect(await check(harness, 'sso')).toMatchObject({ allowed: false })
  const again = { ...given, endsAt: new Date(harness.clock.now() + day).toISOString(), trial: true }
  expect((await harness.host.refused('PUT', path, again)).code).toBe('trial_used')
  expect((await harness.host.refused('DELETE', path)).code).toBe('override_unknown')
  expect((await harness.host.refused('PUT', path, { ...given, grant: 5 })).code).toBe('invalid_request')
})

test('units are set aside, used or set free, by hand or by time, and races never pass the limit', async () => {
  const harness = await open()
  const { host, clock } = harness
  const about = { account: 'acme', feature: 'boards', entity: 'red' }
  const reserve = (id: string, quantity: number, expiresIn = 60) =>
    host.ok<ReserveAnswer>('POST', '/reserve', { id, ...about, quantity, expiresIn })
  const consume = (quantity = 1) => host.ok<Decision>('POST', '/consume', { id: `c-${++ids}`, ...about, quantity })
  const now = () => check(harness, 'boards', { entity: 'red' })

  const { expiresAt, decision } = await reserve('one', 3)
  expect([expiresAt, decision.allowed]).toEqual([new Date(clock.now() + 60_000).toISOString(), true])
  expect(await reserve('one', 3)).toMatchObject({ expiresAt })
  expect(await now()).toMatchObject({ used: 0, held: 3, remaining: 2, nextChangeAt: expiresAt })
  expect((await reserve('two', 3)).expiresAt).toBeNull()
  expect((await consume(3)).allowed).toBe(false)
  await clock.advance(60_000)
  expect(await now()).toMatchObject({ used: 0, remaining: 5 })
  expect((await consume(3)).allowed).toBe(true)
  expect((await host.refused('POST', '/commit', { id: 'one', account: 'acme' })).code).toBe('reservation_unknown')

  await reserve('three', 2)
  expect((await host.refused('POST', '/commit', { id: 'three', account: 'acme', quantity: 3 })).code).toBe(
    'invalid_request',
  )
  const commit = () => host.ok<Decision>('POST', '/commit', { id: 'three', account: 'acme', quantity: 1 })
  expect(await commit()).toMatchObject({ allowed: true, used: 4, remaining: 1 })
  expect(await commit()).toMatchObject({ used: 4 })
  const total = async () => (await harness.as('acme', 'sam').ok<State>('GET', '/state')).features.boards?.used
  expect(await total()).toBe(4)
  await reserve('four', 1)
  expect(await host.ok('POST', '/release', { id: 'four', account: 'acme' })).toEqual({ released: 1 })
  expect(await host.ok('POST', '/release', { id: 'four', account: 'acme' })).toEqual({ released: 0 })

  const calls = { account: 'acme', feature: 'calls', quantity: 30 }
  await clock.advance(day)
  const taken = await Promise.all(
    Array.from({ length: 8 }, async (_, n) =>
      n % 2 === 0
        ? (await host.ok<Decision>('POST', '/consume', { id: `race-${n}`, ...calls })).allowed
        : (await host.ok<ReserveAnswer>('POST', '/reserve', { id: `race-${n}`, ...calls })).expiresAt !== null,
    ),
  )
  expect(taken.filter(Boolean)).toHaveLength(3)
})
