import { hasEnded, isLive } from '../accounts/model.ts'
import { type ChangeQuote, isChange, type UpgradeRecord } from '../billing/model.ts'
import { isReversed, type SettledPayment } from '../billing/settlement.ts'
import { toRecord } from '../billing/sync.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'
import { makeOwn } from './own.ts'
import { begunBy, planEnd } from './quote-end.ts'
import type { Planned } from './quote-plan.ts'
import { planRevoke } from './quote-revoke.ts'
import { planUndo } from './quote-undo.ts'
import { settle } from './settle.ts'

/**
 * Follows what Stripe says of the account's money: every movement is written down, and by the policy `onReversal` what an upgrade
 * had bought is taken back once its payment is. That is a change like any other, with a quote and an upgrade of its own; only the
 * money has gone back already. The upgrade that made the present state is taken back as if it had never been, an earlier one by
 * what it had added to what is held now. A subscription whose first payment has gone back is over.
 */
export async function followMoney(context: Context, account: string, customer: string): Promise<void> {
  const { payments, applied, upgradeOf, fresh } = await settle(context, account, customer)
  const reversed = payments.filter(isReversed)
  if (context.catalog.changes.onReversal === 'keep' || reversed.length === 0) return
  const { billing } = context.database.read
  const quotes = await Promise.all(applied.map((upgrade) => billing.findQuote(account, upgrade.quote)))
  // A quote that gives a payment back, or takes back what it had bought, names it.
  const followed = new Set(quotes.flatMap((quote) => quote?.steps.refund?.intent ?? []))
  for (const payment of reversed) {
    const { id, intent } = payment
    const upgrade = upgradeOf(id)
    const quote = quotes.find((one) => one?.id === upgrade?.quote)
    if (!upgrade || !quote || followed.has(intent)) continue
    // Nothing brings a subscription back that is over: it waits for the last word about its money.
    if (!isChange(quote) && payment.contested) continue
    const planned = isChange(quote)
      ? await takingBack(context, upgrade, quote, intent)
      : await ending(context, upgrade, { payment, payments })
    if (planned === 'over') continue
    if (planned) await makeOwn(context, await snapshotOf(context, account), planned)
    else if (fresh.has(id))
      context.failed(
        new Error('It has changed since in a way from which this cannot be told apart. Somebody has to decide.'),
        `taking back what the reversed payment of the upgrade ${upgrade.id} had bought`,
      )
  }
}

/** What ends a subscription whose first payment has gone back; null where another payment of the customer's stands. */
async function ending(
  context: Context,
  upgrade: UpgradeRecord,
  { payment, payments }: { payment: SettledPayment; payments: readonly SettledPayment[] },
): Promise<Planned | 'over' | null> {
  const live = await begunBy(context, upgrade)
  if (!live || !isLive(toRecord(context.catalog, upgrade.account, live, context.clock.now()))) return 'over'
  const others = payments.filter((one) => one.at >= payment.at && one.id !== payment.id && !isReversed(one))
  const foreign = live.schedule !== null && live.schedule.ours === null
  return others.length > 0 || foreign ? null : planEnd(context, live, payment.intent)
}

/** What takes an upgrade back; `over` where its subscription is, null where nobody can tell any more what that would be. */
async function takingBack(
  context: Context,
  upgrade: UpgradeRecord,
  quote: ChangeQuote,
  intent: string,
): Promise<Planned | 'over' | null> {
  const live = await requireGateway(context).subscription(quote.subscription)
  if (!live || hasEnded(live)) return 'over'
  if (live.status !== 'active' || live.schedule !== null || live.pending !== null || live.cancelAt !== null) return null
  if (live.quote !== quote.id) return planRevoke(context, live, { quote, intent, at: upgrade.updatedAt })
  if (!isPinned(quote)) return null
  const fresh = { upgrade, quote, until: context.clock.now() }
  try {
    const planned = await planUndo(context, live, fresh, quote.change.feature)
    const refund = planned.steps.refund && { ...planned.steps.refund, given: true }
    return { ...planned, steps: { ...planned.steps, refund } }
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'billing_unavailable') throw error
    // It cannot be taken back to the cent any more, after a renewal say.
    return null
  }
}

/** Whether what was bought can be taken back for the very instant for which it was charged. */
const isPinned = ({ change, steps: { update } }: ChangeQuote): boolean =>
  change.before !== null &&
  update?.proration === 'always_invoice' &&
  update.anchor === 'kept' &&
  update.discounts === null
