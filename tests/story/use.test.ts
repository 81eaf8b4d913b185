import type { Decision, DoctorAnswer, EstimateAnswer, Upgrade } from '@softgate/sdk/contract'
import { pushCatalog, type Softgate } from '@softgate/server'
import { expect, test } from 'vitest'
import { type Api, createApi } from '../support/api.ts'
import { buy, quoteFor } from '../support/buying.ts'
import { openFree, payOn } from '../support/checkout.ts'
import { charges } from '../support/edge-cases.ts'
import { day, hour, minute, openHarness, secretKey } from '../support/harness.ts'
import { call, openMetered, recall, withCalls } from '../support/metered.ts'
import { repriced } from '../support/repriced.ts'
import { freshSqlite } from '../support/sqlite.ts'

const doctor = async (host: Api) =>
  (await host.ok<DoctorAnswer>('POST', '/admin/doctor', { mode: 'look' })).findings.map(({ code, detail }) => [
    code,
    detail,
  ])

const hostOf = ({ app }: Softgate): Api => createApi((url, init) => app.request(url, init), '/v1', secretKey)

test('a first subscription bills use as well: quoted with its price, paid on the page, and billed when the month is over', async () => {
  const harness = await openHarness({ config: withCalls({ unitAmount: 100, units: 1_000 }) })
  await openFree(harness, { id: 'acme' })
  const ben = () => harness.as('acme', 'ben')
  const { quote, upgrade } = await buy(ben(), { kind: 'switch', title: 'Starter', quantity: 3 })
  expect([quote.dueNow.amount, quote.recurring.amount, quote.notices]).toEqual([
    3_600,
    3_600,
    ['API calls beyond 1,000 each month cost $1.00 for 1,000 calls, billed when it is over.'],
  ])
  await payOn(upgrade.url)
  expect((await ben().ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)).status).toBe('applied')
  await harness.clock.advance(day)
  await call(harness, 3_500)
  await harness.softgate.services.sweep()
  await harness.clock.advance(31 * day)
  await harness.sandbox.clock.advance(0)
  // 2,500 calls beyond the limit are three packages, the last one begun.
  expect(charges(harness)).toEqual([3_600, 3_600 + 300])
  expect(harness.failures).toEqual([])
})

test('what is beyond the limit is told once, in what it grew by; our own counter says what is allowed', async () => {
  const { harness, metered, sweep, customer } = await openMetered()
  await call(harness, 900)
  await sweep()
  expect(await metered()).toBe(0)
  await harness.clock.advance(6 * minute)
  await call(harness, 300)
  await sweep()
  expect(await metered()).toBe(200)
  await sweep()
  await call(harness, 50)
  // Use is collected for five minutes: a busy account costs a call now and then.
  await sweep()
  expect(await metered()).toBe(200)
  await harness.clock.advance(6 * minute)
  await sweep()
  expect(await metered()).toBe(250)
  const decision = await harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'calls' })
  expect(decision).toMatchObject({ allowed: true, reason: 'overage', limit: 1_000, used: 1_250, overage: 250 })
  await harness.clock.advance(22 * day)
  await harness.sandbox.clock.advance(0)
  expect(charges(harness)).toEqual([3_600, 3_600 + 250 * 5])
  const { data } = await harness.stripe.invoices.list({ customer, limit: 1 })
  expect(data[0]?.lines.data.map(({ amount, quantity }) => [amount, quantity])).toEqual([
    [1_250, 250],
    [3_600, 3],
  ])
  expect(harness.failures).toEqual([])
})

test('seats are added at their own price; use stays out of it, of what recurs, and comes at the end', async () => {
  const { harness, priya, sweep, metered } = await openMetered()
  await call(harness, 1_400)
  await sweep()
  const { quote, upgrade } = await buy(priya, { kind: 'add', quantity: 1 })
  expect(quote).toMatchObject({
    dueNow: { amount: Math.round((1_200 * 21) / 31) },
    previous: { amount: 3_600 },
    recurring: { amount: 4_800 },
    nextInvoice: { total: { amount: 4_800 } },
    notices: [],
  })
  expect([upgrade.status, charges(harness).at(-1), await metered()]).toEqual(['applied', quote.dueNow.amount, 400])
  await harness.clock.advance(22 * day)
  await harness.sandbox.clock.advance(0)
  expect(charges(harness).at(-1)).toBe(4_800 + 400 * 5)
})

