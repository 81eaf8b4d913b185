import type { Interval } from '@softgate/sdk/contract'
import { beyondOf, grantWith, limitOf } from './limits.ts'
import type { Catalog, ChangePolicy, Direction } from './model.ts'

/** What an account pays for: a plan by an interval, units of what the plan sells, and add-ons beside it. */
export interface Bundle {
  plan: string
  interval: Interval
  units: number
  /** Units by add-on; one that is not held is absent. */
  addons: Record<string, number>
}

/** Whether two bundles are the same thing bought. */
export const isSame = (a: Bundle, b: Bundle): boolean => movesBetween(a, b).length === 0 && a.plan === b.plan

/** Whether the plan and its interval are the same, whatever else differs. */
export const isSamePlan = (a: Bundle, b: Bundle): boolean => a.plan === b.plan && a.interval === b.interval

const addonKeys = (a: Bundle, b: Bundle): string[] => [...new Set([...Object.keys(a.addons), ...Object.keys(b.addons)])]

/** Every way in which a bundle rises or falls to another, given the order of the plans. */
function movesBetween(before: Bundle, after: Bundle, plans: readonly string[] = []): Direction[] {
  const moves: Direction[] = []
  const move = (by: number, up: Direction, down: Direction): void => {
    if (by !== 0) moves.push(by > 0 ? up : down)
  }
  move(plans.indexOf(after.plan) - plans.indexOf(before.plan), 'planUp', 'planDown')
  move(Number(after.interval === 'year') - Number(before.interval === 'year'), 'intervalUp', 'intervalDown')
  move(after.units - before.units, 'quantityUp', 'quantityDown')
  for (const key of addonKeys(before, after))
    move((after.addons[key] ?? 0) - (before.addons[key] ?? 0), 'quantityUp', 'quantityDown')
  return moves
}

/** When and how a change takes effect: of several moves at once the most patient policy decides for all of them. */
export function policyFor(catalog: Catalog, before: Bundle, after: Bundle): ChangePolicy {
  const wanted = movesBetween(before, after, Object.keys(catalog.plans)).map((move) => catalog.changes[move])
  return (['renewal', 'full'] as const).find((policy) => wanted.includes(policy)) ?? 'prorate'
}

/**
 * What is still wanted of a change that waits for the renewal, once another change has been made now: every part that the
 * new change leaves alone. Null when nothing of it is left.
 */
export function remainderOf(pending: Bundle, before: Bundle, after: Bundle): Bundle | null {
  const addons: Record<string, number> = {}
  for (const key of addonKeys(pending, addonsOf(before, after))) {
    const touched = (before.addons[key] ?? 0) !== (after.addons[key] ?? 0)
    const units = (touched ? after : pending).addons[key] ?? 0
    if (units > 0) addons[key] = units
  }
  const wanted: Bundle = {
    plan: before.plan === after.plan ? pending.plan : after.plan,
    interval: before.interval === after.interval ? pending.interval : after.interval,
    units: before.units === after.units ? pending.units : after.units,
    addons,
  }
  return isSame(wanted, after) ? null : wanted
}

const addonsOf = (a: Bundle, b: Bundle): Bundle => ({ ...a, addons: { ...a.addons, ...b.addons } })

/** A feature of which more is in use than a bundle allows. */
export interface Overuse {
  feature: string
  used: number
  limit: number
}

export interface OveruseInput {
  before: Bundle | null
  after: Bundle
  used(feature: string): number
  /** Whether counters start again before the change takes effect. */
  renewed: boolean
}

/** The units of a feature that a bundle allows; null for no limit. */
function allowedBy(catalog: Catalog, bundle: Bundle, feature: string): number | null {
  const grant = grantWith(catalog, bundle.plan, bundle.addons, feature)
  return grant === undefined ? 0 : limitOf(grant, bundle.units, catalog.billing)
}

/** Whether anything is in use beyond a limit of a bundle where that is billed. */
export const isBilledBeyond = (catalog: Catalog, bundle: Bundle, used: (feature: string) => number): boolean =>
  Object.entries(catalog.features).some(
    ([feature, spec]) =>
      spec.kind === 'metered' &&
      beyondOf(catalog, bundle.plan, feature, spec) === 'overage' &&
      used(feature) > (allowedBy(catalog, bundle, feature) ?? Number.POSITIVE_INFINITY),
  )

/** What would be over its limit because of a change; what was over before and is not lowered does not count. */
export function overuseOf(catalog: Catalog, { before, after, used, renewed }: OveruseInput): Overuse[] {
  const limit = (bundle: Bundle, feature: string): number | null => allowedBy(catalog, bundle, feature)
  return Object.entries(catalog.features).flatMap(([feature, spec]) => {
    if (spec.kind !== 'metered' || (renewed && spec.meter === 'consumable')) return []
    const allowed = limit(after, feature)
    if (allowed === null || used(feature) <= allowed) return []
    const present = before && limit(before, feature)
    // Where more may be used and is billed, nobody has to free anything.
    if (beyondOf(catalog, after.plan, feature, spec) === 'overage') return []
    const lowered = before === null || present === null || present > allowed
    return lowered ? [{ feature, used: used(feature), limit: allowed }] : []
  })
}
