import { type AccountRecord, isLive, type SubscriptionRecord } from '../accounts/model.ts'
import type { MeteredFeature } from '../catalog/model.ts'
import { anchoredPeriod, calendarMonth, type Period } from '../kernel/period.ts'

/**
 * The period whose counter an event at `at` moves: none for a level; the billing period of a live subscription where the
 * feature follows it; the calendar month of the account's zone otherwise.
 */
export function periodOf(
  feature: MeteredFeature,
  account: AccountRecord,
  subscription: SubscriptionRecord | null,
  at: number,
): Period | null {
  if (feature.meter === 'allocated') return null
  if ((feature.reset ?? 'billing') === 'billing' && isLive(subscription)) {
    const { periodStart, periodEnd } = subscription
    if (periodStart <= at && at < periodEnd) return { start: periodStart, end: periodEnd }
    return anchoredPeriod(subscription.anchor, subscription.interval, at)
  }
  return calendarMonth(at, account.timeZone ?? 'UTC')
}