test('what an override let pass is never billed once it ends, and estimates know it at once', async () => {
  const { harness, metered, sweep } = await openMetered()
  const { host, clock } = harness
  const endsAt = new Date(clock.now() + day).toISOString()
  const given = { grant: 'unlimited', reason: 'a migration', author: 'kim', endsAt }
  await host.ok('PUT', '/accounts/acme/overrides/calls', given)
  await call(harness, 5_000)
  await sweep()
  await clock.advance(day)
  const estimated = async () =>
    (await harness.as('acme', 'priya').ok<EstimateAnswer>('GET', '/estimate')).estimate?.use[0]
  expect(await estimated()).toMatchObject({ used: 5_000, limit: 1_000, overage: 0 })
  await sweep()
  expect(await metered()).toBe(0)
  await call(harness, 30)
  await clock.advance(6 * minute)
  await sweep()
  expect(await metered()).toBe(30)
  expect(await estimated()).toMatchObject({ used: 5_030, overage: 30 })
  expect(harness.failures).toEqual([])
})

test('another plan bills what was used by the old price today, and counts anew beyond its own limit', async () => {
  const { harness, priya, sweep, metered } = await openMetered()
  await call(harness, 1_200)
  await sweep()
  await harness.clock.advance(minute)
  // Not told yet when the quote is asked for: it is, before Stripe reckons.
  await call(harness, 100)
  const quote = await quoteFor(priya, { kind: 'switch', title: 'Professional', interval: 'month' })
  const seats = Math.round((6_000 * 21) / 31) - Math.round((3_600 * 21) / 31)
  expect(quote.dueNow.amount).toBeGreaterThanOrEqual(seats + 300 * 5 - 2)
  expect(quote.lines.map(({ amount }) => amount)).toContain(300 * 5)
  expect(quote.recurring.amount).toBe(6_000)
  expect(quote.notices).toContain('API calls beyond 5,000 each month cost $0.02 a call, billed when it is over.')
  // The little that is used until the click moves nothing.
  await call(harness, 15)
  await harness.clock.advance(6 * minute)
  await sweep()
  const upgrade = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect([upgrade.status, upgrade.invoice?.amountPaid.amount]).toEqual(['applied', quote.dueNow.amount])
  await harness.clock.advance(20 * minute)
  await call(harness, 4_055)
  await sweep()
  await harness.clock.advance(6 * minute)
  await call(harness, 1)
  await sweep()
  expect(await metered()).toBe(300 + 371)
  await harness.clock.advance(21 * day)
  await harness.sandbox.clock.advance(0)
  expect(charges(harness).at(-1)).toBe(6_000 + 371 * 2)
  expect(harness.failures).toEqual([])
})

test('a lower plan at the renewal: the month that ends is billed by the price it was used at', async () => {
  const { harness, priya, sweep } = await openMetered(withCalls(), { plan: 'professional' })
  await call(harness, 5_600)
  await sweep()
  const { quote } = await buy(priya, { kind: 'switch', title: 'Starter', interval: 'month' })
  expect([quote.dueNow.amount, quote.recurring.amount]).toEqual([0, 3_600])
  await harness.clock.advance(22 * day)
  await harness.sandbox.clock.advance(0)
  expect(charges(harness).at(-1)).toBe(3_600 + 600 * 2)
  await harness.sandbox.control.webhooks.flush()
  await call(harness, 1_010)
  await sweep()
  await harness.clock.advance(31 * day)
  await harness.sandbox.clock.advance(0)
  expect(charges(harness).at(-1)).toBe(3_600 + 10 * 5)
  expect(harness.failures).toEqual([])
})

test('what was counted by mistake is taken back within a day, and only that', async () => {
  const { harness, sweep, metered } = await openMetered()
  await call(harness, 1_100)
  await sweep()
  await harness.clock.advance(6 * minute)
  const wrong = await call(harness, 500)
  await sweep()
  expect(await metered()).toBe(600)
  await harness.clock.advance(hour)
  await recall(harness, wrong, 50)
  await sweep()
  expect(await metered()).toBe(150)
  expect(harness.failures).toEqual([])
})

test('what is too late to be taken back, or to be billed, is told to whoever looks after it', async () => {
  const { harness, sweep, metered } = await openMetered()
  const wrong = await call(harness, 1_500)
  await sweep()
  await harness.clock.advance(25 * hour)
  await recall(harness, wrong, 1_200)
  await sweep()
  expect(await metered()).toBe(500)
  expect(harness.failures).toEqual([
    'taking back the use of acme: 300 units of calls in the period from 2027-03-12T14:00:00.000Z came too late.',
  ])
  await harness.clock.advance(22 * day)
  await harness.sandbox.clock.advance(0)
  await harness.sandbox.control.webhooks.flush()
  await sweep()
  // Of the month before, which is invoiced by now.
  await call(harness, 400, 3 * day)
  await sweep()
  expect(await doctor(harness.host)).toEqual([
    [
      'use_unbilled',
      '100 units of API calls in the period from 2027-03-12T14:00:00.000Z came after its invoice was final.',
    ],
  ])
})

