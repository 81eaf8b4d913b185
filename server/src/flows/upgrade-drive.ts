import type { ChangeQuote, LiveSubscription, UpgradeRecord } from '../billing/model.ts'
import { invoiceOf, outcomeOf, reached } from '../billing/outcome.ts'
import { timeOf } from '../billing/sync.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { keepLook } from './sync.ts'
import { checkQuote } from './upgrade-check.ts'
import { close, compareCharge, keyMs, lost, save } from './upgrade-save.ts'
import { beyondQuote, complete, goneWords, type Look, look, lookFor, putBack, send } from './upgrade-steps.ts'

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
  const before = await lookFor(context, quote)
  if (!before) return close(context, upgrade, gone(quote))
  if (reached(before.live, quote)) {
    const last = makesWay(context, before.live, quote) ? withdraw : payAgain
    return settle(context, upgrade, quote, await last(context, upgrade, before, quote))
  }
  if (upgrade.phase !== 'confirming') return settle(context, upgrade, quote, before)
  if (!first && context.clock.now() > upgrade.createdAt + keyMs) return giveBack(context, upgrade, quote, before, lost)

  try {
    const checked = await checkQuote(context, before.live, quote, first)
    if (checked.refused) return await giveBack(context, upgrade, quote, before, checked.refused)
    await send(context, quote, before.live, checked.absorbed)
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    return afterFailure(context, upgrade, quote, error)
  }
  return settle(context, upgrade, quote, await look(context, quote))
}

/** Ends an unpaid upgrade for good. If the payment came first, it is applied after all. */
export async function abandon(context: Context, upgrade: UpgradeRecord, quote: ChangeQuote): Promise<UpgradeRecord> {
  const before = await lookFor(context, quote)
  if (!before) return close(context, upgrade, gone(quote))
  // It may still be on its way to Stripe; sending it is the only way to know, and the lease is ours.
  if (upgrade.phase === 'confirming' && !reached(before.live, quote))
    throw new ProblemError('billing_unavailable', 'The upgrade is being confirmed. Ask again in a moment.')
  const after = await withdraw(context, upgrade, before, quote)
  if (reached(after.live, quote)) return settle(context, upgrade, quote, after)
  return giveBack(context, upgrade, quote, after, canceled)
}

/** Takes the payment that a change waits for away, unless it came first, and looks what holds. */
async function withdraw(context: Context, upgrade: UpgradeRecord, { live }: Look, quote: ChangeQuote): Promise<Look> {
  const invoice = live.pending?.quote === quote.id ? invoiceOf(live, upgrade, quote) : null
  if (invoice !== null) await requireGateway(context).voidInvoice(invoice)
  return look(context, quote)
}

/** How long before an unpaid change would end by itself it makes way for what waits for the end of the period. */
const makesWayMs = 10 * 60_000

/** Whether what had to go for a change has to be put back now: with the period it is too late, and the old price is charged once more. */
const makesWay = ({ clock }: Context, live: LiveSubscription, { id, steps }: ChangeQuote): boolean =>
  steps.restore !== null &&
  live.pending?.quote === id &&
  timeOf(live, clock.now()) >= live.pending.expiresAt - makesWayMs

/** Ends an upgrade that did not come about, with everything as it was before. */
async function giveBack(
  context: Context,
  upgrade: UpgradeRecord,
  quote: ChangeQuote,
  seen: Look,
  reason: UpgradeRecord['reason'],
): Promise<UpgradeRecord> {
  const { live, observedAt } = await putBack(context, quote, seen)
  await keepLook(context, upgrade.account, live, observedAt)
  return close(context, upgrade, reason)
}

/**
 * A declined payment is tried again when the customer has another card by now; the same card would only be declined again.
 * Who has chosen a card by hand is charged with no other.
 */
async function payAgain(context: Context, upgrade: UpgradeRecord, before: Look, quote: ChangeQuote): Promise<Look> {
  const { phase, invoice, failedMethod, card } = upgrade
  const method = before.live.paymentMethod
  const another =
    card === null &&
    phase === 'payment_failed' &&
    before.live.pending !== null &&
    method !== null &&
    method !== failedMethod
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
  if (error.code === 'billing_refused') context.failed(error, `confirming the upgrade ${upgrade.id}`)
  return giveBack(context, upgrade, quote, after, { code: error.code, detail: `${error.message} Nothing was charged.` })
}

/** Writes down where the change stands at Stripe, and lets go of the lease. */
async function settle(
  context: Context,
  upgrade: UpgradeRecord,
  quote: ChangeQuote,
  seen: Look,
): Promise<UpgradeRecord> {
  const invoice = invoiceOf(seen.live, upgrade, quote)
  const payment = invoice === null ? null : await requireGateway(context).payment(invoice)
  const outcome = outcomeOf(seen.live, quote, payment)
  let last = seen
  if (outcome.phase === 'applied') {
    if (beyondQuote(quote, payment) === 0) compareCharge(context, upgrade, quote, payment)
    last = await complete(context, upgrade, quote, seen, payment)
  }
  if (outcome.phase === 'expired') last = await putBack(context, quote, seen)
  // Entitlements first: whoever hears that the upgrade is applied must find it so.
  await keepLook(context, upgrade.account, last.live, last.observedAt)
  return save(context, upgrade, outcome)
}

const gone = (quote: ChangeQuote) => ({ code: 'subscription_not_ready', detail: goneWords(quote) })

const canceled = { code: 'canceled', detail: 'The upgrade was canceled before it was paid. Nothing was charged.' }
