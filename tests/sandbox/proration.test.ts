import fc from 'fast-check'
import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { prorate } from '../../server/sandbox/billing/proration.ts'
import { settle } from '../../server/sandbox/billing/settlement.ts'
import vectors from './proration-vectors.json' with { type: 'json' }
import { openShop, price, subscribed, useCard } from './shop.ts'

const signed = (kind: string, amount: number): number => (kind === 'credit' ? -amount : amount)

describe('the proration rule fits every known amount', () => {
  for (const { id, lines, period_start, period_end, proration_date, expected_total } of vectors.vectors) {
    test(id, () => {
      const amounts = lines.map(({ kind, unit_amount, quantity }) =>
        prorate(signed(kind, unit_amount * quantity), {
          periodStart: period_start,
          periodEnd: period_end,
          at: proration_date,
        }),
      )
      expect(amounts).toEqual(lines.map((line) => line.expected_amount))
      expect(amounts.reduce((sum, amount) => sum + amount, 0)).toBe(expected_total)
    })
  }
})

const FLEXIBLE_WITHOUT_DEBIT = 'stripe-docs-flexible-20-to-10-third-no-prior-debit'

describe('previews show every known amount', () => {
  for (const vector of vectors.vectors.filter(({ id }) => id !== FLEXIBLE_WITHOUT_DEBIT)) {
    test(vector.id, async () => {
      const { stripe, sandbox } = await openShop({ now: () => vector.period_start * 1000 })
      const interval = vector.period_end - vector.period_start > 40 * 86_400 ? 'year' : 'month'
      const make = (name: string, amount: number) =>
        price(stripe, name, amount, { currency: vector.currency, interval })
      const [credit, debit] = vector.lines
      const old = await make('Old', credit?.unit_amount ?? 0)
      const next = debit?.unit_amount === credit?.unit_amount ? old : await make('New', debit?.unit_amount ?? 0)
      const { subscription, item } = await subscribed(stripe, old, credit?.quantity)
      expect(item.current_period_end).toBe(vector.period_end)
      await sandbox.clock.advance((vector.proration_date - vector.period_start) * 1000)
      const items = debit
        ? [{ id: item.id, price: next.id, quantity: debit.quantity }]
        : [{ id: item.id, deleted: true }, { price: next.id }]
      const preview = await stripe.invoices.createPreview({
        subscription: subscription.id,
        subscription_details: { items, proration_behavior: 'always_invoice', proration_date: vector.proration_date },
      })
      const shown = preview.lines.data.slice(0, vector.lines.length)
      expect(shown.map(({ amount }) => amount)).toEqual(vector.lines.map((line) => line.expected_amount))
      expect(preview.total).toBe(vector.expected_total)
    })
  }
})

test(`previews: ${FLEXIBLE_WITHOUT_DEBIT}`, async () => {
  const vector = vectors.vectors.find(({ id }) => id === FLEXIBLE_WITHOUT_DEBIT)
  if (!vector) throw new Error('the vector is gone')
  const { stripe, sandbox } = await openShop({ now: () => vector.period_start * 1000 })
  const ten = await price(stripe, 'Ten', 1000)
  const twenty = await price(stripe, 'Twenty', 2000)
  const { subscription, item } = await subscribed(stripe, ten)
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: twenty.id, quantity: 1 }],
    proration_behavior: 'none',
  })
  await sandbox.clock.advance((vector.proration_date - vector.period_start) * 1000)
  const preview = await stripe.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: {
      items: [{ id: item.id, price: ten.id, quantity: 1 }],
      proration_behavior: 'always_invoice',
    },
  })
  expect(preview.lines.data.map(({ amount }) => amount)).toEqual([-333, 333])
  expect(preview.total).toBe(vector.expected_total)
})

test.each(vectors.interval_constraints)('$id has amounts that the rule can produce', ({ lines }) => {
  const solutions: number[] = []
  // Remaining value of one seat in thousandths of a minor unit.
  for (let value = 961_000; value <= 962_000; value += 1) {
    const at = { periodStart: 0, periodEnd: 1000, at: 999 }
    const fits = lines.every(({ quantity, amount }) => prorate(Math.sign(amount) * quantity * value, at) === amount)
    if (fits) solutions.push(value)
  }
  expect(solutions.length).toBeGreaterThan(0)
  expect(Math.min(...solutions)).toBeGreaterThanOrEqual(961_166)
  expect(Math.max(...solutions)).toBeLessThanOrEqual(961_250)
})

