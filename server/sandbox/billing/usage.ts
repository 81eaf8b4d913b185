import type { Period } from '../state/invoice-records.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { isMetered, type LineDraft, priceOf, regularLine } from './lines.ts'

/** What a customer used of a meter from `start` on and before `end`: added up, counted, or the last value. */
export function usageOf(world: World, meterId: string, customer: string, { start, end }: Period): number {
  const meter = world.store.get('meter', meterId)
  if (!meter) return 0
  const events = world.store
    .all('meter_event')
    .filter(
      (event) =>
        !event.canceled &&
        event.event_name === meter.event_name &&
        event.customer === customer &&
        event.timestamp >= start &&
        event.timestamp < end,
    )
  if (meter.formula === 'count') return events.length
  if (meter.formula === 'last') return [...events].sort((a, b) => a.timestamp - b.timestamp).at(-1)?.value ?? 0
  return events.reduce((sum, { value }) => sum + value, 0)
}

/**
 * What was used in the periods of these items, to be billed after the fact. An item that came in the middle of a period counts
 * from then on: https://docs.stripe.com/billing/subscriptions/usage-based/manage-billing-setup
 */
export const usageLines = (
  world: World,
  subscription: SubscriptionRecord,
  items: readonly SubscriptionItemRecord[],
  until: number,
): LineDraft[] =>
  items
    .filter((item) => isMetered(world, item))
    .map((item) => {
      const start = Math.max(item.current_period_start, item.metered_from ?? 0)
      const period = { start, end: Math.min(item.current_period_end, until) }
      const meter = priceOf(world, item.price).recurring?.meter ?? ''
      const quantity = usageOf(world, meter, subscription.customer, period)
      return { ...regularLine(world, subscription, { ...item, quantity }), period, role: 'waiting' }
    })
