import type { State } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { QuoteRecord } from '../../server/src/billing/model.ts'
import { checkQuote } from '../../server/src/flows/upgrade-check.ts'
import { live } from '../server/samples.ts'
import { buy, offerOf, quoteFor } from '../support/buying.ts'
import { charges, limit, opened } from '../support/edge-cases.ts'
import { hour, openHarness, start, subscribe } from '../support/harness.ts'

/** The second half of the ways in which an upgrade can go wrong: what is about money, time and news. */

const add = { kind: 'add', quantity: 2 } as const

test('case 20, the subscription is in a currency that a plan is not sold in: that plan is not offered', async () => {
  const { business, ...rest } = teamflow.plans
  const prices = business?.prices?.map((price) => ({ ...price, currency: 'eur' })) ?? []
  const config = {
    ...teamflow,
    plans: { ...rest, business: { title: 'Business', grants: business?.grants ?? {}, prices } },
  }
  const harness = await openHarness({ config })
  await subscribe(harness)
  const { offers } = await harness.as('acme', 'priya').ok<State>('GET', '/state')
  expect(offers.filter(({ title }) => title === 'Business')).toEqual([])
  expect(offers.filter(({ title }) => title === 'Professional')).toHaveLength(2)
})

test('case 21, a coupon is gone between quote and click: asked again at the price without it', async () => {
  const { harness, subscription, priya, refused } = await opened()
  const coupon = await harness.stripe.coupons.create({ percent_off: 50, duration: 'forever' })
  await harness.stripe.subscriptions.update(subscription, { discounts: [{ coupon: coupon.id }] })
  const reduced = await quoteFor(priya(), add)
  await harness.stripe.subscriptions.update(subscription, { discounts: '' })
  expect((await refused(reduced)).code).toBe('quote_stale')
  expect((await quoteFor(priya(), add)).recurring.amount).toBe(reduced.recurring.amount * 2)
})

test('case 22, an open item is swept into the invoice: a row of its own, in the words it has', async () => {
  const { harness, customer, priya } = await opened()
  await harness.stripe.invoiceItems.create({
    customer,
    amount: 2_500,
    currency: 'usd',
    description: 'Hour of training',
  })
  const { quote, upgrade } = await buy(priya(), add)
  expect(quote.lines[1]).toEqual({ description: 'Hour of training', detail: null, amount: 2_500 })
  expect(upgrade.invoice?.amountPaid).toEqual(quote.dueNow)
  expect(charges(harness).at(-1)).toBe(quote.dueNow.amount)
})

test('case 23, less than can be charged is due: nothing is charged now, and it is applied without a payment', async () => {
  const { harness, priya, before } = await opened({}, 30.9)
  const { quote, upgrade } = await buy(priya(), { kind: 'add', quantity: 1 })
  expect([quote.dueNow.amount, upgrade.status, await limit(harness)]).toEqual([0, 'applied', 6])
  const [seat, carried] = quote.lines
  expect([quote.credit.amount, carried]).toEqual([
    0,
    { description: 'Too little to charge now: added to your next invoice', detail: null, amount: -(seat?.amount ?? 0) },
  ])
  expect([charges(harness).length, harness.failures]).toEqual([before, []])
})

test('case 24, a month that ends on the 31st renews on the 28th and the 31st again, to the second', async () => {
  const harness = await openHarness()
  await harness.clock.advance(Date.UTC(2027, 9, 31, 9, 30) - start)
  await subscribe(harness, { taken: 3 })
  const priya = () => harness.as('acme', 'priya')
  const at = async () => (await quoteFor(priya(), add)).nextInvoice.at
  expect(await at()).toBe('2027-11-30T09:30:00.000Z')
  await harness.clock.advance(Date.UTC(2027, 10, 30, 10) - harness.clock.now())
  const { quote, upgrade } = await buy(priya(), add)
  expect([quote.nextInvoice.at, upgrade.status, charges(harness).at(-1)]).toEqual([
    '2027-12-31T09:30:00.000Z',
    'applied',
    quote.dueNow.amount,
  ])
})

test('case 25, news arrives twice, late and out of order, or never: the account is as Stripe has it', async () => {
  const { harness, subscription, priya } = await opened()
  const { webhooks } = harness.sandbox.control
  webhooks.pause()
  await buy(priya(), add)
  await harness.stripe.subscriptions.update(subscription, { cancel_at_period_end: true })
  await harness.stripe.subscriptions.update(subscription, { cancel_at_period_end: false })
  await webhooks.resume()
  await webhooks.flush()
  expect([await limit(harness), (await priya().ok<State>('GET', '/state')).pending]).toEqual([7, null])
  webhooks.dropNext(1_000)
  await harness.stripe.subscriptions.cancel(subscription)
  await harness.clock.advance(25 * hour)
  await harness.softgate.services.sweep()
  expect((await priya().ok<State>('GET', '/state')).account.plan.key).toBe('free')
})

test('case 26, tax cannot be computed without an address: nothing is quoted, and the way out is said', async () => {
  const { harness, subscription, priya } = await opened()
  await harness.stripe.subscriptions.update(subscription, { automatic_tax: { enabled: true } }).catch(() => null)
  const { automatic_tax: tax } = await harness.stripe.subscriptions.retrieve(subscription)
  const offer = await offerOf(priya(), add)
  const answer = await priya()('POST', '/quotes', { offer: offer.id, quantity: 1 })
  // Stripe may refuse to switch the tax on before there is an address: then there is nothing to guard against.
  expect([tax.enabled, answer.status, (answer.body as { code?: string }).code]).toEqual(
    tax.enabled ? [true, 409, 'subscription_not_ready'] : [false, 200, undefined],
  )
})

test('case 27, a price is withdrawn between quote and click: refused, and nothing is charged or changed', async () => {
  const { harness, priya, refused, before } = await opened()
  const quote = await quoteFor(priya(), { kind: 'switch', title: 'Professional', interval: 'month' })
  await harness.stripe.prices.update(harness.prices.get('softgate_professional_month_usd') ?? '', { active: false })
  expect((await refused(quote)).code).toBe('billing_refused')
  const state = await priya().ok<State>('GET', '/state')
  expect([charges(harness).length, state.account.plan.key, state.upgrade]).toEqual([before, 'starter', null])
  const offer = await offerOf(priya(), { kind: 'switch', title: 'Professional', interval: 'month' })
  expect((await priya().refused('POST', '/quotes', { offer: offer.id })).detail).toMatch(/Push the catalogue/)
})

test('case 28, a quote of the test mode meets live money: refused before anything is sent', async () => {
  const quote = { livemode: false, steps: { later: null }, change: { kind: 'add' } } as unknown as QuoteRecord & {
    subscription: string
  }
  // Nothing of the context may be needed: there is none.
  expect(await checkQuote({} as never, live({ livemode: true }), quote, true)).toMatchObject({
    refused: { code: 'quote_stale', detail: expect.stringContaining('other mode of Stripe') },
  })
})
