import type { Decision, InvoicesAnswer, PortalAnswer, UsageAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { day, type Harness, hour, openHarness, start, subscribe } from '../support/harness.ts'

const report = (harness: Harness, events: [feature: string, at: number, use: { value?: number; set?: number }][]) =>
  harness.host.ok('POST', '/events', {
    events: events.map(([feature, at, use], index) => ({
      id: `${feature}-${at}-${index}`,
      account: 'acme',
      name: 'used',
      feature,
      time: new Date(at).toISOString(),
      ...use,
    })),
  })

const usage = (harness: Harness, query: string) =>
  harness.as('acme', 'sam', []).ok<UsageAnswer>('GET', `/usage?${query}`)

test('use is told day by day, as the calendar of the account has the days', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  // Midnight in New York is five in the morning in UTC.
  await harness.host.ok('PUT', '/accounts/acme', { timeZone: 'America/New_York' })
  const midnight = Date.UTC(2027, 2, 12, 5)
  await report(harness, [
    ['automations', midnight - 1, { value: 3 }],
    ['automations', midnight, { value: 4 }],
    ['automations', midnight + hour, { value: 5 }],
    ['automations', midnight - 3 * day, { value: 2 }],
    ['exports', midnight, { value: 9 }],
  ])
  expect(await usage(harness, 'feature=automations&days=4')).toEqual({
    feature: 'automations',
    days: [
      { date: '2027-03-09', used: 2 },
      { date: '2027-03-10', used: 0 },
      { date: '2027-03-11', used: 3 },
      { date: '2027-03-12', used: 9 },
    ],
  })
  expect((await usage(harness, 'feature=exports')).days).toHaveLength(30)
})

test('a level is told as it stood at the end of each day', async () => {
  const harness = await openHarness()
  await subscribe(harness, { taken: 4 })
  await report(harness, [
    ['seats', start - 6 * day, { set: 2 }],
    ['seats', start - 4 * day, { value: 1 }],
    ['seats', start - 2 * day, { set: 1 }],
    ['seats', start - 2 * day + hour, { set: 5 }],
  ])
  const { days } = await usage(harness, 'feature=seats&days=6')
  expect(days.map(({ used }) => used)).toEqual([2, 3, 3, 5, 5, 4])
  // An attempt at a feature names it, and uses nothing.
  await harness.as('acme', 'priya').ok('POST', '/gates', { feature: 'seats', quantity: 9 })
  expect((await usage(harness, 'feature=seats&days=6')).days).toEqual(days)
})

test('what the host states of a consumable is told as what it rose by, also on the day on which it starts again', async () => {
  const { exports } = teamflow.features
  if (exports?.kind !== 'metered') throw new Error('TeamFlow counts no exports')
  const features = { ...teamflow.features, exports: { ...exports, reset: 'billing' as const } }
  const harness = await openHarness({ config: { ...teamflow, features } })
  await subscribe(harness)
  const turn = Date.UTC(2027, 3, 12, 14)
  await harness.clock.advance(turn + 2 * hour - start)
  await report(harness, [
    ['exports', turn - 5 * day, { set: 5 }],
    ['exports', turn - 4 * day, { set: 11 }],
    ['exports', turn - 3 * day, { value: 2 }],
    ['exports', turn - 2 * day, { set: 20 }],
    ['exports', turn - 2 * day + hour, { set: 24 }],
    ['exports', turn - day, { set: 21 }],
    ['exports', turn - hour, { set: 30 }],
    ['exports', turn + hour, { set: 4 }],
  ])
  const told = async (days: number) =>
    (await usage(harness, `feature=exports&days=${days}`)).days.map(({ used }) => used)
  expect(await told(7)).toEqual([0, 5, 6, 2, 11, 0, 13])
  // What is read starts with the period, what is told with the day that was asked for.
  expect(await told(3)).toEqual([11, 0, 13])
})

