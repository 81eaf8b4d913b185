import { hasEnded } from '../accounts/model.ts'
import { type Bought, moved } from '../billing/bought.ts'
import { type ChangeQuote, isChange, type LiveItem, type LiveSubscription, type QuoteRecord } from '../billing/model.ts'
import { billedBundle, knownItems } from '../billing/targets.ts'
import type { Bundle } from '../catalog/bundle.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { planRegain, planRevoke } from './quote-revoke.ts'
import { planUndo } from './quote-undo.ts'
import { reportUseOf } from './report-use.ts'
import type { Followed, Following, Undecided } from './reversal-following.ts'
import { type Paid, type PaidChange, paidSince } from './reversal-purpose.ts'

/**
 * What takes a change back: an upgrade that made the present state as if it had never been, another change by what it had added
 * to what is held now and to what waits.
 */
export async function takingBack(
  context: Context,
  change: PaidChange,
  { account, paid, standing }: Followed,
): Promise<Following> {
  if (context.catalog.changes.onReversal === 'keep') return 'nothing'
  const present = await presentOf(context, account, change)
  if (present === 'nothing' || 'undecided' in present) return present
  const { live, bundle, item, bought } = present
  // A renewal has been paid since, or an upgrade that began another period.
  if (item.periodStart > change.at) return 'nothing'
  if (!bought) return unreadable
  const undone = await undoing(context, live, paid)
  if (undone) return undone
  const after = moved(bundle, { from: bought.after, to: bought.before })
  if (after)
    return planRevoke(context, live, { account, intent: paid.payment.intent, after, price: bought.prices.before })
  // Nothing of the period is paid for: it is over with the last word about its payment.
  const isRest = bundle.plan === bought.after.plan && paidSince(standing, item.periodStart).length === 0
  return isRest ? 'nothing' : changedSince(bundle, bought.after)
}

/** What gives a change again that was taken back because of a dispute, which was won. */
export async function givingAgain(
  context: Context,
  change: PaidChange,
  { account, paid }: Followed,
  taken: QuoteRecord,
): Promise<Following> {
  const present = await presentOf(context, account, change)
  if (present === 'nothing' || 'undecided' in present) return present
  const { live, bundle, item, bought } = present
  if (item.periodStart > change.at) return { undecided: 'The period it was paid for is over.' }
  const after = bought && moved(bundle, { from: bought.before, to: bought.after })
  if (!after) return bought ? changedSince(bundle, bought.before) : unreadable
  const { intent } = paid.payment
  const planned = await planRegain(context, live, { account, intent, after, price: bought.prices.after }, taken)
  return planned ?? 'nothing'
}

const unreadable: Undecided = { undecided: 'What it was for cannot be told from its invoice.' }

const changedSince = (present: Bundle, bought: Bundle): Undecided => ({
  undecided:
    present.plan === bought.plan
      ? 'More has been given up since than is left of it.'
      : 'The plan was changed again since.',
})

interface Present {
  live: LiveSubscription
  bundle: Bundle
  item: LiveItem
  bought: Bought | null
}

/** What is held of the subscription that was changed, if it stands as it is. */
async function presentOf(
  context: Context,
  account: string,
  { subscription, bought }: PaidChange,
): Promise<Present | 'nothing' | Undecided> {
  const { catalog } = context
  const live = await requireGateway(context).subscription(subscription)
  if (!live || hasEnded(live) || !knownItems(catalog, live).some(({ priced }) => priced.plan !== undefined))
    return 'nothing'
  const present = billedBundle(catalog, live)
  const { status, schedule, pending } = live
  if (schedule !== null && schedule.ours === null)
    return { undecided: 'A schedule at Stripe manages the subscription.' }
  if (pending !== null) return { undecided: 'Another change of the subscription waits for its payment.' }
  if (status !== 'active') return { undecided: `The subscription is ${status}.` }
  // What was used of a price that goes is billed with the change.
  await reportUseOf(context, account, { anew: true })
  return { live, ...present, bought: bought(catalog, present) }
}

/** The undoing of an upgrade that made the present state, for the very instant for which it was charged; null where it cannot be. */
async function undoing(context: Context, live: LiveSubscription, { upgrade, quote }: Paid): Promise<Following | null> {
  if (!upgrade || !quote || live.quote !== quote.id || live.schedule !== null || !isPinned(quote)) return null
  const fresh = { upgrade, quote, until: context.clock.now() }
  try {
    // Nobody reads its words.
    const planned = await planUndo(context, live, fresh, { feature: quote.change.feature, timeZone: null })
    const refund = planned.steps.refund && { ...planned.steps.refund, given: true }
    return { ...planned, change: { ...planned.change, kind: 'revoke' }, steps: { ...planned.steps, refund } }
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'billing_unavailable') throw error
    // It is no longer as if it had never been: something of it was used and billed, say.
    return null
  }
}

const isPinned = (quote: QuoteRecord): quote is ChangeQuote => {
  const { update } = quote.steps
  return isChange(quote) && update?.proration === 'always_invoice' && update.discounts === null
}
