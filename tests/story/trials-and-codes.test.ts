import type { Quote, State, Upgrade } from '@softgate/sdk/contract'
import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog, Plan } from '../../server/src/catalog/model.ts'
import { buy, offerOf, quoteFor } from '../support/buying.ts'
import { openFree, payOn } from '../support/checkout.ts'
import { day, type Harness, openHarness, subscribe, useCard } from '../support/harness.ts'

const charges = ({ sandbox }: Harness): number[] =>
  sandbox.control.journal().flatMap((entry) => (entry.kind === 'charge' ? [entry.amount] : []))
const invoiced = async ({ stripe }: Harness, { invoice }: Upgrade) =>
  (await stripe.invoices.retrieve(invoice?.id ?? '')).amount_due
const pass = async (harness: Harness, ms: number): Promise<void> => {
  await harness.clock.advance(ms)
  await harness.sandbox.clock.advance(0)
  await harness.sandbox.control.webhooks.flush()
  await harness.softgate.services.sweep()
}
/** What is left of a month's amount when ten of its 31 days are over; each line is rounded by itself. */
const rest = (amount: number): number => Math.round((amount * 21) / 31)
const withPlan = (change: Partial<Plan>): Catalog => ({
  ...teamflow,
  plans: { ...teamflow.plans, starter: { ...(teamflow.plans.starter as Plan), ...change } },
})

async function onTrial() {
  const harness = await openHarness({ config: withPlan({ trialDays: 14 }) })
  await openFree(harness)
  const ben = () => harness.as('birch', 'ben')
  const { quote, upgrade } = await buy(ben(), { kind: 'switch', title: 'Starter', interval: 'month', quantity: 3 })
  await payOn(upgrade.url)
  const begun = await ben().ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
  return { harness, ben, quote, begun }
}

test('a plan with a trial begins free, says what comes after, and is charged when the trial is over', async () => {
  const { harness, ben, quote, begun } = await onTrial()
  expect(quote).toMatchObject({
    dueNow: { amount: 0 },
    recurring: { amount: 3_600 },
    nextInvoice: { at: '2027-03-26T14:00:00.000Z', total: { amount: 3_600 } },
    notices: ['Free until March 26, then $36.00 each month. Cancel before, and nothing is charged.'],
  })
  expect([begun.status, charges(harness)]).toEqual(['applied', []])
  const { account, features } = await ben().ok<State>('GET', '/state')
  expect([account.plan.key, features.seats?.limit]).toEqual(['starter', 3])
  await pass(harness, 15 * day)
  expect(charges(harness)).toEqual([3_600])
  expect(harness.failures).toEqual([])
})

test('in a trial seats and plan change at once and free of charge; ending the trial pays the first period', async () => {
  const { harness, ben } = await onTrial()
  const { quote, upgrade } = await buy(ben(), { kind: 'add', quantity: 2 })
  expect([quote.dueNow.amount, quote.recurring.amount, upgrade.status]).toEqual([0, 6_000, 'applied'])
  expect(quote.notices).toEqual(['The trial goes on until March 26. Nothing is charged before.'])
  const fewer = await buy(ben(), { kind: 'remove', quantity: 1 })
  expect([fewer.upgrade.status, (await ben().ok<State>('GET', '/state')).features.seats?.limit]).toEqual(['applied', 4])
  expect(charges(harness)).toEqual([])

  const converted = await buy(ben(), { kind: 'convert' })
  expect(converted.quote).toMatchObject({
    dueNow: { amount: 4_800 },
    lines: [{ description: 'Starter, 4 seats, March 12 to April 12', amount: 4_800 }],
  })
  expect([converted.upgrade.status, charges(harness)]).toEqual(['applied', [4_800]])
  expect((await ben().ok<State>('GET', '/state')).offers.map(({ kind }) => kind)).not.toContain('convert')
  expect(harness.failures).toEqual([])
})

test('what is free in a trial is not given in its last seconds, when it might be given after it', async () => {
  const { harness, ben } = await onTrial()
  await harness.clock.advance(14 * day - 20_000)
  const quote = await quoteFor(ben(), { kind: 'add', quantity: 20 })
  expect(quote.dueNow.amount).toBe(0)
  expect((await ben().refused('POST', '/upgrades', { quote: quote.id })).code).toBe('quote_stale')
  await pass(harness, 20_000)
  const { upgrade } = await buy(ben(), { kind: 'add', quantity: 20 })
  expect([upgrade.status, charges(harness)]).toEqual(['applied', [3 * 1_200, 20 * 1_200]])
  expect(harness.failures).toEqual([])
})

test('a trial is canceled free of charge, and is not given a second time', async () => {
  const { harness, ben } = await onTrial()
  await buy(ben(), { kind: 'cancel' })
  await pass(harness, 15 * day)
  expect(charges(harness)).toEqual([])
  const again = await quoteFor(ben(), { kind: 'switch', title: 'Starter', interval: 'month', quantity: 3 })
  expect(again.dueNow.amount).toBe(3_600)
})

