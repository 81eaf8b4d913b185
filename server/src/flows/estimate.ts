import type { EstimateAnswer } from '@softgate/sdk/contract'
import { hasEnded } from '../accounts/model.ts'
import type { LiveSubscription, Preview } from '../billing/model.ts'
import { billedBundle } from '../billing/targets.ts'
import { toIso } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway, requirePurchase, snapshotOf, type Who } from './context.ts'
import { reportUseOf } from './report-use.ts'
import { keepLook } from './sync.ts'
import { presentUse } from './use-estimates.ts'

/**
 * What the present period comes to, for those who may see prices: the next invoice as Stripe reckons it now, with all use that
 * was told; and what use will come to at the rate of the last days.
 */
export async function estimate(context: Context, who: Who): Promise<EstimateAnswer> {
  await requirePurchase(context, who)
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const { subscription } = await snapshotOf(context, who.account)
  const observedAt = clock.now()
  const live = subscription && (await gateway.subscription(subscription.id))
  if (!live || hasEnded(live)) return { estimate: null }
  await keepLook(context, who.account, live, observedAt)
  await reportUseOf(context, who.account, { anew: false })
  const { item } = billedBundle(catalog, live)
  const [due, use] = await Promise.all([
    upcoming(context, live),
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

/** The next invoice as it would be now; null where nothing is left to invoice. */
async function upcoming(context: Context, live: LiveSubscription): Promise<Preview | null> {
  try {
    return await requireGateway(context).preview({
      customer: live.customer,
      subscription: live.id,
      items: [],
      when: 'renewal',
    })
  } catch (error) {
    if (live.cancelAt !== null && error instanceof ProblemError && error.code === 'billing_refused') return null
    throw error
  }
}
