import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { charges, DAY, latestInvoice, only, openShop, price, refusal, START, subscribed } from './shop.ts'

const NOW = (START + 21 * DAY) / 1000
const facts = ({ lines, amount_due }: Stripe.Invoice) => ({
  due: amount_due,
  lines: lines.data.map((line) => [line.amount, line.description, line.period]),
})

/** A month at 31.00 of which ten days are left, and a year at 300.00. */
async function monthly(mode: 'classic' | 'flexible', from: 'month' | 'year' = 'month') {
  const { stripe, sandbox } = await openShop()
  const month = await price(stripe, 'Monthly', 3100)
  const year = await price(stripe, 'Yearly', 36_500, { interval: 'year' })
  const { subscription, item } = await subscribed(stripe, from === 'month' ? month : year, 1, mode)
  await sandbox.clock.advance(21 * DAY)
  const items = [{ id: item.id, price: from === 'month' ? year.id : month.id, quantity: 1 }]
  /** Previews, lets a second pass, changes; both invoices. */
  const change = async (
    more: Stripe.SubscriptionUpdateParams & Stripe.InvoiceCreatePreviewParams.SubscriptionDetails,
  ) => {
    const details = { items, proration_behavior: 'always_invoice' as const, ...more }
    const preview = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: details,
    })
    const updated = await stripe.subscriptions.update(subscription.id, {
      ...details,
      payment_behavior: 'pending_if_incomplete',
    })
    return { preview, updated, invoice: await latestInvoice(stripe, updated) }
  }
  return { stripe, sandbox, subscription, item, items, change }
}

describe('month to year', () => {
  test('classic: the rest of the month is given back, the year billed in full, and the cycle starts anew', async () => {
    const { change, sandbox } = await monthly('classic')
    const { preview, updated, invoice } = await change({ proration_date: NOW })
    expect(facts(invoice)).toEqual(facts(preview))
    expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-1000, 36_500])
    expect(updated.billing_cycle_anchor).toBe(NOW)
    expect(charges(sandbox)).toEqual([3100, 35_500])
  })

  test('flexible with a new cycle: the same, without a proration date', async () => {
    const { change, stripe, subscription, items } = await monthly('flexible')
    const anchor = { billing_cycle_anchor: { type: 'now' as const } }
    const both = { items, ...anchor, proration_date: NOW }
    expect(await refusal(stripe.subscriptions.update(subscription.id, both))).toMatchObject({ param: 'proration_date' })
    const { preview, updated, invoice } = await change(anchor)
    expect(facts(invoice)).toEqual(facts(preview))
    expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-1000, 36_500])
    expect(only(updated.items.data)).toMatchObject({ current_period_start: NOW })
  })

  test('flexible with the cycle kept: the rest of a year that began with the subscription', async () => {
    const { change } = await monthly('flexible')
    const { preview, updated, invoice } = await change({ proration_date: NOW })
    expect(facts(invoice)).toEqual(facts(preview))
    expect(invoice.lines.data.map(({ amount }) => amount)).toEqual([-1000, 34_400])
    expect(only(updated.items.data).current_period_end).toBe(Date.UTC(2027, 0, 20, 12) / 1000)
    expect(updated.billing_cycle_anchor).toBe(START / 1000)
  })
})

describe('year to month', () => {
  test.each(['classic', 'flexible'] as const)('%s: the credit of the year goes to the balance', async (mode) => {
    const { change, stripe, subscription, sandbox } = await monthly(mode, 'year')
    const { preview, invoice } = await change(mode === 'flexible' ? { billing_cycle_anchor: { type: 'now' } } : {})
    expect(facts(invoice)).toEqual(facts(preview))
    expect(invoice).toMatchObject({ total: 3100 - 34_400, amount_due: 0, ending_balance: 3100 - 34_400 })
    const next = await stripe.invoices.createPreview({ subscription: subscription.id })
    expect(next).toMatchObject({ amount_due: 0, total: 3100, starting_balance: 3100 - 34_400 })
    expect(charges(sandbox)).toEqual([36_500])
  })
})

test('the next invoice that is foretold is the one that comes, also where a schedule changes it', async () => {
  const { stripe, sandbox, subscription, item, items } = await monthly('flexible')
  await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, quantity: 3 }] })
  const { id, phases } = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
  const { start_date, end_date, items: held } = only(phases)
  const keep = held.map((one) => ({ price: String(one.price), quantity: one.quantity ?? 1 }))
  for (const anchor of ['automatic', 'phase_start'] as const) {
    await stripe.subscriptionSchedules.update(id, {
      phases: [
        { start_date, end_date, items: keep },
        { items: [{ price: items[0]?.price ?? '' }], billing_cycle_anchor: anchor, duration: { interval: 'year' } },
      ],
    })
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id })
    expect(preview.lines.data.length).toBeGreaterThan(2)
    if (anchor === 'automatic') continue
    await sandbox.clock.advance(10 * DAY)
    const invoice = await latestInvoice(stripe, await stripe.subscriptions.retrieve(subscription.id))
    expect(facts(invoice)).toEqual(facts(preview))
    expect(preview).toMatchObject({ status: 'draft', id: expect.stringMatching(/^upcoming_in_/) })
  }
})
