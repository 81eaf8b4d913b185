import { type Bundle, isSame, isSamePlan } from '../catalog/bundle.ts'
import type { Catalog } from '../catalog/model.ts'
import type { IssuedInvoice, IssuedLine } from './model.ts'
import { soldAs } from './push.ts'

/** What an invoice has billed of a subscription. Epoch ms. */
export interface BilledInvoice {
  subscription: string
  reason: IssuedInvoice['reason']
  at: number
  lines: BilledLine[]
}

/** `proration`: it is for a part of a period, given or given back. */
export interface BilledLine extends IssuedLine {
  price: string | null
  proration: boolean
}

/** The step between two bundles that a payment was for, and the prices of their plans at Stripe; null for the present one. */
export interface Bought {
  before: Bundle
  after: Bundle
  prices: { before: string | null; after: string | null }
}

/** The period that an invoice bills as a whole; null for one of a change within a period. Use is billed for what is over by then. */
export function periodIn({ at, lines }: BilledInvoice): { start: number; end: number } | null {
  const [last] = lines.filter(({ proration, end }) => !proration && end > at).sort((a, b) => b.end - a.end)
  return last ? { start: last.start, end: last.end } : null
}

/**
 * What a change within a period was, read from its prorations, whoever made it; what they do not name is as in `present`. Null
 * where they name nothing of the catalogue, or more than one plan on a side.
 */
export function boughtIn(catalog: Catalog, { lines }: BilledInvoice, present: Bundle): Bought | null {
  const sold = soldAs(catalog)
  const shifts = lines.flatMap((line) => {
    const priced = line.proration && line.product !== null ? sold.get(line.product) : undefined
    return priced && priced.overage === undefined ? [{ ...line, priced }] : []
  })
  const side = (sign: 1 | -1): { bundle: Bundle; price: string | null } | null => {
    const bundle: Bundle = { plan: present.plan, interval: present.interval, units: 0, addons: {} }
    let price: string | null = null
    for (const { units, priced, price: id } of shifts) {
      if (units * sign <= 0) continue
      const { addons } = bundle
      if (priced.addon !== undefined) addons[priced.addon] = (addons[priced.addon] ?? 0) + units * sign
      else if (bundle.units > 0 && bundle.plan !== priced.plan) return null
      else {
        bundle.plan = priced.plan
        bundle.units += units * sign
        price = id
      }
    }
    return { bundle, price }
  }
  const [before, after] = [side(-1), side(1)]
  if (!before || !after) return null
  const bought = { before: before.bundle, after: after.bundle }
  // A plan that appears on one side only is one whose units have come or gone, not one in place of another.
  if (before.bundle.units === 0) bought.before = { ...before.bundle, plan: after.bundle.plan }
  if (after.bundle.units === 0) bought.after = { ...after.bundle, plan: before.bundle.plan }
  return isSame(bought.before, bought.after)
    ? null
    : { ...bought, prices: { before: before.price, after: after.price } }
}

/**
 * What is held once the step between two bundles is made from where it stands now, other changes having come in between. Null
 * where that cannot be told apart: the plan was changed again, or less is left than is to go.
 */
export function moved(present: Bundle, { from, to }: { from: Bundle; to: Bundle }): Bundle | null {
  const samePlan = isSamePlan(to, from)
  if (to.interval !== from.interval || to.interval !== present.interval) return null
  if (!samePlan && present.plan !== from.plan) return null
  const addons: Record<string, number> = {}
  for (const bundle of [present, from, to])
    for (const key of Object.keys(bundle.addons)) {
      const units = (present.addons[key] ?? 0) - (from.addons[key] ?? 0) + (to.addons[key] ?? 0)
      if (units > 0) addons[key] = units
    }
  const units = present.units - from.units + to.units
  return units < 1 ? null : { plan: samePlan ? present.plan : to.plan, interval: present.interval, units, addons }
}

/** What some changes have added to one and the same plan together, on at least one unit; null where any of them was another plan's. */
export function addedBy(present: Bundle, changes: readonly Pick<Bought, 'before' | 'after'>[]): Bundle | null {
  const addons: Record<string, number> = {}
  let units = 0
  for (const { before, after } of changes) {
    if (!isSamePlan(before, after) || !isSamePlan(after, present)) return null
    units += after.units - before.units
    for (const key of new Set([...Object.keys(before.addons), ...Object.keys(after.addons)]))
      addons[key] = (addons[key] ?? 0) + (after.addons[key] ?? 0) - (before.addons[key] ?? 0)
  }
  const held = Object.entries(addons).filter(([, count]) => count > 0)
  return { ...present, units: Math.max(1, units), addons: Object.fromEntries(held) }
}

/**
 * What still waits for the renewal once what is held until then has moved: where it leaves something as it is, that follows;
 * where it raises it, it does so by as much; where it lowers it, it stays, but never raises it again.
 */
export function waitingAfter(catalog: Catalog, waiting: Bundle, before: Bundle, after: Bundle): Bundle {
  const follow = (to: number, was: number, is: number): number =>
    to < was ? Math.min(to, is) : Math.max(0, is) + (to - was)
  const rank = ({ plan }: Bundle): number => Object.keys(catalog.plans).indexOf(plan)
  const lower = rank(waiting) < rank(after) ? waiting.plan : after.plan
  const addons: Record<string, number> = {}
  for (const key of new Set([waiting, before, after].flatMap((bundle) => Object.keys(bundle.addons)))) {
    const units = follow(waiting.addons[key] ?? 0, before.addons[key] ?? 0, after.addons[key] ?? 0)
    if (units > 0) addons[key] = units
  }
  return {
    plan: waiting.plan === before.plan ? after.plan : rank(waiting) < rank(before) ? lower : waiting.plan,
    interval: waiting.interval,
    units: follow(waiting.units, before.units, after.units),
    addons,
  }
}