async function withCode(
  terms: Pick<Stripe.CouponCreateParams, 'duration' | 'duration_in_months'> = { duration: 'forever' },
) {
  const harness = await openHarness()
  const { stripe } = harness
  const coupon = await stripe.coupons.create({ percent_off: 20, name: 'Spring', ...terms })
  await stripe.promotionCodes.create({ code: 'SPRING20', promotion: { type: 'coupon', coupon: coupon.id } })
  return harness
}

test('a promotion code reduces what a first subscription costs, on the page too', async () => {
  const harness = await withCode()
  await openFree(harness)
  const ben = harness.as('birch', 'ben')
  const { id: offer } = await offerOf(ben, { kind: 'switch', title: 'Starter', interval: 'month' })
  const quote = await ben.ok<Quote>('POST', '/quotes', { offer, quantity: 5, promotionCode: 'SPRING20' })
  expect([quote.dueNow.amount, quote.recurring.amount]).toEqual([4_800, 4_800])
  expect(quote.lines).toEqual([
    {
      description: 'Starter, 5 seats, March 12 to April 12',
      detail: '$12.00 a seat each month',
      amount: 6_000,
    },
    { description: 'Discount', detail: null, amount: -1_200 },
  ])
  const upgrade = await ben.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  await payOn(upgrade.url)
  expect(await ben.ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)).toMatchObject({
    status: 'applied',
    invoice: { amountPaid: quote.dueNow },
  })
  expect([charges(harness), harness.failures]).toEqual([[4_800], []])
})

test('a promotion code reduces a change, and every one after it; one that does not hold is told in words', async () => {
  const harness = await withCode()
  await subscribe(harness)
  await harness.clock.advance(10 * day)
  const priya = harness.as('acme', 'priya')
  const { id: offer } = await offerOf(priya, { kind: 'switch', title: 'Professional', interval: 'month' })
  const full = await priya.ok<Quote>('POST', '/quotes', { offer })
  const quote = await priya.ok<Quote>('POST', '/quotes', { offer, promotionCode: 'SPRING20' })
  expect(quote.dueNow.amount).toBeLessThan(full.dueNow.amount)
  expect(quote.recurring.amount).toBe(8_000)
  const amounts = (one: Quote): number[] => one.lines.map(({ amount }) => amount)
  const [charge = 0] = amounts(full)
  expect(amounts(quote), 'what it takes off is a line of its own').toEqual([...amounts(full), -Math.round(charge / 5)])
  const upgrade = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect([upgrade.status, await invoiced(harness, upgrade)]).toEqual(['applied', quote.dueNow.amount])
  expect((await quoteFor(priya, { kind: 'add', quantity: 1 })).recurring.amount).toBe(9_600)

  const other = await offerOf(priya, { kind: 'add' })
  expect(await priya.refused('POST', '/quotes', { offer: other.id, promotionCode: 'WINTER' })).toMatchObject({
    code: 'promotion_invalid',
    detail: 'The code "WINTER" cannot be redeemed. It is not known, has expired or is used up.',
  })
  const later = await offerOf(priya, { kind: 'cancel' })
  expect((await priya.refused('POST', '/quotes', { offer: later.id, promotionCode: 'SPRING20' })).code).toBe(
    'promotion_invalid',
  )
  expect(harness.failures).toEqual([])
})

for (const [title, terms, later, notice] of [
  ['one invoice', { duration: 'once' }, 10_000, 'The code takes 20% off one invoice.'],
  ['three months', { duration: 'repeating', duration_in_months: 3 }, 8_000, 'The code takes 20% off for 3 months.'],
] as const)
  test(`a code that reduces ${title} is told so, and the next invoice comes to what was said`, async () => {
    const harness = await withCode(terms)
    await subscribe(harness)
    await harness.clock.advance(10 * day)
    const priya = harness.as('acme', 'priya')
    const { id: offer } = await offerOf(priya, { kind: 'switch', title: 'Professional', interval: 'month' })
    const quote = await priya.ok<Quote>('POST', '/quotes', { offer, promotionCode: 'SPRING20' })
    expect([quote.recurring.amount, quote.notices[0]]).toEqual([later, notice])
    const upgrade = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
    expect([upgrade.status, await invoiced(harness, upgrade)]).toEqual(['applied', quote.dueNow.amount])
    await pass(harness, 22 * day)
    expect(charges(harness).at(-1)).toBe(later)
    expect(harness.failures).toEqual([])
  })

test('a code for one invoice reduces the first one of a plan that begins, and no later one', async () => {
  const harness = await withCode({ duration: 'once' })
  await openFree(harness)
  const ben = harness.as('birch', 'ben')
  const { id: offer } = await offerOf(ben, { kind: 'switch', title: 'Starter', interval: 'month' })
  const quote = await ben.ok<Quote>('POST', '/quotes', { offer, quantity: 5, promotionCode: 'SPRING20' })
  expect([quote.dueNow.amount, quote.recurring.amount]).toEqual([4_800, 6_000])
})