test('what comes within the hour in which the invoice is not final yet is billed with its own month', async () => {
  const { harness, sweep, metered, stripe, customer } = await openMetered()
  await call(harness, 1_100)
  await sweep()
  await harness.clock.advance(21 * day + 30 * minute)
  await harness.sandbox.clock.advance(0)
  await harness.sandbox.control.webhooks.flush()
  await call(harness, 80, hour)
  await sweep()
  expect(await metered()).toBe(180)
  const [meter] = (await stripe.billing.meters.list()).data
  const march = { start_time: Date.UTC(2027, 2, 12, 14) / 1_000, end_time: Date.UTC(2027, 3, 12, 14) / 1_000 }
  const summary = await stripe.billing.meters.listEventSummaries(meter?.id ?? '', {
    ...march,
    customer,
  })
  expect(summary.data[0]?.aggregated_value).toBe(180)
  expect(harness.failures).toEqual([])
})

test('whoever bought before use had a price keeps what was bought; the doctor says so once it makes a difference', async () => {
  const config = withCalls()
  const { starter } = config.plans
  if (!starter) throw new Error('no Starter')
  const { overage: _, ...plain } = starter
  const { harness, subscription } = await openMetered(
    { ...config, plans: { ...config.plans, starter: plain } },
    {},
    { inlineWriter: false },
  )
  const { as, softgate } = await repriced(harness, config)
  await call(harness, 1_600)
  await softgate.services.sweep()
  await buy(as('acme', 'priya'), { kind: 'add', quantity: 1 })
  const { items } = await harness.stripe.subscriptions.retrieve(subscription)
  expect(items.data.map(({ price }) => price.lookup_key)).toEqual(['softgate_starter_month_usd'])
  expect(await doctor(hostOf(softgate))).toEqual([
    ['use_unbilled', 'It uses 600 more of API calls than its plan has, and its subscription has no price for that.'],
  ])
})

const reports = { method: 'POST', path: '/v1/billing/meter_events' }

test.each(['reset_before', 'reset_after', 'error_500_before', 'error_500_after'] as const)(
  'a report whose answer is lost (%s) is told again under its name, and counts once',
  async (kind) => {
    const { harness, sweep, metered } = await openMetered()
    harness.sandbox.control.failNext({ kind, match: reports, times: 1 })
    await call(harness, 1_200)
    await sweep()
    await harness.clock.advance(2 * minute)
    await sweep()
    await sweep()
    expect(await metered()).toBe(200)
    expect(await doctor(harness.host)).toEqual([])
  },
)

test('a process that dies before it hears the answer leaves the report to the next one', async () => {
  const database = freshSqlite()
  const { harness, metered } = await openMetered(withCalls(), {}, { database })
  harness.sandbox.control.failNext({ kind: 'reset_after', match: reports, times: 1 })
  await call(harness, 1_200)
  await harness.softgate.services.sweep()
  await harness.softgate.close()
  await harness.clock.advance(2 * minute)
  const next = await harness.again()
  await next.services.sweep()
  expect([await metered(), harness.failures]).toEqual([200, []])
})

test('with no answer for a day nobody can say whether a report arrived: it is not told under another name, but looked after', async () => {
  const { harness, sweep, metered } = await openMetered()
  harness.sandbox.control.failNext({ kind: 'reset_before', match: reports, times: 1_000 })
  await call(harness, 1_200)
  await sweep()
  await harness.clock.advance(2 * hour)
  await sweep()
  expect((await doctor(harness.host)).map(([code]) => code)).toEqual(['use_unreported'])
  await harness.clock.advance(24 * hour)
  await sweep()
  expect(await doctor(harness.host)).toEqual([
    [
      'use_unbilled',
      '200 units of API calls of 2027-03-22T14:00:00.000Z did not reach the invoice: no answer for a day.',
    ],
  ])
  expect([await metered(), harness.failures]).toEqual([
    0,
    ['reporting the use of acme: 200 units of calls are lost to the invoice: no answer for a day.'],
  ])
})

test('what Stripe refuses is told again, with more and more patience, until it is taken', async () => {
  const { harness, sweep, metered, stripe } = await openMetered()
  const [meter] = (await stripe.billing.meters.list()).data
  await stripe.billing.meters.deactivate(meter?.id ?? '')
  await call(harness, 1_200)
  await sweep()
  const asked = () =>
    harness.sandbox.control.journal().filter((entry) => entry.kind === 'request' && entry.path === reports.path).length
  for (let times = 0; times < 20; times++) {
    await harness.clock.advance(minute)
    await sweep()
  }
  expect(asked()).toBeLessThan(8)
  expect((await doctor(harness.host)).map(([code]) => code)).toContain('catalogue_differs')
  await pushCatalog(stripe, withCalls())
  await harness.clock.advance(2 * hour)
  await sweep()
  expect(await metered()).toBe(200)
})
