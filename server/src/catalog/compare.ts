import type { Each, PlanGrant } from '@softgate/sdk/contract'
import type { Catalog, Feature, Grant } from './model.ts'

/** How often a limit of the feature is given anew; null for a level, and for what never starts again. */
function eachOf(feature: Feature | undefined): Each | null {
  if (feature?.kind !== 'metered' || feature.meter === 'allocated') return null
  const { reset = 'billing' } = feature
  return reset === 'never' ? null : reset
}

/** What a plan grants of a feature as data for those who show it. */
export function toPlanGrant(grant: Grant | undefined, feature: Feature | undefined): PlanGrant {
  if (grant === undefined) return { kind: 'not_included' }
  if (grant === true) return { kind: 'included' }
  if (typeof grant === 'number') {
    const each = eachOf(feature)
    return { kind: 'limit', limit: grant, ...(each && { each }) }
  }
  if (typeof grant === 'object') return { kind: 'value', value: grant.value }
  return { kind: grant }
}

/** Whether a grant allows this many units; as many as are bought can be any number. */
const covers = (grant: Grant | undefined, units: number): boolean =>
  typeof grant === 'number' ? units <= grant : grant !== undefined

/** The smallest plan from `present` up that covers the units of every feature; null where none does. */
export function coveringPlan({ plans }: Catalog, present: string, units: ReadonlyMap<string, number>): string | null {
  const keys = Object.keys(plans)
  const found = keys
    .slice(Math.max(0, keys.indexOf(present)))
    .find((key) => [...units].every(([feature, needed]) => covers(plans[key]?.grants[feature], needed)))
  return found ?? null
}
