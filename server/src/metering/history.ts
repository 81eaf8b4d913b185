import type { Counts, MeteredFeature } from '../catalog/model.ts'
import type { UsageDay } from './model.ts'

export interface History {
  /** Of one feature and one value, at most one a day and period, oldest first. */
  rows: readonly UsageDay[]
  /** Keys of the days, ascending, without gaps. */
  days: readonly number[]
  /** The level ahead of the first row; null where it is not known. */
  before: number | null
}

/**
 * What each day shows of a feature: of a consumable the units used on it, the highest or the number of different ones where
 * these are counted; of a level where it stood at the day's end. A level that is set counts from then on, whatever it was.
 */
export function usePerDay(
  meter: MeteredFeature['meter'],
  { aggregate = 'sum', ...history }: History & { aggregate?: Counts['aggregate'] },
): number[] {
  const { rows, days, before } = history
  if (aggregate === 'sum' || aggregate === 'count')
    if (meter === 'consumable') return risesPerDay(history).map((units) => Math.max(0, units))
  const counted = new Map<number, UsageDay[]>()
  for (const row of rows) counted.set(row.day, [...(counted.get(row.day) ?? []), row])
  let level = before ?? 0
  return days.map((day) => {
    const mine = counted.get(day) ?? []
    if (aggregate === 'max') return Math.max(0, ...mine.map(({ peak }) => peak ?? 0))
    if (aggregate === 'unique') return mine.reduce((sum, { keys }) => sum + keys, 0)
    for (const row of mine) level = row.level ?? level + row.added
    return level
  })
}

/**
 * By how much use rose on each day: what was added, and what a level that was stated is above where its period stood before.
 * Where that is not known, nobody can tell what of it is new.
 */
export function risesPerDay({ rows, days, before }: History): number[] {
  const rises = new Map<number, number>()
  const levels = new Map<number, number | null>()
  for (const { day, period, added, level } of rows) {
    let from = levels.get(period)
    // The period of the first row may have begun long before it; others begin with nothing.
    if (from === undefined) from = levels.size === 0 ? before : 0
    levels.set(period, level ?? (from === null ? null : from + added))
    rises.set(day, (rises.get(day) ?? 0) + (level === null || from === null ? added : level - from))
  }
  return days.map((day) => rises.get(day) ?? 0)
}
