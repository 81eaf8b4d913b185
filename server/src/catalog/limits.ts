import { percentAbove, percentUp } from '../kernel/money.ts'
import type { Catalog, Grant, MeteredFeature, Trigger } from './model.ts'

/**
 * The units a grant allows: a number, or null for no limit. `purchased` is the quantity of the subscription; where nothing
 * can be bought it is no limit.
 */
export function limitOf(grant: Grant, bought: number | undefined, billing: Catalog['billing']): number | null {
  if (typeof grant === 'number') return grant
  if (grant === 'purchased') return bought ?? (billing === 'off' ? null : 0)
  return null
}

/** What a plan gives of a feature together with the add-ons beside it; undefined when neither names it. */
export function grantWith(
  { plans, addons }: Catalog,
  plan: string,
  held: Record<string, number>,
  feature: string,
): Grant | undefined {
  let grant = plans[plan]?.grants[feature]
  for (const [key, units] of Object.entries(held)) {
    const more = addons[key]?.grants[feature]
    if (more === undefined || grant === 'unlimited') continue
    if (typeof more !== 'number') grant = more
    else grant = (typeof grant === 'number' ? grant : 0) + more * units
  }
  return grant
}

/** The use from which a meter warns. */
export function softLimitOf(feature: MeteredFeature, limit: number | null): number | null {
  const percent = feature.softLimit === undefined ? 80 : feature.softLimit
  return limit === null || percent === null ? null : percentUp(percent, limit)
}

const watches = (trigger: Trigger, feature: string): boolean =>
  trigger.source.on === 'usage' && (trigger.source.feature === undefined || trigger.source.feature === feature)

/** The level of use at which a usage trigger looks at a feature with this limit: the first whole unit above its share. */
export const markOf = (trigger: Trigger, limit: number): number | null =>
  trigger.source.on === 'usage' ? percentAbove(trigger.source.above, limit) : null

/** The levels of use, ascending, whose passing is recorded for the triggers that watch the feature. */
export function marksOf(catalog: Catalog, feature: string, limit: number | null): readonly number[] {
  if (limit === null || limit === 0) return []
  const marks = Object.values(catalog.triggers)
    .filter((trigger) => watches(trigger, feature))
    .map((trigger) => markOf(trigger, limit))
  return [...new Set(marks.filter((mark) => mark !== null))].sort((a, b) => a - b)
}
