import fc from 'fast-check'
import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { DAY, latestInvoice, openShop, price, refusal, type Shop, START, subscribed } from './shop.ts'

const step = fc.record({
  price: fc.integer({ min: 0, max: 500_000 }),
  quantity: fc.integer({ min: 1, max: 200 }),
  wait: fc.integer({ min: 0, max: 9 * 86_400 }),
})
const story = fc.record({
  mode: fc.constantFrom('classic' as const, 'flexible' as const),
  balance: fc.integer({ min: -5000, max: 5000 }),
  first: step,
  changes: fc.array(step, { minLength: 1, maxLength: 3 }),
})

/** Quotes a change, lets a minute pass, makes it, and returns both invoices. */
async function quoteAndBuy(
  { stripe, sandbox }: Shop,
  subscription: string,
  item: string,
  change: typeof step extends fc.Arbitrary<infer S> ? S : never,
) {
  await sandbox.clock.advance(change.wait * 1000)
  const target = await price(stripe, 'Next', change.price)
  const details = {
    items: [{ id: item, price: target.id, quantity: change.quantity }],
    proration_behavior: 'always_invoice' as const,
    proration_date: Math.floor(sandbox.clock.now() / 1000),
  }
  const preview = await stripe.invoices.createPreview({ subscription, subscription_details: details })
  await sandbox.clock.advance(60_000)
  const behavior = { payment_behavior: 'pending_if_incomplete' as const }
  const updated = await stripe.subscriptions.update(subscription, { ...details, ...behavior })
  return { preview, invoice: await latestInvoice(stripe, updated) }
}

test('what a preview shows is what is charged, to the minor unit and line by line', async () => {
  const shop = await openShop()
  const facts = ({ lines }: Stripe.Invoice) => lines.data.map((line) => [line.amount, line.description, line.period])
  await fc.assert(
    fc.asyncProperty(story, async ({ mode, balance, first, changes }) => {
      const plan = await price(shop.stripe, 'First', first.price)
      const { subscription, item, customer } = await subscribed(shop.stripe, plan, first.quantity, mode)
      await shop.stripe.customers.update(customer.id, { balance })
      for (const change of changes) {
        const { preview, invoice } = await quoteAndBuy(shop, subscription.id, item.id, change)
        expect(invoice.amount_due).toBe(preview.amount_due)
        expect(invoice.starting_balance).toBe(preview.starting_balance)
        expect(facts(invoice)).toEqual(facts(preview))
        expect(invoice.lines.data.reduce((sum, line) => sum + line.amount, 0)).toBe(invoice.total)
      }
    }),
    { numRuns: 40, endOnFailure: true },
  )
})

test('a preview changes nothing', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Seats', 1000)
  const { subscription, item } = await subscribed(stripe, plan)
  const before = await stripe.subscriptions.retrieve(subscription.id)
  await sandbox.clock.advance(5 * DAY)
  await stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: { items: [{ id: item.id, quantity: 9 }], proration_behavior: 'always_invoice' },
  })
  expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    items: { data: [{ id: item.id, quantity: 1 }] },
    latest_invoice: before.latest_invoice,
  })
  expect((await stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(1)
  expect((await stripe.invoiceItems.list({ pending: true })).data).toHaveLength(0)
})

