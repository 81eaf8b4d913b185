import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { charges, customer, DAY, latestInvoice, only, openShop, price, refusal, START } from './shop.ts'

const MONTH = 31 * DAY

async function discounted(coupon: Stripe.CouponCreateParams, mode: 'classic' | 'flexible' = 'flexible') {
  const { stripe, sandbox } = await openShop()
  const ten = await price(stripe, 'Ten', 1000)
  const twenty = await price(stripe, 'Twenty', 2000)
  const owner = await customer(stripe)
  const made = await stripe.coupons.create(coupon)
  const subscription = await stripe.subscriptions.create({
    customer: owner.id,
    items: [{ price: ten.id }, { price: twenty.id }],
    discounts: [{ coupon: made.id }],
    billing_mode: { type: mode },
  })
  return { stripe, sandbox, ten, twenty, owner, coupon: made, subscription }
}

const totals = async (stripe: Stripe, subscription: string) =>
  (await stripe.invoices.list({ subscription })).data.map(({ total }) => total).reverse()

test('a percentage is taken off each line, an amount is shared out with the rest on the last', async () => {
  const percent = await discounted({ percent_off: 12.5, duration: 'forever' })
  const invoice = await latestInvoice(percent.stripe, percent.subscription)
  expect(invoice).toMatchObject({ subtotal: 3000, total: 2625, amount_due: 2625 })
  expect(invoice.lines.data.map((line) => line.discount_amounts?.map(({ amount }) => amount))).toEqual([[125], [250]])
  expect(only(invoice.total_discount_amounts ?? []).amount).toBe(375)
  const amount = await discounted({ amount_off: 500, currency: 'usd' })
  const shared = await latestInvoice(amount.stripe, amount.subscription)
  expect(shared.lines.data.map((line) => line.discount_amounts?.[0]?.amount)).toEqual([166, 334])
  expect(charges(amount.sandbox)).toEqual([2500])
})

test.each([
  ['once', undefined, [1500, 3000, 3000, 3000]],
  ['repeating', 2, [1500, 1500, 3000, 3000]],
  ['forever', undefined, [1500, 1500, 1500, 1500]],
] as const)('a discount lasts as long as its coupon says: %s', async (duration, months, expected) => {
  const { stripe, sandbox, subscription } = await discounted({
    percent_off: 50,
    duration,
    ...(months && { duration_in_months: months }),
  })
  for (let month = 0; month < 3; month += 1) await sandbox.clock.advance(MONTH)
  expect(await totals(stripe, subscription.id)).toEqual(expected)
  const { discounts } = await stripe.subscriptions.retrieve(subscription.id)
  expect(discounts).toHaveLength(duration === 'forever' ? 1 : 0)
})

describe('stripe-docs-coupon-flexible-remove-item', () => {
  test.each([
    ['flexible', -417],
    ['classic', -250],
  ] as const)('%s billing gives %i back for half of an item bought with an amount off', async (mode, expected) => {
    const { stripe, sandbox, subscription, ten } = await discounted(
      { amount_off: 500, currency: 'usd', duration: 'forever' },
      mode,
    )
    await sandbox.clock.advance(15.5 * DAY)
    const gone = subscription.items.data.find((item) => item.price.id === ten.id)
    const preview = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: {
        items: [{ id: gone?.id ?? '', deleted: true }],
        proration_behavior: 'always_invoice',
        proration_date: START / 1000 + 15.5 * 86_400,
      },
    })
    const line = only(preview.lines.data)
    expect(line.amount).toBe(expected)
    expect(line).toMatchObject({ discountable: false, discount_amounts: [] })
  })
})

test('an upgrade can bring its own discount, and a preview shows it', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Seats', 3100)
  const owner = await customer(stripe)
  const subscription = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: plan.id }] })
  const coupon = await stripe.coupons.create({
    percent_off: 50,
    duration: 'forever',
    applies_to: { products: [String(plan.product)] },
  })
  await sandbox.clock.advance(21 * DAY)
  const items = [{ id: only(subscription.items.data).id, quantity: 3 }]
  const change = { items, proration_behavior: 'always_invoice' as const }
  const discounts = [{ coupon: coupon.id }]
  const preview = await stripe.invoices.createPreview({
    subscription: subscription.id,
    discounts,
    subscription_details: change,
  })
  expect((await stripe.coupons.retrieve(coupon.id)).times_redeemed).toBe(0)
  const updated = await stripe.subscriptions.update(subscription.id, {
    ...change,
    discounts,
    payment_behavior: 'pending_if_incomplete',
  })
  expect((await latestInvoice(stripe, updated)).lines.data.map(({ amount }) => amount)).toEqual([-1000, 1500])
  expect(preview.amount_due).toBe(500)
  expect(updated.discounts).toHaveLength(1)
  expect((await stripe.invoices.createPreview({ subscription: subscription.id })).amount_due).toBe(4650)
  expect((await stripe.subscriptions.update(subscription.id, { discounts: '' })).discounts).toEqual([])
})

test('coupons and promotion codes that cannot be redeemed are refused, and nothing changes', async () => {
  const { stripe, owner, ten, sandbox } = await discounted({ percent_off: 10 })
  const once = await stripe.coupons.create({ percent_off: 10, max_redemptions: 1 })
  const soon = await stripe.coupons.create({ percent_off: 10, redeem_by: START / 1000 + 60 })
  const euro = await stripe.coupons.create({ amount_off: 100, currency: 'eur' })
  const first = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: once.id },
    code: 'WELCOME',
    restrictions: { first_time_transaction: true },
  })
  const large = await stripe.promotionCodes.create({
    promotion: { type: 'coupon', coupon: once.id },
    restrictions: { minimum_amount: 5000, minimum_amount_currency: 'usd' },
  })
  await sandbox.clock.advance(60_000)
  const buy = (discount: Stripe.SubscriptionCreateParams.Discount) =>
    stripe.subscriptions.create({ customer: owner.id, items: [{ price: ten.id }], discounts: [discount] })
  expect(await refusal(buy({ coupon: soon.id }))).toMatchObject({ code: 'coupon_expired' })
  expect(await refusal(buy({ coupon: euro.id }))).toMatchObject({ param: 'discounts[0][coupon]' })
  expect((await refusal(buy({ promotion_code: first.id }))).message).toContain('prior transactions')
  expect((await refusal(buy({ promotion_code: large.id }))).message).toContain('minimum amount')
  await buy({ coupon: once.id })
  expect(await refusal(buy({ coupon: once.id }))).toMatchObject({ code: 'coupon_expired' })
  expect(await stripe.coupons.retrieve(once.id)).toMatchObject({ times_redeemed: 1, valid: false })
  expect(only((await stripe.promotionCodes.list({ code: 'welcome' })).data)).toMatchObject({ active: false })
  const again = stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: once.id }, code: 'Welcome' })
  expect(await refusal(again)).toMatchObject({ param: 'code' })
})
