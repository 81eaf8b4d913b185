import type { Decision } from '@softgate/sdk/contract'
import type { Feature, MeteredFeature } from '../catalog/model.ts'
import { toIso } from '../kernel/clock.ts'
import type { CountedPeriod } from '../kernel/period.ts'
import { risesPerDay } from '../metering/history.ts'
import type { UsageDay } from '../metering/model.ts'
import { fitPace } from './pace.ts'

export const dayMs = 86_400_000
const minuteMs = 60_000
/** How many days back a forecast looks: six of each day of the week. */
export const forecastDays = 42
/** How far ahead it looks where nothing resets. */
const aheadDays = 90
/** Fewer days than a week, or fewer with use, are an anecdote. */
const leastDays = 7
const leastUsed = 3

/** Whether its use follows a rate: the highest and the number of different ones do not, nor does what leaves a window. */
export const isForeseen = (feature: Feature | undefined): feature is MeteredFeature =>
  feature?.kind === 'metered' &&
  ['sum', 'count', 'last'].includes(feature.counts?.aggregate ?? 'sum') &&
  typeof feature.reset !== 'object'

export interface GrowthInput {
  meter: MeteredFeature['meter']
  /** Of this feature, oldest first. */
  days: readonly UsageDay[]
  /** The account's present day, which does not count as it is not over. */
  today: CountedPeriod
  now: number
}

export interface ForecastInput extends GrowthInput {
  used: number
  limit: number
  resetsAt: number | null
}

/**
 * When the limit will be reached if use goes on as in the last weeks, and a range that holds the true day in about four of
 * five cases; where its slow end does not reach the limit in time, `latest` is the end of what was looked at. Null when
 * there is too little to go by or the limit is not expected to be reached.
 *
 * What is added only grows, so the limit is reached by day h with the probability that the sum of h days comes to what is
 * left: the ends of the range are the days on which the upper and the lower end of that sum do. See `pace.ts`.
 */
export function forecastOf(input: ForecastInput): Decision['forecast'] | null {
  const { used, limit, resetsAt, now, today } = input
  if (used >= limit) return null
  const until = resetsAt ?? now + aheadDays * dayMs
  const outlook = outlookOf(input, until)
  if (!outlook) return null
  const reached = (end: -1 | 0 | 1): number =>
    reachedAt(
      outlook.map(({ mean, spread }) => mean + end * spread),
      { left: limit - used, dayEnd: today.end, now, until },
    )
  const at = reached(0)
  if (at >= until) return null
  return { at: toIso(at), earliest: toIso(reached(1)), latest: toIso(reached(-1)) }
}

/**
 * By how much use will grow until an instant if it goes on as in the last weeks, and how far that may be off either way in about
 * four of five cases. Null when there is too little to go by.
 */
export function growthUntil(input: GrowthInput, until: number): { mean: number; spread: number } | null {
  const { now, today } = input
  if (until <= now) return { mean: 0, spread: 0 }
  const outlook = outlookOf(input, until)
  const last = outlook?.at(-1)
  if (!outlook || !last) return null
  const { mean, spread } = outlook.at(-2) ?? { mean: 0, spread: 0 }
  const from = outlook.length === 1 ? now : today.end + (outlook.length - 2) * dayMs
  const to = today.end + (outlook.length - 1) * dayMs
  const share = Math.min(1, (until - from) / (to - from))
  return { mean: mean + share * (last.mean - mean), spread: spread + share * (last.spread - spread) }
}

/** The sums of growth at the ends of today and of the coming days, as far as the one with `until` in it. */
function outlookOf(input: GrowthInput, until: number): readonly { mean: number; spread: number }[] | null {
  const { meter, now, today } = input
  const growth = growthPerDay(input)
  if (growth.length < leastDays || growth.filter((units) => units !== 0).length < leastUsed) return null
  const pace = fitPace(growth, { lastDay: today.key - dayMs, weekly: meter === 'consumable' })
  const count = Math.ceil((until - today.end) / dayMs) + 1
  return pace.ahead(Math.max(1, count), (today.end - now) / (today.end - today.start))
}

interface Course {
  left: number
  dayEnd: number
  now: number
  until: number
}

/**
 * When the sums at the ends of the coming days come to what is left, going evenly through each day, to the minute; `until`
 * where they do not before.
 */
function reachedAt(sums: readonly number[], { left, dayEnd, now, until }: Course): number {
  let [from, before] = [now, 0]
  for (const [day, sum] of sums.entries()) {
    const to = dayEnd + day * dayMs
    if (sum >= left) {
      const minutes = Math.round((((left - before) / (sum - before)) * (to - from)) / minuteMs)
      return Math.min(until, from + Math.max(1, minutes) * minuteMs)
    }
    from = to
    before = Math.max(before, sum)
  }
  return until
}

/** Growth on each whole day before today, oldest first, from the first that is known on. */
function growthPerDay({ days, today }: GrowthInput): number[] {
  const from = today.key - forecastDays * dayMs
  const recent = days.filter(({ day }) => day >= from && day < today.key)
  const [first] = recent
  if (!first) return []
  const keys = Array.from({ length: (today.key - first.day) / dayMs }, (_, index) => first.day + index * dayMs)
  const growth = risesPerDay({ rows: recent, days: keys, before: null })
  // Where a level stood before it was first stated here is not known: growth counts from there on.
  return first.level === null ? growth : growth.slice(1)
}
