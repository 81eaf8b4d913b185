import type { Bundle } from './bundle.ts'
import { grantWith, limitOf } from './limits.ts'
import { type OfferContext, type Sellable, sellablesFor } from './offers.ts'

export interface Need {
  feature: string
  used: number
  /** Units that are wanted beside those in use. */
  quantity: number
}

/**
 * The smallest thing to buy after which `quantity` more units of the feature are allowed: more units where the plan sells
 * them, else the first higher plan that grants enough, else an add-on. Null when nothing on sale would help.
 */
export function offerFor(context: OfferContext, need: Need): { sellable: Sellable; quantity: number } | null {
  const { catalog, holding } = context
  const keys = Object.keys(catalog.plans)
  const isStepUp = ({ kind, starts, plan, price }: Sellable): boolean =>
    starts ||
    kind === 'add' ||
    (kind === 'switch' && price.interval === holding?.interval && keys.indexOf(plan) > keys.indexOf(holding.plan))
  for (const sellable of sellablesFor(context).filter(isStepUp)) {
    const quantity = fewest(context, sellable, need)
    if (quantity !== null) return { sellable: withDefault(sellable, quantity), quantity }
  }
  return null
}

/** The fewest units of a sellable that meet the need; null when none do. */
function fewest({ catalog }: OfferContext, sellable: Sellable, need: Need): number | null {
  const { min, max, default: usual } = sellable.offer.quantity ?? { min: 1, max: 1, default: 1 }
  const grantOf = (bundle: Bundle | null) =>
    bundle === null ? undefined : grantWith(catalog, bundle.plan, bundle.addons, need.feature)
  const isEnough = (quantity: number): boolean => {
    const after = sellable.after(quantity)
    const grant = grantOf(after)
    if (!after || grant === undefined) return false
    const limit = limitOf(grant, after.units, catalog.billing)
    return limit === null || need.used + need.quantity <= limit
  }
  if (sellable.kind === 'switch' && !sellable.starts)
    return grantOf(sellable.after(usual)) !== 'purchased' && isEnough(usual) ? usual : null
  const relevant =
    sellable.addon === null
      ? sellable.price.per === need.feature || sellable.starts
      : catalog.addons[sellable.addon]?.grants[need.feature] !== undefined
  if (!relevant || !isEnough(max)) return null
  let low = min
  let high = max
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle + 1
  }
  return low
}

const withDefault = (candidate: Sellable, quantity: number): Sellable => {
  const range = candidate.offer.quantity
  return range ? { ...candidate, offer: { ...candidate.offer, quantity: { ...range, default: quantity } } } : candidate
}