test('always_invoice shows the immediate invoice, create_prorations and none the next one', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, item } = await subscribed(stripe, plan, 2)
  await sandbox.clock.advance(10 * DAY)
  const show = async (proration_behavior: 'always_invoice' | 'create_prorations' | 'none') =>
    stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { items: [{ id: item.id, quantity: 3 }], proration_behavior },
    })
  const now = await show('always_invoice')
  expect(now.lines.data.map(({ description }) => description)).toEqual([
    'Unused time on 2 × Standard after 30 Jan 2026',
    'Remaining time on 3 × Standard after 30 Jan 2026',
  ])
  expect(now.period_end).toBe((START + 10 * DAY) / 1000)
  expect(now.parent?.subscription_details?.subscription_proration_date).toBe((START + 10 * DAY) / 1000)
  expect(now.id).toMatch(/^upcoming_in_/)
  expect(now.lines.data[0]?.parent?.subscription_item_details).toMatchObject({
    proration: true,
    proration_details: { credited_items: { invoice: subscription.latest_invoice } },
    subscription: subscription.id,
    subscription_item: item.id,
  })
  const later = await show('create_prorations')
  expect(later.lines.data).toHaveLength(3)
  expect(later.total).toBe(now.total + 3000)
  expect(later.lines.data[2]).toMatchObject({
    description: '3 × Standard (at $10.00 / month)',
    period: { start: item.current_period_end },
  })
  expect((await show('none')).total).toBe(3000)
})

test('the recurring preview shows what repeats, without prorations and balance', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, item, customer } = await subscribed(stripe, plan)
  await stripe.customers.update(customer.id, { balance: -5000 })
  await stripe.invoiceItems.create({ customer: customer.id, amount: 700, currency: 'usd' })
  const preview = await stripe.invoices.createPreview({
    subscription: subscription.id,
    preview_mode: 'recurring',
    subscription_details: { items: [{ id: item.id, quantity: 4 }] },
  })
  expect(preview).toMatchObject({ total: 4000, amount_due: 4000 })
})

test('a customer without a subscription sees the first invoice', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Pro', 2500, { interval: 'year' })
  const preview = await stripe.invoices.createPreview({
    subscription_details: { items: [{ price: plan.id, quantity: 2 }], billing_mode: { type: 'flexible' } },
  })
  expect(preview).toMatchObject({ total: 5000, billing_reason: 'subscription_create' })
  expect(preview.lines.data[0]?.description).toBe('2 × Pro (at $25.00 / year)')
})

test('the proration date must lie in the current period and cannot meet a new cycle', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, item } = await subscribed(stripe, plan)
  const at = (proration_date: number) =>
    stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: {
        items: [{ id: item.id, quantity: 2 }],
        proration_behavior: 'always_invoice',
        proration_date,
      },
    })
  expect(await refusal(at(item.current_period_start - 1))).toMatchObject({ statusCode: 400, param: 'proration_date' })
  expect(await refusal(at(item.current_period_end + 1))).toMatchObject({ statusCode: 400, param: 'proration_date' })
  expect((await at(item.current_period_start)).total).toBe(1000)
  const together = stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 2 }],
    proration_date: item.current_period_start,
    billing_cycle_anchor: { type: 'now' },
  })
  expect((await refusal(together)).message).toBe('You cannot specify `proration_date` when `billing_cycle_anchor=now`.')
})

test('a subscription that ends has nothing upcoming', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription } = await subscribed(stripe, plan)
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  const error = await refusal(stripe.invoices.createPreview({ subscription: subscription.id }))
  expect(error).toMatchObject({ statusCode: 404, code: 'invoice_upcoming_none' })
  const kept = await stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: { cancel_at_period_end: false },
  })
  expect(kept.total).toBe(1000)
})

test('what is billed beside a change is in its preview as it is on its invoice', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 3_100)
  const { subscription, item } = await subscribed(stripe, plan)
  const beside = [{ price_data: { currency: 'usd', product: String(plan.product), unit_amount: 700 } }]
  const change = {
    items: [{ id: item.id, quantity: 2 }],
    proration_behavior: 'always_invoice' as const,
  }
  const shown = await stripe.invoices.createPreview({
    subscription: subscription.id,
    invoice_items: beside,
    subscription_details: change,
  })
  const updated = await stripe.subscriptions.update(subscription.id, { ...change, add_invoice_items: beside })
  const { total, lines } = await stripe.invoices.retrieve(String(updated.latest_invoice))
  expect([total, lines.data.map(({ amount }) => amount)]).toEqual([
    shown.total,
    shown.lines.data.map(({ amount }) => amount),
  ])
  expect(lines.data.map(({ amount }) => amount)).toContain(700)
})
