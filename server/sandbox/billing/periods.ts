import type { Recurring } from '../state/catalog-records.ts'
import type { Period } from '../state/invoice-records.ts'

const DAY = 86_400

/** How often something recurs. */
export type Interval = Pick<Recurring, 'interval' | 'interval_count'>

/**
 * The `count`-th boundary after `anchor` (epoch seconds), in UTC. Months keep the anchor's day where the
 * month has it and use its last day otherwise, so 31 Jan is followed by 28 Feb and then 31 Mar:
 * https://docs.stripe.com/billing/subscriptions/billing-cycle
 */
export function boundary(anchor: number, recurring: Interval, count: number): number {
  const steps = count * recurring.interval_count
  if (recurring.interval === 'day') return anchor + steps * DAY
  if (recurring.interval === 'week') return anchor + steps * 7 * DAY
  const start = new Date(anchor * 1000)
  const months = start.getUTCMonth() + steps * (recurring.interval === 'year' ? 12 : 1)
  const lastDay = new Date(Date.UTC(start.getUTCFullYear(), months + 1, 0)).getUTCDate()
  const day = Math.min(start.getUTCDate(), lastDay)
  return Math.floor((Date.UTC(start.getUTCFullYear(), months, day) + (start.getTime() % (DAY * 1000))) / 1000)
}

/** The period of the anchor's grid that contains `at`: start included, end not. */
export function periodAround(anchor: number, recurring: Interval, at: number): Period {
  let count = Math.max(0, Math.floor((at - anchor) / longest(recurring)) - 1)
  while (boundary(anchor, recurring, count + 1) <= at) count += 1
  return { start: boundary(anchor, recurring, count), end: boundary(anchor, recurring, count + 1) }
}

const LONGEST_DAYS = { day: 1, week: 7, month: 31, year: 366 } as const

/** An upper bound on one period in seconds, from which the search can start without overshooting. */
const longest = (recurring: Interval): number => LONGEST_DAYS[recurring.interval] * recurring.interval_count * DAY

/** True when both bill at the same distance. */
export const sameInterval = (a: Interval | null, b: Interval | null): boolean =>
  a?.interval === b?.interval && a?.interval_count === b?.interval_count