test('a wrong question about use is refused in words', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const refused = async (query: string) => (await harness.as('acme', 'sam', []).refused('GET', `/usage?${query}`)).code
  expect(await refused('feature=none')).toBe('feature_unknown')
  for (const query of [
    '',
    'feature=sso',
    'feature=seats&days=0',
    'feature=seats&days=367',
    'feature=seats&days=x',
    'feature=seats&more=1',
  ])
    expect([query, await refused(query)]).toEqual([query, 'invalid_request'])
})

test('invoices are told to those who may buy, newest first, and to nobody else', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  await harness.clock.advance(32 * day)
  const { invoices } = await harness.as('acme', 'priya').ok<InvoicesAnswer>('GET', '/invoices')
  expect(invoices).toMatchObject([
    {
      description: 'Starter, 5 seats, April 12 to May 12',
      status: 'paid',
      total: { amount: 6_000, currency: 'usd' },
      at: '2027-04-12T14:00:00.000Z',
    },
    { description: 'Starter, 5 seats, March 12 to April 12', status: 'paid', at: '2027-03-12T14:00:00.000Z' },
  ])
  expect(await (await fetch(invoices[0]?.url ?? '')).text()).toContain('$60.00, paid')
  expect((await harness.as('acme', 'sam').refused('GET', '/invoices')).code).toBe('purchase_not_allowed')
  await harness.host.ok('PUT', '/accounts/fresh', {})
  await harness.host.ok('PUT', '/accounts/fresh/users/ben', { role: 'owner' })
  expect(await harness.as('fresh', 'ben').ok('GET', '/invoices')).toEqual({ invoices: [] })
})

test('a decision tells when the limit will be reached, and stops when it is', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  await harness.clock.advance(8 * day)
  const now = harness.clock.now()
  await report(
    harness,
    [1, 2, 3, 4, 5, 6, 7, 8].map((ago) => ['exports', now - ago * day + hour, { value: 5 }]),
  )
  await harness.host.ok('PUT', '/accounts/acme', { name: 'Acme' })
  const check = (feature: string) => harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature })
  const at = new Date(now + 2 * day).toISOString()
  expect(await check('exports')).toMatchObject({ used: 40, limit: 50, forecast: { at, earliest: at, latest: at } })
  expect(await check('seats')).not.toHaveProperty('forecast')
  // What is counted meanwhile moves the date within the hour.
  await report(harness, [['exports', now, { value: 5 }]])
  await harness.clock.advance(hour)
  const { forecast } = await check('exports')
  expect(Date.parse(forecast?.at ?? '')).toBeLessThan(now + 1.1 * day)
  await report(harness, [['exports', now + 1, { value: 5 }]])
  expect(await check('exports')).toMatchObject({ used: 50, state: 'blocked' })
  expect(await check('exports')).not.toHaveProperty('forecast')
})

test('the portal opens for those who may buy, on its cards if wanted, and nothing that needs a quote can be done there', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const priya = harness.as('acme', 'priya')
  const { url } = await priya.ok<PortalAnswer>('POST', '/portal', {})
  expect((await fetch(url)).status).toBe(200)
  const cards = await priya.ok<PortalAnswer>('POST', '/portal', { page: 'payment_method' })
  expect(cards.url).not.toBe(url)
  expect((await harness.as('acme', 'sam').refused('POST', '/portal', {})).code).toBe('purchase_not_allowed')
  const { data } = await harness.stripe.billingPortal.configurations.list({ active: true })
  const ours = data.filter(({ metadata }) => metadata?.softgate_portal !== undefined)
  expect(
    ours.map(({ features }) => [features.subscription_update.enabled, features.subscription_cancel.enabled]),
  ).toEqual([[false, false]])
  await harness.host.ok('PUT', '/accounts/fresh', { name: 'Fresh' })
  await harness.host.ok('PUT', '/accounts/fresh/users/ben', { role: 'owner' })
  expect((await harness.as('fresh', 'ben').refused('POST', '/portal', {})).code).toBe('subscription_not_ready')
})
