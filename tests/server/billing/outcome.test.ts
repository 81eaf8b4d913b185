import { describe, expect, it, test } from 'vitest'
import type {
  LiveSubscription,
  Payment,
  QuoteRecord,
  UpdateStep,
  UpgradeRecord,
} from '../../../server/src/billing/model.ts'
import { isClosed } from '../../../server/src/billing/model.ts'
import { invoiceOf, outcomeOf, paymentOn, reached } from '../../../server/src/billing/outcome.ts'
import { live, start } from '../samples.ts'

const update: UpdateStep = {
  items: [],
  proration: 'always_invoice',
  anchor: 'kept',
  ending: null,
  trialEnd: null,
  trialDays: null,
  tax: null,
  discounts: null,
  use: [],
  drift: 0,
}
const steps = {
  release: null,
  update,
  placeless: false,
  later: null,
  restore: null,
  refund: null,
  regained: null,
  card: null,
}
const quote = { id: 'qt_1', steps } as unknown as QuoteRecord
const money = (amount: number) => ({ amount, currency: 'usd' })
const invoice = {
  id: 'in_2',
  total: money(1_200),
  amountDue: money(1_200),
  amountPaid: money(0),
  status: 'open',
  url: null,
}
type Intent = NonNullable<Payment['intent']>
const payment = (intent: Partial<Intent> | null): Payment => ({
  invoice,
  tax: 0,
  intent: intent && {
    id: 'pi_1',
    status: 'processing',
    clientSecret: 'pi_1_secret',
    paymentMethod: null,
    error: null,
    ...intent,
  },
})
const pending = live({ pending: { expiresAt: start, quote: 'qt_1' } })
const declined = { code: 'insufficient_funds', detail: 'Your card has insufficient funds.', paymentMethod: 'pm_9' }

