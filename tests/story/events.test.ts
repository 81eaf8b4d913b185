import type { Decision, EventsAnswer, State } from '@softgate/sdk/contract'
import BetterSqlite from 'better-sqlite3'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { isHeldOut } from '../../server/src/experiments/assign.ts'
import { openDatabase } from '../../server/src/store/open.ts'
import { cleanup } from '../support/cleanup.ts'
import { day, type Harness, openHarness, subscribe } from '../support/harness.ts'
import { freshSqlite } from '../support/sqlite.ts'

const used = async ({ host }: Harness, feature: string, account = 'acme'): Promise<number | null> =>
  (await host.ok<Decision>('POST', '/check', { account, feature })).used

const event = (harness: Harness, id: string, more: object = {}) => ({
  id,
  account: 'acme',
  name: 'automation_run',
  feature: 'automations',
  value: 1,
  time: new Date(harness.clock.now()).toISOString(),
  ...more,
})

/** An account that passes the readiness gate and is not in the holdout of the usage ceiling. */
const readyAccount = {
  onboardedAt: '2026-01-01T00:00:00Z',
  healthScore: 90,
  facts: { key_features: 5, active_seats_percent: 90, tickets: 'stable', nps: 9 },
}
const askable =
  Array.from({ length: 50 }, (_, i) => `asked-${i}`).find((id) => !isHeldOut('usage_ceiling', id, 0.1)) ?? ''
const heldOut =
  Array.from({ length: 200 }, (_, i) => `held-${i}`).find((id) => isHeldOut('usage_ceiling', id, 0.1)) ?? ''

test('events arrive in batches, count once by id, and move counters, whatever is repeated', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.nat(60), fc.integer({ min: 1, max: 9 })), { minLength: 1, maxLength: 40 }),
      fc.nat(),
      async (picks, salt) => {
        const before = (await used(harness, 'automations')) ?? 0
        const events = picks.map(([n]) => event(harness, `${salt}-${n}`, { value: (n % 9) + 1 }))
        const fresh = new Map(picks.map(([n]) => [n, (n % 9) + 1]))
        const first = await harness.host.ok<EventsAnswer>('POST', '/events', { events })
        const again = await harness.host.ok<EventsAnswer>('POST', '/events', { events })
        fc.pre(first.accepted > 0)
        expect(first.accepted + first.duplicates).toBe(events.length)
        expect(again).toEqual({ accepted: 0, duplicates: events.length, rejected: [] })
        if (first.accepted === fresh.size)
          expect(await used(harness, 'automations')).toBe(before + [...fresh.values()].reduce((a, b) => a + b, 0))
      },
    ),
    { numRuns: 25 },
  )
})

test('a bad event is rejected with its reason and takes nothing else down', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const at = (ms: number) => new Date(harness.clock.now() + ms).toISOString()
  const { body } = await harness.host<EventsAnswer>('POST', '/events', {
    events: [
      event(harness, 'good-1'),
      event(harness, 'unknown-account', { account: 'nobody' }),
      event(harness, 'unknown-feature', { feature: 'nothing' }),
      event(harness, 'prototype', { feature: 'constructor' }),
      event(harness, 'not-metered', { feature: 'sso' }),
      event(harness, 'both', { set: 3 }),
      event(harness, 'old', { time: at(-36 * day) }),
      event(harness, 'early', { time: at(6 * 60_000) }),
      event(harness, 'no-time', { time: 'yesterday' }),
      event(harness, 'half', { value: 0.5 }),
      event(harness, 'nul', { properties: { note: 'a\u0000b' } }),
      event(harness, 'half-pair', { properties: { note: '\ud800' } }),
      { id: 'x' },
      7,
      event(harness, 'good-2'),
    ],
  })
  expect(body.accepted).toBe(2)
  expect(body.rejected.map(({ index, code }) => [index, code])).toEqual([
    [1, 'account_unknown'],
    [2, 'feature_unknown'],
    [3, 'feature_unknown'],
    [4, 'feature_not_metered'],
    [5, 'invalid_event'],
    [6, 'time_too_old'],
    [7, 'time_in_future'],
    [8, 'invalid_event'],
    [9, 'invalid_event'],
    [10, 'invalid_event'],
    [11, 'invalid_event'],
    [12, 'invalid_event'],
    [13, 'invalid_event'],
  ])
  expect(await used(harness, 'automations')).toBe(2)
})

