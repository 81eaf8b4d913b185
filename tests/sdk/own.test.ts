import type { EventsAnswer } from '@softgate/sdk/contract'
import { defineConfig } from '@softgate/server'
import { expect, test } from 'vitest'
import { createBrowser, until } from '../support/browser.ts'
import { type Harness, hour, openHarness } from '../support/harness.ts'

const unit = { one: 'unit', other: 'units' }
const config = defineConfig({
  features: {
    notes: { kind: 'metered', meter: 'consumable', reset: 'day', title: 'Notes', unit, scope: 'user' },
    boards: {
      kind: 'metered',
      meter: 'consumable',
      reset: 'never',
      title: 'Cards',
      unit,
      scope: 'entity',
      total: true,
    },
    billing_page: { kind: 'boolean', title: 'Billing', roles: { use: ['admin'], see: ['admin'], ask: ['admin'] } },
  },
  plans: { free: { title: 'Free', grants: { notes: 2, boards: 5, billing_page: true } } },
  defaultPlan: 'free',
})

async function open() {
  const harness = await openHarness({ config })
  await harness.host.ok('PUT', '/accounts/acme', { name: 'Acme', timeZone: 'Europe/Berlin' })
  await harness.host.ok('PUT', '/accounts/acme/users/priya', { role: 'admin' })
  await harness.host.ok('PUT', '/accounts/acme/users/sam', { role: 'member' })
  const browser = createBrowser(harness)
  const tabs = { sam: browser.open({ user: 'sam' }), priya: browser.open({ user: 'priya' }) }
  await Promise.all([tabs.sam.softgate.ready(), tabs.priya.softgate.ready()])
  return { harness, browser, ...tabs }
}

let ids = 0
const use = (harness: Harness, feature: string, value: number, whose: { user: string } | { entity: string }) =>
  harness.host.ok<EventsAnswer>('POST', '/events', {
    events: [
      {
        id: `use-${++ids}`,
        account: 'acme',
        name: 'used',
        feature,
        value,
        time: new Date(harness.clock.now()).toISOString(),
        ...whose,
      },
    ],
  })

test('where each user has a limit, check answers by the own one, which the stream keeps true', async () => {
  const { harness, browser, sam, priya } = await open()
  expect(sam.softgate.check('notes')).toMatchObject({ allowed: true, used: 0, limit: 2, scope: 'user', source: 'live' })
  const seen: unknown[] = []
  const stop = priya.softgate.decision('notes').subscribe(({ used }) => seen.push(used))
  await use(harness, 'notes', 2, { user: 'sam' })
  await browser.pass(2_000)
  expect(sam.softgate.check('notes')).toMatchObject({ allowed: false, state: 'blocked', used: 2, remaining: 0 })
  expect(priya.softgate.check('notes', 2)).toMatchObject({ allowed: true, used: 0 })
  expect(priya.softgate.check('notes', 3).allowed).toBe(false)
  for (const { network } of [sam, priya]) expect(network.sent.map(({ path }) => path)).not.toContain('/v1/state')
  stop()
  expect(seen).toEqual([0])
  // Midnight in Berlin is eleven in the evening in UTC.
  await harness.clock.advance(9 * hour)
  await until(() => sam.softgate.check('notes').used === 0)
  expect(sam.softgate.check('notes').allowed).toBe(true)
})

test('what a role may is known at once, and follows the role', async () => {
  const { harness, sam, priya } = await open()
  expect(priya.softgate.check('billing_page')).toMatchObject({ allowed: true })
  expect(sam.softgate.check('billing_page')).toMatchObject({ allowed: false, reason: 'role_not_allowed', hidden: true })
  await harness.host.ok('PUT', '/accounts/acme/users/sam', { role: 'admin' })
  await until(() => sam.softgate.check('billing_page').allowed)
  expect(sam.softgate.check('billing_page').hidden).toBeUndefined()
})

test('a gate for an entity goes by the limit of that entity, which only the server knows', async () => {
  const { harness, sam } = await open()
  await use(harness, 'boards', 5, { entity: 'red' })
  await use(harness, 'boards', 1, { entity: 'blue' })
  const gate = (entity: string, quantity = 1) => sam.softgate.gate('boards', { entity, quantity })
  const [red, blue] = await Promise.all([gate('red'), gate('blue', 4)])
  expect(red).toMatchObject({ allowed: false, outcome: 'dismissed', decision: { used: 5, scope: 'entity' } })
  expect(blue).toMatchObject({ allowed: true, outcome: 'allowed', decision: { used: 1, scope: 'entity' } })
  expect(await gate('blue', 5)).toMatchObject({ allowed: false, decision: { allowed: false, used: 1 } })
  const asked = await sam.softgate.send('POST /v1/check', { feature: 'boards', entity: 'blue' })
  expect(asked).toMatchObject({ allowed: true, used: 1, limit: 5 })
})
