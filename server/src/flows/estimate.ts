import type { EstimateAnswer } from '@softgate/sdk/contract'
import { hasEnded } from '../accounts/model.ts'
import { billedBundle } from '../billing/targets.ts'
import { toIso } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import { type Context, requireGateway, requirePurchase, snapshotOf, type Who } from './context.ts'
import { reportUseOf } from './report-use.ts'
import { keepLook, seeSubscription } from './sync.ts'
import { presentUse } from './use-estimates.ts'

/**
 * What the present period comes to, for those who may see prices: the next invoice as Stripe reckons it now, with all use that
 * was told; and what use will come to at the rate of the last days.
 */
export async function estimate(context: Context, who: Who): Promise<EstimateAnswer> {
  await requirePurchase(context, who)
  const { catalog } = context
  if (catalog.billing === 'off') return { estimate: null }
  const gateway = requireGateway(context)
  const { subscription } = await snapshotOf(context, who.account)
  if (!subscription) return { estimate: null }
  const { live, observedAt } = await seeSubscription(context, who.account, subscription.id)
  if (!live || hasEnded(live)) return { estimate: null }
  await keepLook(context, who.account, live, observedAt)
  await reportUseOf(context, who.account, { anew: false })
  const { item } = billedBundle(catalog, live)
  const [due, use] = await Promise.all([
    gateway.upcoming(live),
    presentUse(context, await snapshotOf(context, who.account)),
  ])
  return {
    estimate: {
      period: { start: toIso(item.periodStart), end: toIso(item.periodEnd) },
      invoice: due && {
        at: toIso(item.periodEnd),
        total: money(due.amountDue, due.currency),
        tax: money(due.tax, due.currency),
        lines: due.lines.map(({ description, amount }) => ({ description, detail: null, amount })),
      },
      use,
    },
  }
}