test('a browser reports only what the catalogue marks for browsers, within its bounds', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const sam = harness.as('acme', 'sam', [])
  const { account: _, ...mine } = event(harness, 'run-1')
  const { body } = await sam<EventsAnswer>('POST', '/events', {
    events: [
      mine,
      event(harness, 'run-2', { value: 11 }),
      event(harness, 'run-3', { feature: 'exports' }),
      event(harness, 'run-4', { value: undefined, set: 5 }),
      event(harness, 'run-5', { account: 'birch' }),
      { id: 'view-1', name: 'integration_page_viewed', time: mine.time },
      { id: 'fake-1', name: 'invite_blocked_seat_limit', time: mine.time },
    ],
  })
  expect(body.accepted).toBe(2)
  expect(body.rejected.map(({ code }) => code)).toEqual([
    'browser_not_allowed',
    'browser_not_allowed',
    'browser_not_allowed',
    'foreign_account',
    'browser_not_allowed',
  ])
})

test('an event of a browser is stored under the user of its token, whatever name it carries', async () => {
  const database = freshSqlite()
  const harness = await openHarness({ database })
  await subscribe(harness)
  await harness.as('acme', 'sam', []).ok('POST', '/events', { events: [event(harness, 'forged', { user: 'priya' })] })
  await harness.host.ok('POST', '/events', { events: [event(harness, 'told', { user: 'priya' })] })
  const stored = new BetterSqlite(database, { readonly: true })
  cleanup(() => stored.close())
  const users = stored.prepare(`select id, "user" from events where id in ('forged', 'told') order by id`).all()
  expect(users).toEqual([
    { id: 'forged', user: 'sam' },
    { id: 'told', user: 'priya' },
  ])
})

test('CloudEvents are taken one by one and in batches', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const cloud = (id: string) => ({
    specversion: '1.0',
    id,
    source: '/teamflow',
    type: 'automation_run',
    subject: 'acme',
    time: new Date(harness.clock.now()).toISOString(),
    data: { feature: 'automations', value: 2 },
  })
  const one = await harness.host('POST', '/events', cloud('c-1'), { 'content-type': 'application/cloudevents+json' })
  const batch = { 'content-type': 'application/cloudevents-batch+json' }
  const many = await harness.host('POST', '/events', [cloud('c-1'), cloud('c-2')], batch)
  expect([one.body, many.body]).toEqual([
    { accepted: 1, duplicates: 0, rejected: [] },
    { accepted: 1, duplicates: 1, rejected: [] },
  ])
  expect(await used(harness, 'automations')).toBe(4)
  const bytes = { ...cloud('c-3'), data: undefined, data_base64: 'AAAA' }
  const { body } = await harness.host<EventsAnswer>('POST', '/events', [bytes, cloud('c-4')], batch)
  expect([body.accepted, body.rejected.map(({ index, code }) => [index, code])]).toEqual([1, [[0, 'invalid_event']]])
})

test('the usage ceiling fires once when use passes 80 %, and the chosen prompt waits for the right people', async () => {
  const harness = await openHarness()
  await subscribe(harness, { id: askable, taken: 1 })
  await harness.host.ok('PUT', `/accounts/${askable}`, readyAccount)
  const prompts = async (user: string) => (await harness.as(askable, user).ok<State>('GET', '/state')).prompts
  const run = (id: string, value: number) =>
    harness.host.ok('POST', '/events', { events: [event(harness, id, { account: askable, value })] })
  await run('r-1', 800)
  expect(await prompts('priya')).toEqual([])
  await run('r-2', 1)
  await expect
    .poll(() => prompts('priya'))
    .toMatchObject([{ placement: 'banner', way: 'buy', copy: { title: 'Automation runs: 801 of 1,000 used.' } }])
  const [prompt] = await prompts('priya')
  await run('r-3', 50)
  expect((await prompts('priya')).map((entry) => entry.delivery)).toEqual([prompt?.delivery])
  expect(await prompts('sam')).toMatchObject([{ way: 'ask', offer: null }])

  const priya = harness.as(askable, 'priya')
  for (const outcome of ['shown', 'clicked', 'dismissed'])
    await priya.ok('POST', `/prompts/${prompt?.delivery}/outcome`, { outcome })
  expect(await prompts('priya')).toEqual([])
  expect(await prompts('sam')).toHaveLength(1)
  await priya.ok('POST', `/prompts/${prompt?.delivery}/outcome`, { outcome: 'dismissed', scope: 'account' })
  expect(await prompts('sam')).toEqual([])
})

