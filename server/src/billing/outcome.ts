import { hasEnded } from '../accounts/model.ts'
import type { LiveSession, LiveSubscription, Payment, QuoteRecord, UpgradePhase, UpgradeRecord } from './model.ts'

/** What is known of an upgrade after a look at Stripe. */
export type Outcome = Pick<UpgradeRecord, 'invoice' | 'clientSecret' | 'failedMethod' | 'reason'> & {
  phase: UpgradePhase
}

/** Whether Stripe shows, as done or as pending, that this quote's deciding step has reached it. */
export function reached(live: LiveSubscription, { id, steps }: Pick<QuoteRecord, 'id' | 'steps'>): boolean {
  if (steps.update?.ending === 'now') return hasEnded(live)
  if (steps.update) return live.quote === id || live.pending?.quote === id
  if (steps.later) return live.schedule?.ours?.quote === id
  return live.schedule?.id !== steps.release
}

/** The invoice to look at for a change that has reached Stripe; null when it needed none. */
export const invoiceOf = (live: LiveSubscription, upgrade: UpgradeRecord, quote: QuoteRecord): string | null =>
  invoices(quote) ? (upgrade.invoice?.id ?? live.latestInvoice) : null

/** Whether the change makes an invoice at once, be it of nothing. */
const invoices = ({ steps: { update } }: QuoteRecord): boolean =>
  update !== null && (update.proration === 'always_invoice' || update.anchor === 'now' || update.trialEnd !== null)

/**
 * Reads where a change that has reached Stripe stands. Applied means paid: Stripe moves the quote's id from the pending
 * update to the subscription in the same step as the items, and only after the payment. A pending change is as far as its payment is; one that is gone without a trace was voided or has expired.
 */
export function outcomeOf(live: LiveSubscription, quote: QuoteRecord, payment: Payment | null): Outcome {
  const base = { invoice: payment?.invoice ?? null, clientSecret: null, failedMethod: null, reason: null }
  if (live.pending?.quote !== quote.id) {
    return reached(live, quote) ? { ...base, phase: 'applied' } : { ...base, phase: 'expired', reason: expired }
  }
  const intent = payment?.intent ?? null
  const { clientSecret = null, error } = intent ?? {}
  if (intent?.status === 'requires_action' || intent?.status === 'requires_confirmation')
    return { ...base, phase: 'requires_action', clientSecret }
  if (intent?.status === 'requires_payment_method') {
    const reason = error
      ? { code: error.code, detail: `${error.detail} Nothing was charged.` }
      : { code: 'payment_failed', detail: 'The payment did not go through. Nothing was charged.' }
    return { ...base, phase: 'payment_failed', clientSecret, failedMethod: error?.paymentMethod ?? null, reason }
  }
  return { ...base, phase: 'processing' }
}

const expired = {
  code: 'expired',
  detail: 'The payment was not completed in time. Nothing was charged and nothing changed.',
}

const givenUp = new Set(['void', 'uncollectible'])
const refused = new Set(['requires_payment_method', 'canceled'])

/**
 * How far the first payment of a completed page is. A debit settles days later, or never; then the page stays unpaid for good,
 * also when its invoice is paid by other means, so the invoice decides.
 */
export function paymentOn(
  { paid, subscription }: Pick<LiveSession, 'paid' | 'subscription'>,
  live: LiveSubscription | null,
  payment: Payment | null,
): 'paid' | 'settling' | 'failed' {
  if (subscription === null) return 'settling'
  if (paid || payment?.invoice.status === 'paid') return 'paid'
  const over = live === null || hasEnded(live)
  const failed = givenUp.has(payment?.invoice.status ?? '') || refused.has(payment?.intent?.status ?? '')
  return over || failed ? 'failed' : 'settling'
}
