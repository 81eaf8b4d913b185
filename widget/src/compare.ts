import type { ComparedPlan, PlanGrant } from '@softgate/sdk/contract'

/** A feature of which two plans give differently. */
export interface Difference {
  feature: string
  now: PlanGrant
  next: PlanGrant
  /** Whether the other plan gives more; null where more and less mean nothing. */
  better: boolean | null
}

/** How much a grant gives: nothing, on, so many units, as many as are bought, no limit. Null for a value that is no number. */
function rankOf(grant: PlanGrant): number | null {
  switch (grant.kind) {
    case 'not_included':
      return -1
    case 'included':
      return 0
    case 'limit':
      return grant.limit
    case 'purchased':
      return Number.MAX_SAFE_INTEGER
    case 'unlimited':
      return Number.POSITIVE_INFINITY
    case 'value':
      if (grant.value === null) return Number.POSITIVE_INFINITY
      return typeof grant.value === 'number' ? grant.value : null
  }
}

const nothing: PlanGrant = { kind: 'not_included' }

/** What one gains and loses by going from one plan to another, in the order of the catalogue. */
export function differencesOf(now: ComparedPlan, next: ComparedPlan): Difference[] {
  return Object.keys({ ...now.grants, ...next.grants }).flatMap((feature) => {
    const [before = nothing, after = nothing] = [now.grants[feature], next.grants[feature]]
    if (JSON.stringify(before) === JSON.stringify(after)) return []
    const [less, more] = [rankOf(before), rankOf(after)]
    const better = less === null || more === null || less === more ? null : more > less
    return [{ feature, now: before, next: after, better }]
  })
}