test('a trigger on what is over the limit fires where grace begins, and not at the limit itself', async () => {
  const over = { title: 'Over the limit', source: { on: 'over' as const, feature: 'exports' } }
  const usage_ceiling = { ...over, expansion: 'tier', holdout: 0.1, prompt: 'nearly_full' }
  const exports = { ...config.features.exports, beyond: { units: 3 } } as typeof config.features.exports
  const harness = await openHarness({
    config: { ...config, features: { ...config.features, exports }, triggers: { usage_ceiling } } as typeof config,
  })
  await subscribe(harness, { id: askable, taken: 1 })
  await harness.host.ok('PUT', `/accounts/${askable}`, readyAccount)
  const prompts = async () => (await harness.as(askable, 'priya').ok<State>('GET', '/state')).prompts
  const take = async (id: string, value: number) => {
    await harness.host.ok('POST', '/events', {
      events: [event(harness, id, { account: askable, feature: 'exports', value })],
    })
    await harness.softgate.services.sweep()
  }
  await take('o-1', 50)
  expect(await prompts()).toEqual([])
  await take('o-2', 1)
  await expect.poll(prompts).toMatchObject([{ feature: 'exports', copy: { title: 'Exports: 51 of 50 used.' } }])
  await take('o-3', 1)
  expect(await prompts()).toHaveLength(1)
})

test('an account that is not ready, in cooldown or in the holdout is not asked, and the reason is on record', async () => {
  const database = freshSqlite()
  const harness = await openHarness({ database, config: { ...config, triggers: withCooldown() } })
  await subscribe(harness, { id: 'unready', taken: 1 })
  await harness.host.ok('PUT', '/accounts/unready', { ...readyAccount, healthScore: 40 })
  await subscribe(harness, { id: heldOut, taken: 1 })
  await harness.host.ok('PUT', `/accounts/${heldOut}`, readyAccount)
  await subscribe(harness, { id: askable, taken: 1 })
  await harness.host.ok('PUT', `/accounts/${askable}`, readyAccount)
  const use = (account: string, feature: string, value: number) =>
    harness.host.ok('POST', '/events', {
      events: [event(harness, `${account}-${feature}`, { account, feature, value })],
    })
  for (const account of ['unready', heldOut, askable]) await use(account, 'automations', 900)
  const shown = async (account: string) =>
    (await harness.as(account, 'priya').ok<State>('GET', '/state')).prompts.length
  await expect.poll(() => shown(askable)).toBe(1)
  await use(askable, 'exports', 45)
  await harness.softgate.services.sweep()
  expect([await shown('unready'), await shown(heldOut)]).toEqual([0, 0])

  const reader = await openDatabase({ url: database, instance: 'test', clock: harness.clock })
  cleanup(() => reader.close())
  const record = await Promise.all(
    ['unready', heldOut, askable].map(async (account) =>
      (await reader.read.triggers.history(account, 10)).filter(({ trigger }) => trigger === 'usage_ceiling'),
    ),
  )
  expect(record.map((fires) => fires.map((fire) => [fire.feature, fire.status, fire.explain.at(-1)?.code]))).toEqual([
    [['automations', 'suppressed', 'not_ready']],
    [['automations', 'held_out', 'held_out']],
    [
      ['exports', 'suppressed', 'cooling_down'],
      ['automations', 'fired', 'fired'],
    ],
  ])
})

