import type { Decision } from '@softgate/sdk/contract'
import type { Feature, MeteredFeature } from '../catalog/model.ts'
import { toIso } from '../kernel/clock.ts'
import { usePerDay } from '../metering/history.ts'
import type { UsageDay } from '../metering/model.ts'

export const dayMs = 86_400_000
/** How many days back a forecast looks. */
export const forecastDays = 14
/** How far ahead it looks where nothing resets. */
const aheadDays = 90
/** Fewer days with use than this are an anecdote. */
const leastDays = 3
/** Two standard errors: about nineteen of twenty times the true rate lies within. */
const errors = 2

/** Whether its use follows a rate: the highest and the number of different ones do not, nor does what leaves a window. */
export const isForeseen = (feature: Feature | undefined): feature is MeteredFeature =>
  feature?.kind === 'metered' &&
  ['sum', 'count', 'last'].includes(feature.counts?.aggregate ?? 'sum') &&
  typeof feature.reset !== 'object'

export interface ForecastInput {
  meter: MeteredFeature['meter']
  /** Of this feature, oldest first. */
  days: readonly UsageDay[]
  /** Key of the account's present day, which does not count as it is not over. */
  today: number
  used: number
  limit: number
  resetsAt: number | null
  now: number
}

/**
 * When the limit will be reached if use goes on as in the last days, up to fourteen from the first with use on: a straight
 * line through whole days of the account's calendar. The range is that of the daily mean; where its slow end does not reach the
 * limit in time, `latest` is the end of what was looked at. Null when the days are too few or the limit is not reached.
 */
export function forecastOf(input: ForecastInput): Decision['forecast'] | null {
  const { used, limit, resetsAt, now } = input
  if (used >= limit) return null
  const days = growthPerDay(input)
  if (days.filter((growth) => growth !== 0).length < leastDays) return null
  const mean = days.reduce((sum, growth) => sum + growth, 0) / days.length
  const variance = days.reduce((sum, growth) => sum + (growth - mean) ** 2, 0) / (days.length - 1)
  const error = errors * Math.sqrt(variance / days.length)
  const until = resetsAt ?? now + aheadDays * dayMs
  const reached = (rate: number): number =>
    rate <= 0 ? until : Math.min(until, now + Math.ceil(((limit - used) / rate) * dayMs))
  const at = reached(mean)
  if (at >= until) return null
  return { at: toIso(at), earliest: toIso(reached(mean + error)), latest: toIso(reached(mean - error)) }
}

/** Growth on each whole day before today, oldest first, from the first that is known on. */
function growthPerDay({ meter, days, today }: ForecastInput): number[] {
  const from = today - forecastDays * dayMs
  const recent = days.filter(({ day }) => day >= from && day < today)
  // Where a level stood before it was first stated here is not known: growth counts from there on.
  const first = recent.find(({ level }) => meter === 'consumable' || level !== null)
  if (!first) return []
  const keys = Array.from({ length: (today - first.day) / dayMs }, (_, index) => first.day + index * dayMs)
  const use = usePerDay(meter, { rows: recent, days: keys, before: 0 })
  if (meter === 'consumable') return use
  return use.slice(1).map((level, index) => level - (use[index] ?? 0))
}
