import { hasEnded } from '../accounts/model.ts'
import type { Bundle } from '../catalog/bundle.ts'
import type { Catalog } from '../catalog/model.ts'
import { overagesOf } from '../catalog/overage.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Change, LiveItem, LiveSubscription, Repriced, Target } from './model.ts'
import { type Priced, pricesByKey } from './sync.ts'

const says: Record<string, string> = {
  past_due: 'An invoice is unpaid. Pay it first.',
  unpaid: 'An invoice is unpaid. Pay it first.',
  incomplete: 'The first payment is not completed. Complete it, or wait until it expires and begin anew.',
  paused: 'Collection is paused. Resume the subscription first.',
}

/** Why this change of a subscription cannot be made by one click now, and the way out; null when it can. */
export function unfitness(live: LiveSubscription, kind: Change['kind']): string | null {
  if (live.schedule !== null && live.schedule.ours === null)
    return 'A schedule at Stripe manages this subscription. Change or release the schedule first.'
  if (live.collectionMethod !== 'charge_automatically')
    return 'The customer pays by invoice. Ask your contact to change the plan.'
  if (hasEnded(live)) return `The subscription is ${live.status}.`
  if (kind === 'end') return null
  if (kind === 'resume')
    return live.cancelAt === null ? 'The subscription does not end: there is nothing to resume.' : null
  if (live.cancelAt !== null && kind !== 'revoke')
    return kind === 'cancel' ? 'The subscription ends already.' : 'The subscription ends soon. Resume it first.'
  if (kind === 'cancel') return null
  if (live.paused) return says.paused ?? null
  if (live.status === 'trialing') return null
  if (kind === 'convert') return 'There is no trial to end.'
  return live.status === 'active' ? null : (says[live.status] ?? `The subscription is ${live.status}.`)
}

/** The items of a subscription that are in the catalogue, with what they sell. */
export function knownItems(catalog: Catalog, live: LiveSubscription): { item: LiveItem; priced: Priced }[] {
  const known = pricesByKey(catalog)
  return live.items.flatMap((item) => {
    const priced = item.lookupKey === null ? undefined : known.get(item.lookupKey)
    return priced ? [{ item, priced }] : []
  })
}

/** What a subscription bills of the catalogue, and the item of its plan. */
export function billedBundle(catalog: Catalog, live: LiveSubscription): { bundle: Bundle; item: LiveItem } {
  const known = knownItems(catalog, live)
  const main = known.find(({ priced }) => priced.plan !== undefined)
  if (main?.priced.plan === undefined)
    throw new ProblemError('subscription_not_ready', 'The subscription at Stripe bills no plan of the catalogue.')
  const addons = known.flatMap(({ item, priced }) =>
    priced.addon === undefined ? [] : [[priced.addon, item.quantity ?? 1]],
  )
  const { plan, price } = main.priced
  const bundle = { plan, interval: price.interval, units: main.item.quantity ?? 1, addons: Object.fromEntries(addons) }
  return { bundle, item: main.item }
}

/** What is to be billed: a plan, an add-on, or use of a feature beyond its limit under a plan. */
export interface Wish {
  plan?: string
  addon?: string
  overage?: string
}

type Wanted = Wish & Pick<Target, 'quantity'>

/** Everything that a bundle bills. */
export const wishesOf = (catalog: Catalog, { plan, interval, units, addons }: Bundle, currency: string): Wanted[] => [
  { plan, quantity: units },
  ...overagesOf(catalog, plan, { interval, currency }).map(({ per }) => ({ plan, overage: per, quantity: null })),
  ...Object.entries(addons).map(([addon, quantity]) => ({ addon, quantity })),
]

export interface TargetInput {
  catalog: Catalog
  live: LiveSubscription
  /** What is wanted. */
  after: Bundle
  /** What items are sold at instead, if they stay what they are. */
  repriced?: readonly Repriced[]
  /** The id at Stripe of the price that bills it. */
  priceOf(wish: Wish): string
}

/**
 * The items that have to change, as they will be. An item keeps the price it was sold at unless what it sells changes, or it
 * is repriced; use beyond a limit that was not billed so far is from another plan or interval on.
 */
export function targetsOf({ catalog, live, after, repriced = [], priceOf }: TargetInput): Target[] {
  const wishes = wishesOf(catalog, after, live.currency)
  const known = knownItems(catalog, live)
  const isFor = (priced: Priced, wish: Wish): boolean =>
    wish.addon !== undefined
      ? priced.addon === wish.addon
      : wish.overage !== undefined
        ? priced.overage === wish.overage
        : priced.plan !== undefined
  const isKept = known.some(({ item, priced }) => priced.plan === after.plan && item.interval === after.interval)
  const present = known.map(({ item, priced }): Target => {
    const wish = wishes.find((one) => isFor(priced, one))
    if (!wish) return { id: item.id, price: item.price, quantity: item.quantity, deleted: true }
    const under = priced.overage === undefined ? priced.plan : priced.under
    const stays = under === wish.plan && item.interval === after.interval
    const other = priced.overage === undefined && repriced.find(({ addon }) => addon === (priced.addon ?? null))
    const own = other ? other.price : item.price
    return { id: item.id, price: stays ? own : priceOf(wish), quantity: wish.quantity }
  })
  const added = wishes
    .filter((wish) => !(wish.overage !== undefined && isKept) && !known.some(({ priced }) => isFor(priced, wish)))
    .map((wish): Target => ({ id: null, price: priceOf(wish), quantity: wish.quantity }))
  const changes = ({ id, price, quantity, deleted }: Target): boolean => {
    const item = live.items.find((candidate) => candidate.id === id)
    return deleted === true || item?.price !== price || item.quantity !== quantity
  }
  return [...present, ...added].filter(changes)
}

/** Every item of the subscription once the targets hold, as a schedule lists them. */
export function itemsAfter(live: LiveSubscription, targets: readonly Target[]): Omit<Target, 'id' | 'deleted'>[] {
  const kept = live.items.flatMap((item) => {
    const target = targets.find(({ id }) => id === item.id)
    if (target?.deleted) return []
    const { price, quantity } = target ?? item
    return [{ price, quantity }]
  })
  const added = targets.filter(({ id }) => id === null).map(({ price, quantity }) => ({ price, quantity }))
  return [...kept, ...added]
}
