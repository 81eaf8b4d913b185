import type { Counts, MeteredFeature } from '../catalog/model.ts'
import type { Period } from '../kernel/period.ts'
import type { UseSlice } from './model.ts'

export interface History {
  slices: readonly UseSlice[]
  /** Ascending, without gaps. */
  spans: readonly Period[]
  /** The level ahead of the first span. */
  before: number
  aggregate?: Counts['aggregate']
}

/**
 * What each span shows of a feature: of a consumable the units used in it, the highest or the number of different ones where
 * these are counted; of a level where it stood at the span's end. A level that is set counts from then on, whatever it was.
 */
export function usePerSpan(
  meter: MeteredFeature['meter'],
  { slices, spans, before, aggregate = 'sum' }: History,
): number[] {
  let level = before
  return spans.map(({ start, end }) => {
    const inside = slices.filter(({ at }) => at >= start && at < end)
    if (aggregate === 'max') return Math.max(0, ...inside.map(({ peak }) => peak ?? 0))
    if (aggregate === 'unique') return new Set(inside.flatMap(({ key }) => key ?? [])).size
    if (meter === 'consumable' && aggregate !== 'last') return inside.reduce((sum, { added }) => sum + added, 0)
    for (const slice of inside) level = slice.level ?? level + slice.added
    return level
  })
}
