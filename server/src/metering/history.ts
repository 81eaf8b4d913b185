import type { MeteredFeature } from '../catalog/model.ts'
import type { Period } from '../kernel/period.ts'
import type { UseSlice } from './model.ts'

/**
 * What each span shows of a feature: of a consumable the units used in it, of a level where it stood at the span's end. Spans
 * ascend without gaps; `before` is the level ahead of the first. A level that is set counts from then on, whatever it was.
 */
export function usePerSpan(
  meter: MeteredFeature['meter'],
  { slices, spans, before }: { slices: readonly UseSlice[]; spans: readonly Period[]; before: number },
): number[] {
  let level = before
  return spans.map(({ start, end }) => {
    const inside = slices.filter(({ at }) => at >= start && at < end)
    if (meter === 'consumable') return inside.reduce((sum, { added }) => sum + added, 0)
    for (const slice of inside) level = slice.level ?? level + slice.added
    return level
  })
}
