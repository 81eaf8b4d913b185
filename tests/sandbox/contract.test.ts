import Stripe from 'stripe'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStripeSandbox } from '../../server/sandbox/index.ts'
import { createStripeClient } from '../../server/src/gateways/stripe/client.ts'
import { only } from './shop.ts'

// The laws of Stripe that this project builds on. They run against the local Stripe, and against a test account when
// STRIPE_SECRET_KEY is set; nothing here needs the sandbox's controls. What was made carries `contract` in its metadata, and
// what can be deleted is deleted again; prices and products can only be taken off sale.
const key = process.env['STRIPE_SECRET_KEY']
const apiUrl = process.env['STRIPE_API_URL']
const metadata = { contract: 'softgate' }
const sandbox = createStripeSandbox()
const local = Stripe.createFetchHttpClient((url, init) => sandbox.fetch(new Request(url, init)))
const stripe = key
  ? createStripeClient({ secretKey: key, webhookSecret: '', ...(apiUrl && { apiUrl }) })
  : new Stripe('sk_test_contract', { httpClient: local, telemetry: false })
const customers: string[] = []
const coupons: string[] = []
const made: Stripe.Price[] = []
let prices: Record<'month' | 'pro' | 'year', Stripe.Price>

beforeAll(async () => {
  if (key && !/^(sk|rk)_test_/.test(key))
    throw new Error('STRIPE_SECRET_KEY must be a test key: the contract makes and charges.')
  const make = async (name: string, unit_amount: number, interval: 'month' | 'year') => {
    const price = await stripe.prices.create({
      currency: 'usd',
      metadata,
      product_data: { name: `Contract ${name}`, metadata },
      recurring: { interval },
      unit_amount,
    })
    made.push(price)
    return price
  }
  prices = {
    month: await make('month', 3100, 'month'),
    pro: await make('pro', 6200, 'month'),
    year: await make('year', 30_000, 'year'),
  }
})

afterAll(async () => {
  for (const id of customers) await stripe.customers.del(id)
  for (const id of coupons) await stripe.coupons.del(id)
  for (const { id, product } of made) {
    await stripe.prices.update(id, { active: false })
    await stripe.products.update(String(product), { active: false })
  }
  await sandbox.close()
})

async function begin(mode: 'classic' | 'flexible', card = 'pm_card_visa') {
  const customer = await stripe.customers.create({
    metadata,
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  })
  customers.push(customer.id)
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: prices.month.id, quantity: 2 }],
    billing_mode: { type: mode },
    metadata,
  })
  return { customer, subscription, item: only(subscription.items.data) }
}

const now = (): number => Math.floor(Date.now() / 1000)
const amounts = ({ lines }: Stripe.Invoice) => lines.data.map(({ amount, description }) => [amount, description])
const invoiceOf = (subscription: Stripe.Subscription) => subscription.latest_invoice as Stripe.Invoice
const refused = (call: Promise<unknown>) => expect(call).rejects

describe.each(['classic', 'flexible'] as const)('%s billing', (mode) => {
  test('charges what the preview at the same second showed, line by line', async () => {
    const { subscription, item } = await begin(mode)
    const change = {
      items: [{ id: item.id, price: prices.pro.id, quantity: 3 }],
      proration_behavior: 'always_invoice' as const,
      proration_date: item.current_period_start + 10 * 86_400,
    }
    const preview = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: change,
    })
    const updated = await stripe.subscriptions.update(subscription.id, {
      ...change,
      payment_behavior: 'pending_if_incomplete',
      expand: ['latest_invoice'],
    })
    expect(amounts(invoiceOf(updated))).toEqual(amounts(preview))
    expect(invoiceOf(updated)).toMatchObject({ status: 'paid', amount_due: preview.amount_due })
    expect(updated.pending_update).toBeNull()
  })

  test('starts a new cycle when the interval changes, by itself or when it is told to', async () => {
    const { subscription, item } = await begin(mode)
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, price: prices.year.id, quantity: 1 }],
      proration_behavior: 'always_invoice',
      ...(mode === 'flexible' && { billing_cycle_anchor: { type: 'now' as const } }),
      expand: ['latest_invoice'],
    })
    expect(Math.abs(updated.billing_cycle_anchor - now())).toBeLessThan(120)
    expect(invoiceOf(updated).lines.data.map(({ amount }) => amount)).toContain(30_000)
  })
})

test('a proration date and a new cycle exclude each other', async () => {
  const { subscription, item } = await begin('flexible')
  await refused(
    stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, price: prices.year.id, quantity: 1 }],
      billing_cycle_anchor: { type: 'now' },
      proration_date: now(),
    }),
  ).toMatchObject({ statusCode: 400 })
})

test('a change that cannot be paid waits, and is gone when its invoice is voided', async () => {
  const { customer, subscription, item } = await begin('flexible')
  const card = await stripe.paymentMethods.attach('pm_card_chargeCustomerFail', { customer: customer.id })
  await stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: card.id } })
  const waiting = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 9 }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  expect(waiting.pending_update?.subscription_items?.[0]?.quantity).toBe(9)
  expect(only(waiting.items.data).quantity).toBe(2)
  await stripe.invoices.voidInvoice(String(waiting.latest_invoice))
  const after = await stripe.subscriptions.retrieve(subscription.id)
  expect([after.pending_update, only(after.items.data).quantity]).toEqual([null, 2])
})

