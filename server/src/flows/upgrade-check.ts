import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { ChangeQuote, LiveSubscription } from '../billing/model.ts'
import type { Outcome } from '../billing/outcome.ts'
import { timeOf } from '../billing/sync.ts'
import { unfitness } from '../billing/targets.ts'
import { overuseWords, type Speech } from '../billing/words.ts'
import { overuseOf } from '../catalog/bundle.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'
import { isUnused } from './fresh.ts'
import { stale } from './upgrade-save.ts'
import { hasOutgrown } from './use-of-change.ts'

/** Whether a quote may be charged as it was shown. `absorbed` is what it has risen since, to be taken off again. */
type Checked = { refused: NonNullable<Outcome['reason']> } | { refused: null; absorbed: number }

const refused = (reason: NonNullable<Outcome['reason']>): Checked => ({ refused: reason })

/** Compares the subscription and the amount with the quote. */
export async function checkQuote(
  context: Context,
  live: LiveSubscription,
  quote: ChangeQuote,
  first: boolean,
): Promise<Checked> {
  const { steps, change, amountDue } = quote
  if (live.livemode !== quote.livemode) return refused(stale('The quote was made in the other mode of Stripe.'))
  const snapshot = await snapshotOf(context, quote.account)
  if (snapshot.account.stripeCustomerId !== live.customer)
    return refused(stale('The account has another customer at Stripe by now.'))
  // A schedule that nobody has marked may be the half of ours that was made before the line broke.
  const half = !first && steps.later !== null && live.schedule !== null && live.schedule.ours === null
  const seen = half ? { ...live, schedule: null } : live
  const unfit = change.kind === 'start' ? null : unfitness(seen, change.kind)
  if (unfit) return refused({ code: 'subscription_not_ready', detail: unfit })
  // The chosen card may be in its place from a try that broke off.
  const asQuoted =
    steps.card && seen.paymentMethod === steps.card.id ? { ...seen, paymentMethod: steps.card.before } : seen
  if (fingerprintOf(asQuoted, steps.release) !== quote.fingerprint)
    return refused(stale('The subscription has changed since the quote.'))
  if (isOutOfTrial(context, live, quote)) return refused(stale('The trial ends now.'))
  if (await isTaken(context, live, quote)) return refused(stale('What would be taken back is in use by now.'))
  const over = await overuse(context, quote)
  if (over) return refused({ code: 'below_use', detail: over })
  const how = dueOf(steps.update, quote.prorationDate)
  if (!how || !steps.update) return { refused: null, absorbed: 0 }
  const { items, drift } = steps.update
  if (await hasOutgrown(context, snapshot, live, { update: steps.update, amountDue }))
    return refused(stale('More has been used since the quote, which is billed with the change.'))
  const base = { customer: live.customer, subscription: live.id }
  const { discounts } = how
  const due = await requireGateway(context).preview({ ...base, items, when: how, discounts })
  const absorbed = due.amountDue - amountDue
  return absorbed >= 0 && absorbed <= drift && due.currency === quote.currency
    ? { refused: null, absorbed }
    : refused(stale('The price has changed since the quote.'))
}

/** What is free in a trial must not reach Stripe after it: nobody would pay for it until the renewal. */
const trialMarginMs = 30_000

const isOutOfTrial = ({ clock }: Context, live: LiveSubscription, { steps: { update } }: ChangeQuote): boolean =>
  live.status === 'trialing' &&
  update !== null &&
  update.items.length > 0 &&
  (live.trialEnd ?? 0) - timeOf(live, clock.now()) < trialMarginMs

/** Whether what a user wants to take back has come into use since it was quoted. */
async function isTaken(context: Context, live: LiveSubscription, { account, steps }: ChangeQuote): Promise<boolean> {
  if (!steps.refund || steps.refund.given || live.quote === null) return false
  const bought = await context.database.read.billing.findQuote(account, live.quote)
  return bought !== null && !isUnused(context, await snapshotOf(context, account), bought)
}

/** Use may have risen since the quote: what would be over its limit by now, in words; null when nothing is. */
async function overuse(
  context: Context,
  { account, change: { before, after }, steps }: ChangeQuote,
): Promise<string | null> {
  const { catalog } = context
  if (!before || !after || catalog.changes.downgradeBelowUse !== 'block') return null
  const snapshot = await snapshotOf(context, account)
  const speech: Speech = { catalog, timeZone: snapshot.account.timeZone ?? 'UTC', now: context.clock.now() }
  const used = (feature: string): number => snapshot.decide(feature, 1)?.used ?? 0
  const over = overuseOf(catalog, { before: before.bundle, after, used, renewed: steps.update === null })
  const words = over.map((one) => overuseWords(speech, one))
  return words.length === 0 ? null : `${words.join(' ')} Free what is too many first. Nothing was charged.`
}