describe('a change that has reached Stripe', () => {
  test.each<[LiveSubscription, boolean]>([
    [live({ quote: 'qt_1' }), true],
    [pending, true],
    [live(), false],
    [live({ quote: 'qt_0', pending: { expiresAt: start, quote: null } }), false],
  ])('is known by its quote: %#', (subscription, known) => {
    expect(reached(subscription, quote)).toBe(known)
  })

  it('is billed by its own invoice, or the newest of the subscription while that is not known', () => {
    const upgrade = { invoice: null } as UpgradeRecord
    expect(invoiceOf(live({ latestInvoice: 'in_2' }), upgrade, quote)).toBe('in_2')
    expect(invoiceOf(live({ latestInvoice: 'in_3' }), { ...upgrade, invoice }, quote)).toBe('in_2')
    expect(invoiceOf(live({ latestInvoice: null }), upgrade, quote)).toBeNull()
  })

  it('has no invoice where nothing is charged: the newest of the subscription is about something else', () => {
    const quiet = { ...quote, steps: { ...steps, update: { ...update, proration: 'none' as const } } }
    expect(invoiceOf(live({ latestInvoice: 'in_2' }), { invoice: null } as UpgradeRecord, quiet)).toBeNull()
  })

  it('is known by its schedule where it waits for the renewal, and by none where it only drops one', () => {
    const later = {
      bundle: { plan: 'starter', interval: 'month' as const, units: 3, addons: {} },
      items: [],
      beginsAnew: false,
      repriced: [],
    }
    const under = (of: string) =>
      live({ schedule: { id: 'sub_sched_1', ours: { quote: of, bundle: later.bundle, repriced: [] }, at: start } })
    const waits = { ...quote, steps: { ...steps, update: null, later } }
    expect([under('qt_1'), under('qt_0'), live()].map((one) => reached(one, waits))).toEqual([true, false, false])
    const drops = { ...quote, steps: { ...steps, update: null, release: 'sub_sched_1' } }
    expect([under('qt_1'), live()].map((one) => reached(one, drops))).toEqual([false, true])
  })

  it('is applied once it is on the subscription, with or without an invoice', () => {
    const done = live({ quote: 'qt_1' })
    expect(outcomeOf(done, quote, payment(null))).toEqual({
      phase: 'applied',
      invoice,
      clientSecret: null,
      failedMethod: null,
      reason: null,
    })
    expect(outcomeOf(done, quote, null)).toMatchObject({ phase: 'applied', invoice: null })
    expect(outcomeOf(live({ quote: 'qt_1', pending: { expiresAt: start, quote: 'qt_2' } }), quote, null).phase).toBe(
      'applied',
    )
  })

  it('has expired when it is gone without a trace, and says that nothing was charged', () => {
    const found = outcomeOf(live({ quote: 'qt_0' }), quote, payment(null))
    expect(found).toMatchObject({
      phase: 'expired',
      reason: { code: 'expired', detail: expect.stringContaining('Nothing was charged') },
    })
  })

  test.each<[string, Payment | null, object]>([
    ['requires_action', payment({ status: 'requires_action' }), { clientSecret: 'pi_1_secret', reason: null }],
    ['requires_action', payment({ status: 'requires_confirmation' }), { clientSecret: 'pi_1_secret' }],
    [
      'payment_failed',
      payment({ status: 'requires_payment_method' }),
      {
        clientSecret: 'pi_1_secret',
        failedMethod: null,
        reason: { code: 'payment_failed', detail: 'The payment did not go through. Nothing was charged.' },
      },
    ],
    [
      'payment_failed',
      payment({ status: 'requires_payment_method', error: declined }),
      {
        failedMethod: 'pm_9',
        reason: { code: 'insufficient_funds', detail: 'Your card has insufficient funds. Nothing was charged.' },
      },
    ],
    ['processing', payment({ status: 'processing' }), { clientSecret: null, reason: null }],
    // Paid, and Stripe has yet to apply it: applied means both.
    ['processing', payment({ status: 'succeeded' }), { clientSecret: null }],
    ['processing', payment(null), { invoice }],
    ['processing', null, { invoice: null }],
  ])('while it waits is %s for the payment %#', (phase, found, rest) => {
    expect(outcomeOf(pending, quote, found)).toMatchObject({ phase, ...rest })
  })

  it('is at its end when it is applied, expired or canceled, and only then', () => {
    const phases = [
      'applied',
      'expired',
      'canceled',
      'confirming',
      'requires_action',
      'payment_failed',
      'processing',
      'checkout',
    ] as const
    expect(phases.filter((phase) => isClosed({ phase }))).toEqual(['applied', 'expired', 'canceled'])
  })
})

describe('the first payment of a completed page', () => {
  const begun = { paid: false, subscription: 'sub_1' }
  const billed = (status: string, intent: string): Payment => ({
    ...payment({ status: intent }),
    invoice: { ...invoice, status },
  })
  test.each<[ReturnType<typeof paymentOn>, Parameters<typeof paymentOn>]>([
    ['settling', [{ paid: true, subscription: null }, null, null]],
    ['paid', [{ ...begun, paid: true }, null, null]],
    ['settling', [begun, live(), billed('open', 'processing')]],
    ['settling', [begun, live({ status: 'incomplete' }), billed('open', 'requires_action')]],
    ['settling', [begun, live(), null]],
    ['paid', [begun, live(), billed('paid', 'succeeded')]],
    ['failed', [begun, live({ status: 'past_due' }), billed('open', 'requires_payment_method')]],
    ['failed', [begun, live({ status: 'past_due' }), billed('open', 'canceled')]],
    ['failed', [begun, live({ status: 'unpaid' }), billed('uncollectible', 'processing')]],
    ['failed', [begun, live({ status: 'incomplete_expired' }), billed('open', 'processing')]],
    ['failed', [begun, null, null]],
  ])('is %s: %#', (far, input) => {
    expect(paymentOn(...input)).toBe(far)
  })
})
