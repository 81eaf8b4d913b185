import { isOwing } from '../accounts/model.ts'
import type { Sellable } from '../catalog/offers.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Change, LiveItem, LiveSubscription, Target } from './model.ts'

/** Why a subscription cannot be changed by one click now, or null when it can. */
export function unfitness(live: LiveSubscription): string | null {
  if (live.paused) return 'Collection is paused. Resume the subscription first.'
  if (live.schedule !== null)
    return 'A schedule at Stripe manages this subscription. Change or release the schedule first.'
  if (live.cancelAt !== null) return 'The subscription ends soon. Resume it first.'
  if (live.collectionMethod !== 'charge_automatically')
    return 'The customer pays by invoice. Ask your contact to change the plan.'
  if (isOwing(live)) return 'An invoice is unpaid. Pay it first.'
  if (live.status !== 'active') return `The subscription is ${live.status}.`
  return null
}

/** The item of the subscription that a plan's price bills. */
export function itemOf(live: LiveSubscription, lookupKey: string): LiveItem {
  const item = live.items.find((candidate) => candidate.lookupKey === lookupKey)
  if (item) return item
  throw new ProblemError(
    'subscription_not_ready',
    'The subscription at Stripe does not bill the plan that this account is on.',
  )
}

export interface TargetInput {
  live: LiveSubscription
  sellable: Sellable
  /** Units more, for an addition. */
  quantity: number
  /** Lookup key of the present price, and the id at Stripe of the price after the change. */
  presentKey: string
  priceAfter: string
}

/** The item as it will be, in absolute numbers: two admins who add at once cannot add up by accident. */
export function targetOf({ live, sellable, quantity, presentKey, priceAfter }: TargetInput): {
  change: Change
  targets: Target[]
} {
  const item = itemOf(live, presentKey)
  const { kind, plan, price } = sellable
  const units = kind === 'add' ? item.quantity + quantity : item.quantity
  const change: Change =
    kind === 'add' ? { kind, feature: price.per, quantity } : { kind, plan, feature: price.per, quantity: units }
  return { change, targets: [{ id: item.id, price: priceAfter, quantity: units }] }
}