test('an account that becomes ready by new facts is asked at once, and one that only says the same again is left alone', async () => {
  const harness = await openHarness({ database: freshSqlite() })
  await subscribe(harness, { id: askable, taken: 1 })
  const put = (facts: object) => harness.host.ok('PUT', `/accounts/${askable}`, { ...readyAccount, ...facts })
  await put({ healthScore: 40 })
  await harness.host.ok('POST', '/events', {
    events: [event(harness, 'use', { account: askable, feature: 'automations', value: 900 })],
  })
  const shown = async () => (await harness.as(askable, 'priya').ok<State>('GET', '/state')).prompts.length
  await harness.softgate.services.sweep()
  await put({ healthScore: 40 })
  await harness.clock.advance(3 * day)
  await harness.softgate.services.sweep()
  expect(await shown()).toBe(0)
  await put({ healthScore: 41 })
  expect(await shown()).toBe(0)
  await put({})
  await expect.poll(shown).toBe(1)
})

const withCooldown = () => {
  const { usage_ceiling } = config.triggers
  return { ...config.triggers, ...(usage_ceiling && { usage_ceiling: { ...usage_ceiling, cooldownDays: 60 } }) }
}

test('a blocked invitation always gets its answer: not ready, held out or just dismissed, and its repeats are one', async () => {
  const harness = await openHarness()
  await subscribe(harness, { id: heldOut })
  await harness.host.ok('PUT', `/accounts/${heldOut}`, { healthScore: 1, facts: { critical_ticket: true } })
  const priya = harness.as(heldOut, 'priya')
  const ask = async () =>
    (await priya.ok<{ prompt: { delivery: string; copy: object } | null }>('POST', '/gates', { feature: 'seats' }))
      .prompt
  const first = await ask()
  expect(first?.copy).toBeDefined()
  await priya.ok('POST', `/prompts/${first?.delivery}/outcome`, { outcome: 'dismissed' })
  expect((await ask())?.delivery).toBe(first?.delivery)
  await harness.clock.advance(61_000)
  expect(
    (await harness.as(heldOut, 'priya').ok<{ prompt: { delivery: string } }>('POST', '/gates', { feature: 'seats' }))
      .prompt.delivery,
  ).not.toBe(first?.delivery)
})

test('the copy of a prompt is the same variant for everyone in an account, and both variants are told somewhere', async () => {
  const harness = await openHarness()
  const titles = new Map<string, string>()
  for (const id of ['a1', 'a2', 'a3', 'a4', 'a5', 'a6']) {
    await subscribe(harness, { id })
    const [priya, sam] = await Promise.all(
      ['priya', 'sam'].map(
        async (user) =>
          (
            await harness
              .as(id, user)
              .ok<{ prompt: { copy: { title: string } } }>('POST', '/gates', { feature: 'seats' })
          ).prompt.copy.title,
      ),
    )
    expect(priya).toBe(sam)
    titles.set(id, priya?.replace(id, '') ?? '')
  }
  expect(new Set(titles.values()).size).toBe(2)
})

test('a dismissal starts the cooldown anew: nothing of the same kind is asked before it is over', async () => {
  const harness = await openHarness()
  await subscribe(harness, { id: askable, taken: 1 })
  await harness.host.ok('PUT', `/accounts/${askable}`, readyAccount)
  const use = (id: string, feature: string, value: number) =>
    harness.host.ok('POST', '/events', { events: [event(harness, id, { account: askable, feature, value })] })
  const prompts = async () => (await harness.as(askable, 'priya').ok<State>('GET', '/state')).prompts
  await use('first', 'automations', 900)
  await expect.poll(async () => (await prompts()).length).toBe(1)
  await harness.clock.advance(10 * day)
  const [prompt] = await prompts()
  await harness
    .as(askable, 'priya')
    .ok('POST', `/prompts/${prompt?.delivery}/outcome`, { outcome: 'dismissed', forSeconds: 60 })
  // 61 days after the message its own cooldown is over, 51 days after the answer to it the other is not.
  await harness.clock.advance(51 * day)
  await use('second', 'automations', 900)
  await harness.softgate.services.sweep()
  expect(await prompts()).toEqual([])
  await harness.clock.advance(10 * day)
  await use('third', 'exports', 45)
  await expect.poll(async () => (await prompts()).map(({ feature }) => feature)).toEqual(['exports'])
})
