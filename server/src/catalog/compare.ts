import type { PlanGrant } from '@softgate/sdk/contract'
import type { Catalog, Grant } from './model.ts'

/** A grant as data for those who show it. */
export function toPlanGrant(grant: Grant | undefined): PlanGrant {
  if (grant === undefined) return { kind: 'not_included' }
  if (grant === true) return { kind: 'included' }
  if (typeof grant === 'number') return { kind: 'limit', limit: grant }
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
