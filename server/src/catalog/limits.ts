import { percentAbove, percentUp } from '../kernel/money.ts'
import type { Beyond, Catalog, Grace, Grant, MeteredFeature, Trigger } from './model.ts'

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

/** The uses from which a meter warns, ascending. */
export function softLimitsOf({ softLimit = 80 }: MeteredFeature, limit: number | null): number[] {
  if (limit === null || softLimit === null) return []
  return [softLimit].flat().map((percent) => percentUp(percent, limit))
}

/** What happens beyond the limit of a feature under a plan. */
export const beyondOf = ({ plans }: Catalog, plan: string, key: string, { beyond = 'block' }: MeteredFeature): Beyond =>
  plans[plan]?.beyond?.[key] ?? beyond

/** Whether a feature is a level, such as seats. */
export function isLevel({ features }: Catalog, key: string): boolean {
  const feature = features[key]
  return feature?.kind === 'metered' && feature.meter === 'allocated'
}

/** Whether a feature has grace by time under any plan. */
export function hasGrace({ features, plans }: Catalog, key: string): boolean {
  const feature = features[key]
  const rules = [
    feature?.kind === 'metered' ? feature.beyond : undefined,
    ...Object.values(plans).map((plan) => plan.beyond?.[key]),
  ]
  return rules.some((rule) => typeof rule === 'object' && rule.days !== undefined)
}

/** The most that grace lets use come to. */
export const graceLimitOf = ({ units, percent }: Grace, limit: number): number =>
  limit +
  Math.min(
    units ?? Number.POSITIVE_INFINITY,
    percent === undefined ? Number.POSITIVE_INFINITY : percentUp(percent, limit),
  )

const watches = (trigger: Trigger, feature: string): boolean =>
  trigger.source.on !== 'blocked' && (trigger.source.feature === undefined || trigger.source.feature === feature)

/** The level of use that is over a limit. */
export const overMark = (limit: number): number => limit + 1

/**
 * The level of use at which a trigger looks at a feature with this limit: the first whole unit above its share, or above
 * the limit.
 */
export function markOf({ source }: Trigger, limit: number): number | null {
  if (source.on === 'over') return overMark(limit)
  return source.on === 'usage' ? percentAbove(source.above, limit) : null
}

/** The levels of use, ascending, whose passing is recorded: for the triggers that watch the feature, and as grace runs from it. */
export function marksOf(
  catalog: Catalog,
  feature: string,
  limit: number | null,
  beyond: Beyond = 'block',
): readonly number[] {
  if (limit === null || (limit === 0 && typeof beyond !== 'object')) return []
  const marks = Object.values(catalog.triggers)
    .filter((trigger) => limit > 0 && watches(trigger, feature))
    .map((trigger) => markOf(trigger, limit))
  if (typeof beyond === 'object') marks.push(overMark(limit))
  return [...new Set(marks.filter((mark) => mark !== null))].sort((a, b) => a - b)
}