test('a credit and a debit of the same amount never differ by more than one minor unit', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.nat(2_678_400), (amount, at) => {
      const period = { periodStart: 0, periodEnd: 2_678_400, at }
      const sum = prorate(amount, period) + prorate(-amount, period)
      expect(sum === 0 || sum === -1).toBe(true)
    }),
  )
})

test('a proration is never more than the whole and ends with its period', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), fc.nat(5_000_000), (amount, at) => {
      const part = prorate(amount, { periodStart: 0, periodEnd: 2_678_400, at })
      expect(part).toBeLessThanOrEqual(amount)
      expect(part).toBeGreaterThanOrEqual(at >= 2_678_400 ? 0 : -1)
    }),
  )
  expect(prorate(1000, { periodStart: 0, periodEnd: 100, at: 100 })).toBe(0)
})

test('what is due and the balance always add up to the total', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -100_000, max: 100_000 }),
      fc.integer({ min: -100_000, max: 100_000 }),
      (total, balance) => {
        const { amountDue, endingBalance } = settle(total, balance, 'usd')
        expect(amountDue + endingBalance).toBe(total + balance)
        expect(amountDue === 0 || amountDue >= 50).toBe(true)
      },
    ),
  )
})

test('classic billing gives back at the present price, whatever was debited', async () => {
  const { stripe, sandbox } = await openShop({ now: () => 1_790_000_000_000 })
  const ten = await price(stripe, 'Ten', 1000)
  const twenty = await price(stripe, 'Twenty', 2000)
  const { subscription, item } = await subscribed(stripe, ten, 1, 'classic')
  const to = (target: string, proration_behavior: 'none' | 'always_invoice') =>
    stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, price: target, quantity: 1 }],
      proration_behavior,
      expand: ['latest_invoice'],
    })
  await to(twenty.id, 'none')
  await sandbox.clock.advance(20 * 86_400_000)
  const { latest_invoice } = await to(ten.id, 'always_invoice')
  expect((latest_invoice as Stripe.Invoice).lines.data.map(({ amount }) => amount)).toEqual([-667, 333])
})

/** A recorded change, made with an unpayable card: from one price to another, so many seconds into the period. */
async function recordedChange(from: number, to: number, seconds: number) {
  const { stripe, sandbox } = await openShop({ now: () => 1_790_000_000_000 })
  const plan = await price(stripe, 'Widget', from, { currency: 'cad' })
  const { subscription, item, customer } = await subscribed(stripe, plan)
  const other = await price(stripe, 'Other widget', to, { currency: 'cad' })
  await useCard(stripe, customer.id, 'pm_card_chargeCustomerFail')
  await sandbox.clock.advance(seconds * 1000)
  const updated = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: other.id, quantity: 1 }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
    expand: ['latest_invoice'],
  })
  const [entry] = (await stripe.customers.listBalanceTransactions(customer.id)).data
  const next = await stripe.invoices.createPreview({ subscription: subscription.id })
  return { updated, invoice: updated.latest_invoice as Stripe.Invoice, entry, next }
}

const NO_PAYMENT = { status: 'paid', attempted: true, attempt_count: 0, amount_due: 0, amount_paid: 0 }

test('below-minimum-charge: the amount goes to the balance and onto the next invoice', async () => {
  const { updated, invoice, entry, next } = await recordedChange(1000, 1800, 2_585_520)
  expect(invoice).toMatchObject({ ...NO_PAYMENT, total: 1, ending_balance: 1 })
  expect(entry).toMatchObject({ type: 'invoice_too_small', amount: 1, ending_balance: 1 })
  expect(next).toMatchObject({ starting_balance: 1, amount_due: 1801 })
  expect(updated.pending_update).toBeNull()
})

test('negative-net: the credit goes to the balance without a payment', async () => {
  const { updated, invoice, entry, next } = await recordedChange(2000, 1000, 1_728_000)
  expect(invoice).toMatchObject({ ...NO_PAYMENT, total: -334, ending_balance: -334 })
  expect(entry).toMatchObject({ type: 'applied_to_invoice', amount: -334, ending_balance: -334 })
  expect(next).toMatchObject({ starting_balance: -334, amount_due: 666 })
  expect(updated.pending_update).toBeNull()
})
