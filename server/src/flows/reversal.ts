import { isChange, type QuoteRecord } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'
import { makeOwn } from './own.ts'
import { planUndo } from './quote-undo.ts'

/** How long a payment can come back: banks give their customers about four months. */
const reversibleMs = 120 * 86_400_000

/**
 * Takes back what an upgrade bought when its payment was refunded or disputed at Stripe. It is a change like any other, with
 * a quote and an upgrade of its own; only the money has gone back already. Left alone is what has changed since.
 */
export async function followReversal(context: Context, account: string): Promise<void> {
  const { catalog, clock, database } = context
  if (catalog.changes.onReversal === 'keep') return
  const upgrade = await database.read.billing.lastApplied(account)
  if (!upgrade?.invoice?.amountPaid.amount || clock.now() - upgrade.updatedAt > reversibleMs) return
  const quote = await database.read.billing.findQuote(account, upgrade.quote)
  if (!quote || !isChange(quote) || !isPinned(quote)) return
  const gateway = requireGateway(context)
  if (!(await gateway.payment(upgrade.invoice.id)).reversed) return
  const live = await gateway.subscription(quote.subscription)
  const changed = live?.quote !== quote.id || live.schedule !== null || live.pending !== null
  if (!live || changed || live.status !== 'active' || live.cancelAt !== null) return
  const snapshot = await snapshotOf(context, account)
  const fresh = { upgrade, quote, until: clock.now() }
  const planned = await planUndo(context, live, fresh, quote.change.feature).catch((error) => {
    if (!(error instanceof ProblemError) || error.code === 'billing_unavailable') throw error
    // It cannot be taken back to the cent any more, after a renewal say: somebody has to decide.
    context.failed(error, `taking back what the reversed payment of the upgrade ${upgrade.id} had bought`)
    return null
  })
  if (!planned) return
  const refund = planned.steps.refund && { ...planned.steps.refund, given: true }
  await makeOwn(context, snapshot, { ...planned, steps: { ...planned.steps, refund } })
}

/** Whether what was bought can be taken back for the very instant for which it was charged. */
const isPinned = ({ change, steps: { update } }: QuoteRecord): boolean =>
  change.before !== null &&
  update?.proration === 'always_invoice' &&
  update.anchor === 'kept' &&
  update.discounts === null
