import type { Decision } from '@softgate/sdk/contract'
import type { MeteredFeature } from '../catalog/model.ts'
import { toIso } from '../kernel/clock.ts'
import { usePerSpan } from '../metering/history.ts'
import type { UseSlice } from '../metering/model.ts'

export const dayMs = 86_400_000
/** How many days back a forecast looks. */
export const forecastDays = 14
/** How far ahead it looks where nothing resets. */
const aheadDays = 90
/** Fewer days with use than this are an anecdote. */
const leastDays = 3
/** Two standard errors: about nineteen of twenty times the true rate lies within. */
const errors = 2

export interface ForecastInput {
  meter: MeteredFeature['meter']
  /** Of this feature, oldest first. */
  slices: readonly UseSlice[]
  /** Start of the present period, epoch ms; 0 for a level. */
  since: number
  used: number
  limit: number
  resetsAt: number | null
  now: number
}

/**
 * When the limit will be reached if use goes on as in the last days, up to fourteen and within the present period: a straight
 * line through whole days counted back from now. The range is that of the daily mean; where its slow end does not reach the
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

/** Growth on each whole day back from now, oldest first, as far as the period and the memory reach. */
function growthPerDay({ meter, slices, since, now }: ForecastInput): number[] {
  const count = Math.min(forecastDays, Math.floor((now - since) / dayMs))
  const from = now - count * dayMs
  const spans = Array.from({ length: Math.max(0, count) }, (_, index) => ({
    start: from + index * dayMs,
    // The moment itself belongs to the last day.
    end: from + (index + 1) * dayMs + (index === count - 1 ? 1 : 0),
  }))
  if (meter === 'consumable') return usePerSpan(meter, { slices, spans, before: 0 })
  // Where a level stood before it was first stated here is not known: growth counts from there on.
  const first = slices.findIndex((slice) => slice.level !== null && slice.at >= from)
  const known = first < 0 ? undefined : slices[first]
  if (!known) return []
  const rest = spans.filter(({ end }) => end > known.at)
  const levels = usePerSpan(meter, { slices: slices.slice(first), spans: rest, before: known.level ?? 0 })
  return levels.map((level, index) => level - (index === 0 ? (known.level ?? 0) : (levels[index - 1] ?? 0)))
}
