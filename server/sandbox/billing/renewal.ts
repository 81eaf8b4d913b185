import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { type InvoicePlan, waitingLines } from './invoicing.ts'
import { isMetered, regularLine, renewed } from './lines.ts'
import { earliestPeriodEnd } from './subscription-state.ts'
import { termsOf } from './terms.ts'
import { usageLines } from './usage.ts'

/** The turn of a subscription's period: what begins anew, and the invoice for it. */
export interface Renewal {
  readonly items: readonly SubscriptionItemRecord[]
  readonly plan: InvoicePlan
}

/** Works out the renewal at the end of the present period, without storing anything. `ends` bills only what waits. */
export function planRenewal(world: World, subscription: SubscriptionRecord, ends = false): Renewal {
  const end = earliestPeriodEnd(subscription)
  const items = subscription.items.map((item) =>
    item.current_period_end === end ? renewed(world, subscription.billing_cycle_anchor, item) : item,
  )
  const over = subscription.items.filter((item) => item.current_period_end === end)
  const begun = ends ? [] : items.filter((item) => item.current_period_start === end && !isMetered(world, item))
  return {
    items,
    plan: {
      customer: world.store.get('customer', subscription.customer) ?? null,
      subscription,
      currency: subscription.currency,
      drafts: [
        ...waitingLines(world, subscription),
        ...(subscription.status === 'trialing' ? [] : usageLines(world, subscription, over, end)),
        ...begun.map((item) => regularLine(world, subscription, item)),
      ],
      reason: 'subscription_cycle',
      period: { start: Math.min(...subscription.items.map((item) => item.current_period_start)), end },
      prorationDate: null,
      terms: termsOf(world, subscription),
    },
  }
}