test('a code that ends is quoted with its end: what today uses up is not promised again, and until when the rest holds is said', async () => {
  const harness = await openHarness()
  const { stripe } = harness
  for (const [code, duration] of [
    ['ONCE', { duration: 'once' }],
    ['TWO_MONTHS', { duration: 'repeating', duration_in_months: 2 }],
  ] as const) {
    const coupon = await stripe.coupons.create({ percent_off: 50, ...duration })
    await stripe.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: coupon.id } })
  }
  await subscribe(harness)
  await harness.clock.advance(10 * day)
  const priya = harness.as('acme', 'priya')
  const asked = async (interval: 'month' | 'year', promotionCode: string): Promise<Quote> => {
    const { id: offer } = await offerOf(priya, { kind: 'switch', title: 'Professional', interval })
    return priya.ok<Quote>('POST', '/quotes', { offer, promotionCode })
  }
  const later = ({ recurring, nextInvoice, notices }: Quote) => [recurring.amount, nextInvoice.total.amount, notices[1]]
  const beyond = 'API calls beyond 50,000 each month cost $1.00 for 1,000 calls, billed when it is over.'
  expect(later(await asked('month', 'ONCE'))).toEqual([10_000, 10_000, beyond])
  const passing = 'Discounted until May 22, then $100.00 each month.'
  expect(later(await asked('month', 'TWO_MONTHS'))).toEqual([5_000, 5_000, passing])
  expect(later(await asked('year', 'TWO_MONTHS')).slice(0, 2)).toEqual([100_000, 100_000])
})

test('a currency without cents and one in another account are quoted and charged in their own whole numbers', async () => {
  const prices: Plan['prices'] = [
    { interval: 'month', currency: 'jpy', unitAmount: 1_500, per: 'seats' },
    { interval: 'month', currency: 'eur', unitAmount: 1_100, per: 'seats' },
  ]
  const harness = await openHarness({ config: withPlan({ prices }) })
  await openFree(harness, { id: 'edo' })
  await harness.host.ok('PUT', '/accounts/edo', { currency: 'jpy' })
  const ben = harness.as('edo', 'ben')
  const start = await buy(ben, { kind: 'switch', title: 'Starter', quantity: 3 })
  expect(start.quote.dueNow).toEqual({ amount: 4_500, currency: 'jpy' })
  expect(start.quote.lines[0]?.detail).toBe('¥1,500 a seat each month')
  await payOn(start.upgrade.url)
  await ben.ok('GET', `/upgrades/${start.upgrade.id}`)
  await harness.clock.advance(10 * day)
  const { quote, upgrade } = await buy(harness.as('edo', 'ben'), { kind: 'add', quantity: 1 })
  expect(quote.dueNow).toEqual({ amount: rest(6_000) - rest(4_500), currency: 'jpy' })
  expect([upgrade.status, charges(harness)]).toEqual(['applied', [4_500, quote.dueNow.amount]])
  expect(harness.failures).toEqual([])
})

test('tax comes on top in a row of its own, and a credit balance is used up before the card', async () => {
  const harness = await openHarness()
  const { customer, subscription } = await subscribe(harness)
  const rate = await harness.stripe.taxRates.create({ display_name: 'VAT', percentage: 19, inclusive: false })
  await harness.stripe.subscriptions.update(subscription, { default_tax_rates: [rate.id] })
  await harness.stripe.customers.createBalanceTransaction(customer, { amount: -300, currency: 'usd' })
  await harness.clock.advance(10 * day)
  const { quote, upgrade } = await buy(harness.as('acme', 'priya'), { kind: 'add', quantity: 2 })
  const net = rest(7 * 1_200) - rest(5 * 1_200)
  expect(quote.lines.map((line) => line.amount)).toEqual([net])
  expect(quote.taxes).toMatchObject([
    { description: 'VAT', percentage: 19, inclusive: false, amount: quote.tax.amount },
  ])
  expect(Math.abs(quote.tax.amount - net * 0.19)).toBeLessThanOrEqual(1)
  expect([quote.credit.amount, quote.dueNow.amount]).toEqual([300, net + quote.tax.amount - 300])
  expect([upgrade.status, charges(harness).at(-1)]).toEqual(['applied', quote.dueNow.amount])
  expect(harness.failures).toEqual([])
})

test('a trial without any card cannot be ended for money: nothing changes, and what to do is said; with a card it can', async () => {
  const harness = await openHarness()
  const { customer, subscription } = await subscribe(harness, { trialDays: 14 })
  const { stripe } = harness
  const priya = harness.as('acme', 'priya')
  for (const { id } of (await stripe.paymentMethods.list({ customer })).data) await stripe.paymentMethods.detach(id)
  const { id: quote } = await quoteFor(priya, { kind: 'convert' })
  expect(await priya.refused('POST', '/upgrades', { quote })).toMatchObject({
    status: 402,
    code: 'card_missing',
    detail: 'There is no card to charge. Add one, then try again. Nothing was charged.',
  })
  expect((await stripe.subscriptions.retrieve(subscription)).status).toBe('trialing')
  await useCard(harness, customer, 'pm_card_visa')
  const { upgrade } = await buy(priya, { kind: 'convert' })
  expect([upgrade.status, charges(harness), harness.failures]).toEqual(['applied', [6_000], []])
})
