import { type AccountRecord, isLive, type SubscriptionRecord } from '../accounts/model.ts'
import type { Standing } from '../accounts/standing.ts'
import type { MeteredFeature } from '../catalog/model.ts'
import { anchoredPeriod, type CountedPeriod, calendarPeriod } from '../kernel/period.ts'

/** Whose time it is, as far as counting goes. */
export interface Timekeeping {
  account: AccountRecord
  subscription: SubscriptionRecord | null
  /** What the account stands on: a subscription that gives its plan goes on counting, whatever became of its payment. */
  standing?: Standing
}

/** The subscription by whose periods use is counted: it gives the plan, or lives and gives none for now. */
const countsBy = ({ subscription, standing }: Timekeeping): SubscriptionRecord | null =>
  standing?.subscription ?? (isLive(subscription) ? subscription : null)

const dayMs = 86_400_000

/** Key of the account's day around `at`. What is counted stays on its day when the account moves to another time zone. */
export const dayOf = ({ timeZone }: AccountRecord, at: number): number =>
  calendarPeriod('day', at, timeZone ?? 'UTC').key

/** How many periods back unused units are looked for. */
export const rolloverPeriods = 12

/**
 * The period whose counter an event at `at` moves: none for a level and for what never resets; the billing period of the
 * subscription where the feature follows it; else the day, week or month of the account's zone. What is counted over a
 * rolling window is counted by the day.
 */
export function periodOf(feature: MeteredFeature, time: Timekeeping, at: number): CountedPeriod | null {
  const { reset = 'billing' } = feature
  if (feature.meter === 'allocated' || reset === 'never') return null
  const subscription = reset === 'billing' ? countsBy(time) : null
  if (subscription) return billingPeriod(subscription, at)
  const unit = typeof reset === 'object' ? 'day' : reset === 'billing' ? 'month' : reset
  return calendarPeriod(unit, at, time.account.timeZone ?? 'UTC')
}

const billingPeriod = ({ periodStart, periodEnd, anchor, interval }: SubscriptionRecord, at: number): CountedPeriod => {
  const period =
    periodStart <= at && at < periodEnd ? { start: periodStart, end: periodEnd } : anchoredPeriod(anchor, interval, at)
  return { ...period, key: period.start }
}

/**
 * The keys of the counters before the present one that a decision reads as well, newest first: the other days of a rolling
 * window, or the periods whose unused units may have rolled over.
 */
export function earlierKeys(feature: MeteredFeature, time: Timekeeping, at: number): number[] {
  const { reset, rollover } = feature
  if (typeof reset === 'object') {
    const today = periodOf(feature, time, at)?.key ?? 0
    return Array.from({ length: reset.days - 1 }, (_, index) => today - (index + 1) * dayMs)
  }
  if (!rollover) return []
  const began = countsBy(time)?.anchor ?? time.account.createdAt
  const keys: number[] = []
  for (let period = periodOf(feature, time, at); period && keys.length < rolloverPeriods; ) {
    period = periodOf(feature, time, period.start - 1)
    // What was before the subscription was not paid for: nothing rolls over from a period that it did not see whole.
    if (period === null || period.start < began) break
    keys.push(period.key)
  }
  return keys
}
