import { hasEnded } from '../accounts/model.ts'
import type { ChangeQuote, LiveSubscription, UpgradeRecord } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import type { Planned } from './quote-plan.ts'
import { planRegain, planRevoke } from './quote-revoke.ts'
import { planUndo } from './quote-undo.ts'
import { reportUseOf } from './report-use.ts'

/** An upgrade that was paid, and its payment at Stripe. */
export interface Bought {
  upgrade: UpgradeRecord
  quote: ChangeQuote
  intent: string
}

/**
 * What takes an upgrade back: the one that made the present state as if it had never been, another one by what it had added to
 * what is held now. `nothing` where its subscription is over, null where nobody can tell any more what that would be.
 */
export async function takingBack(context: Context, bought: Bought): Promise<Planned | 'nothing' | null> {
  const { upgrade, quote } = bought
  if (context.catalog.changes.onReversal === 'keep') return 'nothing'
  const live = await settledSubscription(context, bought)
  if (live === null || live === 'nothing') return live
  if (live.quote !== quote.id) return planRevoke(context, live, bought)
  if (!isPinned(quote)) return null
  const fresh = { upgrade, quote, until: context.clock.now() }
  try {
    const planned = await planUndo(context, live, fresh, {
      feature: quote.change.feature,
      // Nobody reads its words.
      timeZone: null,
    })
    const refund = planned.steps.refund && { ...planned.steps.refund, given: true }
    return { ...planned, change: { ...planned.change, kind: 'revoke' }, steps: { ...planned.steps, refund } }
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'billing_unavailable') throw error
    // It is no longer as if it had never been: something of it was used and billed, say.
    return planRevoke(context, live, bought)
  }
}

/** What gives an upgrade again that was taken back because of a dispute, which was won. */
export async function givingAgain(context: Context, bought: Bought): Promise<Planned | 'nothing' | null> {
  const live = await settledSubscription(context, bought)
  return live === null || live === 'nothing' ? live : planRegain(context, live, bought)
}

/** The subscription that was upgraded, if it stands as it is; null while something else is going on with it. */
async function settledSubscription(context: Context, { quote }: Bought): Promise<LiveSubscription | 'nothing' | null> {
  const live = await requireGateway(context).subscription(quote.subscription)
  if (!live || hasEnded(live)) return 'nothing'
  const { status, schedule, pending } = live
  if (status !== 'active' || schedule !== null || pending !== null) return null
  // What was used of a price that goes is billed with the change.
  await reportUseOf(context, quote.account, { anew: true })
  return live
}

/** Whether what was bought can be taken back for the very instant for which it was charged. */
const isPinned = ({ change, steps: { update } }: ChangeQuote): boolean =>
  change.before !== null &&
  update?.proration === 'always_invoice' &&
  update.anchor === 'kept' &&
  update.discounts === null