test('a key is answered once, and refuses other parameters', async () => {
  const idempotencyKey = `contract-${now()}-${Math.floor(performance.now())}`
  const first = await stripe.customers.create({ metadata, description: 'one' }, { idempotencyKey })
  customers.push(first.id)
  const again = await stripe.customers.create({ metadata, description: 'one' }, { idempotencyKey })
  expect(again.id).toBe(first.id)
  await refused(stripe.customers.create({ metadata, description: 'two' }, { idempotencyKey })).toMatchObject({
    type: 'StripeIdempotencyError',
  })
})

test('a schedule made from a subscription holds its end, and lets go of it', async () => {
  const { subscription } = await begin('flexible')
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
  await refused(stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })).toMatchObject({
    statusCode: 400,
  })
  await refused(stripe.subscriptionSchedules.create({ from_subscription: subscription.id })).toMatchObject({
    statusCode: 400,
  })
  const { start_date, end_date, items } = only(schedule.phases)
  const keep = items.map(({ price, quantity }) => ({ price: String(price), quantity: quantity ?? 1 }))
  const planned = await stripe.subscriptionSchedules.update(schedule.id, {
    end_behavior: 'release',
    phases: [
      { items: keep, start_date, end_date },
      { items: [{ price: prices.month.id, quantity: 1 }], duration: { interval: 'month' }, proration_behavior: 'none' },
    ],
  })
  expect(planned.phases.map((phase) => phase.items[0]?.quantity)).toEqual([2, 1])
  expect((await stripe.subscriptionSchedules.release(schedule.id)).status).toBe('released')
  const ended = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  expect(ended).toMatchObject({ schedule: null, cancel_at_period_end: true })
})

test('part of a payment goes back to its card, and never more than was paid', async () => {
  const { subscription } = await begin('flexible')
  const { data } = await stripe.invoicePayments.list({ invoice: String(subscription.latest_invoice) })
  const payment_intent = String(only(data).payment.payment_intent)
  expect(await stripe.refunds.create({ payment_intent, amount: 1200 })).toMatchObject({ amount: 1200 })
  await refused(stripe.refunds.create({ payment_intent, amount: 5001 })).toMatchObject({ statusCode: 400 })
})

test('a discount lowers each line, and a once-only one a single invoice', async () => {
  const { customer } = await begin('flexible')
  const coupon = await stripe.coupons.create({ percent_off: 25, duration: 'once', metadata })
  coupons.push(coupon.id)
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: prices.month.id }],
    discounts: [{ coupon: coupon.id }],
    expand: ['latest_invoice'],
    metadata,
  })
  expect(invoiceOf(subscription)).toMatchObject({ subtotal: 3100, total: 2325 })
  expect((await stripe.invoices.createPreview({ subscription: subscription.id })).total).toBe(3100)
})

test('discounts that a preview names take the place of those that there are, and an empty value of all', async () => {
  const { customer } = await begin('flexible')
  const half = await stripe.coupons.create({ percent_off: 50, duration: 'forever', metadata })
  const tenth = await stripe.coupons.create({ percent_off: 10, duration: 'repeating', duration_in_months: 3, metadata })
  coupons.push(half.id, tenth.id)
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: prices.month.id }],
    discounts: [{ coupon: half.id }, { coupon: tenth.id }],
    metadata,
  })
  const expand = ['data.discounts.source.coupon']
  const { data } = await stripe.subscriptions.list({ customer: customer.id, expand })
  const held = data.find((subscription) => subscription.id === id)?.discounts as Stripe.Discount[]
  expect(held.map(({ source, end }) => [(source.coupon as Stripe.Coupon).duration, end === null])).toEqual([
    ['forever', true],
    ['repeating', false],
  ])
  const next = async (discounts: Stripe.InvoiceCreatePreviewParams['discounts']) =>
    (
      await stripe.invoices.createPreview({
        subscription: id,
        preview_mode: 'recurring',
        ...(discounts !== undefined && { discounts }),
      })
    ).total
  expect([await next(undefined), await next([{ discount: held[0]?.id ?? '' }]), await next('')]).toEqual([
    1395, 1550, 3100,
  ])
})

test('what a deleted customer paid for is over, and who it was can still be asked', async () => {
  const { customer, subscription } = await begin('flexible')
  await stripe.customers.del(customer.id)
  customers.splice(customers.indexOf(customer.id), 1)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
  expect((await stripe.customers.retrieve(customer.id)).deleted).toBe(true)
})

test('the code of a deleted coupon is active no more, and its id is free', async () => {
  const id = `contract_${now()}_${Math.floor(performance.now())}`
  const terms = { id, percent_off: 5, duration: 'once' as const, metadata }
  await stripe.coupons.create(terms)
  const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: id }, metadata })
  await stripe.coupons.del(id)
  expect((await stripe.promotionCodes.retrieve(code.id)).active).toBe(false)
  expect((await stripe.coupons.create(terms)).percent_off).toBe(5)
  coupons.push(id)
})
