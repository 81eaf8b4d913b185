import { fingerprintOf } from '../billing/fingerprint.ts'
import type { ChangeQuote, LiveSubscription, UpgradeRecord } from '../billing/model.ts'
import { invoiceOf, type Outcome, outcomeOf, reached } from '../billing/outcome.ts'
import { unfitness } from '../billing/targets.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { keepLook } from './sync.ts'
import { close, compareCharge, keyMs, lost, save, stale } from './upgrade-save.ts'

interface Look {
  live: LiveSubscription
  observedAt: number
}

/**
 * Brings an upgrade as far as it goes now. Whether the change has reached Stripe is asked of Stripe, never assumed: only a
 * change that has not is sent, after the subscription and the amount were compared with the quote once more.
 */
export async function drive(
  context: Context,
  upgrade: UpgradeRecord,
  quote: ChangeQuote,
  first: boolean,
): Promise<UpgradeRecord> {
  const before = await look(context, quote)
  if (reached(before.live, quote))
    return settle(context, upgrade, quote, await payAgain(context, upgrade, before, quote))
  if (upgrade.phase !== 'confirming') return settle(context, upgrade, quote, before)
  if (!first && context.clock.now() > upgrade.createdAt + keyMs) return close(context, upgrade, lost)

  const stale = await staleness(context, before.live, quote)
  if (stale) return close(context, upgrade, stale)
  try {
    const { subscription, targets: items, prorationDate, id } = quote
    await requireGateway(context).change({ subscription, items, prorationDate, quote: id })
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return afterFailure(context, upgrade, quote, error)
  }
  return settle(context, upgrade, quote, await look(context, quote))
}

/** Ends an unpaid upgrade for good. If the payment came first, it is applied after all. */
export async function abandon(context: Context, upgrade: UpgradeRecord, quote: ChangeQuote): Promise<UpgradeRecord> {
  const gateway = requireGateway(context)
  const before = await look(context, quote)
  if (before.live.pending?.quote === quote.id) {
    const invoice = invoiceOf(before.live, upgrade)
    if (invoice !== null) await gateway.voidInvoice(invoice)
  } else if (upgrade.phase === 'confirming' && !reached(before.live, quote)) {
    // It may still be on its way to Stripe; sending it is the only way to know, and the lease is ours.
    throw new ProblemError('billing_unavailable', 'The upgrade is being confirmed. Ask again in a moment.')
  }
  const after = await look(context, quote)
  if (reached(after.live, quote)) return settle(context, upgrade, quote, after)
  await keepLook(context, upgrade.account, after.live, after.observedAt)
  return close(context, upgrade, canceled)
}

async function look(context: Context, quote: ChangeQuote): Promise<Look> {
  const observedAt = context.clock.now()
  const live = await requireGateway(context).subscription(quote.subscription)
  if (!live)
    throw new ProblemError('subscription_not_ready', `Stripe has no subscription ${quote.subscription} any more.`)
  return { live, observedAt }
}

/** What keeps the quote from being charged as it was shown, or null. */
async function staleness(context: Context, live: LiveSubscription, quote: ChangeQuote): Promise<Outcome['reason']> {
  if (live.livemode !== quote.livemode) return stale('The quote was made in the other mode of Stripe.')
  const unfit = unfitness(live)
  if (unfit) return { code: 'subscription_not_ready', detail: unfit }
  if (fingerprintOf(live) !== quote.fingerprint) return stale('The subscription has changed since the quote.')
  const { customer } = live
  const { subscription, targets: items, prorationDate } = quote
  const due = await requireGateway(context).preview({ customer, subscription, items, when: { now: prorationDate } })
  return due.amountDue === quote.amountDue && due.currency === quote.currency
    ? null
    : stale('The price has changed since the quote.')
}

/** A declined payment is tried again when the customer has another card by now; the same card would only be declined again. */
async function payAgain(context: Context, upgrade: UpgradeRecord, before: Look, quote: ChangeQuote): Promise<Look> {
  const { phase, invoice, failedMethod } = upgrade
  const method = before.live.paymentMethod
  const another =
    phase === 'payment_failed' && before.live.pending !== null && method !== null && method !== failedMethod
  if (!another || !invoice) return before
  await requireGateway(context).pay(invoice.id, method, `softgate_${quote.id}_${method}`)
  return look(context, quote)
}

/** Whatever Stripe answered, it is asked what came of it. A refusal without effect is final; an unknown outcome waits for the same key again. */
async function afterFailure(
  context: Context,
  upgrade: UpgradeRecord,
  quote: ChangeQuote,
  error: ProblemError,
): Promise<UpgradeRecord> {
  const after = await look(context, quote)
  if (reached(after.live, quote)) return settle(context, upgrade, quote, after)
  if (error.code === 'billing_unavailable') throw error
  return close(context, upgrade, { code: error.code, detail: `${error.message} Nothing was charged.` })
}

/** Writes down where the change stands at Stripe, and lets go of the lease. */
async function settle(
  context: Context,
  upgrade: UpgradeRecord,
  quote: ChangeQuote,
  { live, observedAt }: Look,
): Promise<UpgradeRecord> {
  const invoice = invoiceOf(live, upgrade)
  const payment = invoice === null ? null : await requireGateway(context).payment(invoice)
  const outcome = outcomeOf(live, quote, payment)
  if (outcome.phase === 'applied') compareCharge(context, upgrade, quote, outcome.invoice)
  // Entitlements first: whoever hears that the upgrade is applied must find it so.
  await keepLook(context, upgrade.account, live, observedAt)
  return save(context, upgrade, outcome)
}

const canceled = { code: 'canceled', detail: 'The upgrade was canceled before it was paid. Nothing was charged.' }
