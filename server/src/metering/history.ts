import type { Counts, MeteredFeature } from '../catalog/model.ts'
import type { UsageDay } from './model.ts'

export interface History {
  /** Of one feature and one value, at most one a day. */
  rows: readonly UsageDay[]
  /** Keys of the days, ascending, without gaps. */
  days: readonly number[]
  /** The level ahead of the first day. */
  before: number
  aggregate?: Counts['aggregate']
}

/**
 * What each day shows of a feature: of a consumable the units used on it, the highest or the number of different ones where
 * these are counted; of a level where it stood at the day's end. A level that is set counts from then on, whatever it was.
 */
export function usePerDay(
  meter: MeteredFeature['meter'],
  { rows, days, before, aggregate = 'sum' }: History,
): number[] {
  const counted = new Map(rows.map((row) => [row.day, row]))
  let level = before
  return days.map((day) => {
    const row = counted.get(day)
    if (aggregate === 'max') return Math.max(0, row?.peak ?? 0)
    if (aggregate === 'unique') return row?.keys ?? 0
    if (meter === 'consumable' && aggregate !== 'last') return row?.added ?? 0
    level = row?.level ?? level + (row?.added ?? 0)
    return level
  })
}
