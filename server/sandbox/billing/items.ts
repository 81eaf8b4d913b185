import { invalid, missing } from '../errors.ts'
import type { PriceRecord } from '../state/catalog-records.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { mergeMetadata } from '../wire/params.ts'
import { pricingIn } from './amounts.ts'
import { priceOf } from './lines.ts'
import { sameInterval } from './periods.ts'

/** One entry of `items`: absolute values, never deltas. */
export interface ItemChange {
  readonly id?: string | undefined
  readonly price?: string | undefined
  readonly quantity?: number | undefined
  readonly deleted?: boolean | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
}

/** The items after the change; those that stay keep their periods for now. */
export function targetItems(
  world: World,
  subscription: SubscriptionRecord,
  changes: readonly ItemChange[],
): SubscriptionItemRecord[] {
  const kept = new Map(subscription.items.map((item) => [item.id, item]))
  const added: SubscriptionItemRecord[] = []
  changes.forEach((change, index) => {
    const param = `items[${index}]`
    if (change.id === undefined) {
      added.push(newItem(world, subscription.currency, change, param))
      return
    }
    const item = kept.get(change.id)
    if (!item) throw missing('subscription item', change.id, `${param}[id]`)
    if (change.deleted) kept.delete(item.id)
    else kept.set(item.id, changedItem(world, subscription, item, change, param))
  })
  const items = [...kept.values(), ...added]
  if (items.length === 0) throw invalid('A subscription must have at least one active item.', { param: 'items' })
  if (new Set(items.map((item) => item.price)).size < items.length) {
    throw invalid('Cannot add multiple subscription items with the same price.', { param: 'items' })
  }
  return items
}

function changedItem(
  world: World,
  subscription: SubscriptionRecord,
  item: SubscriptionItemRecord,
  change: ItemChange,
  param: string,
): SubscriptionItemRecord {
  const metadata = mergeMetadata(item.metadata, change.metadata)
  if (change.price === undefined) return { ...item, metadata, quantity: change.quantity ?? item.quantity }
  const price = usablePrice(world, change.price, subscription.currency, `${param}[price]`, item.price)
  // A price change without a quantity sets it to 1: SubscriptionUpdateParams.Item.quantity of stripe-node.
  const moved = price.id !== item.price && price.recurring?.usage_type === 'metered'
  const from = moved ? { metered_from: world.seconds() } : {}
  return { ...item, metadata, price: price.id, quantity: quantityOf(price, change, param), ...from }
}

/** How many of a price; of a metered one the meter tells, which is 0 here. */
export function quantityOf({ id, recurring }: PriceRecord, { quantity }: ItemChange, param: string): number {
  if (recurring?.usage_type !== 'metered') return quantity ?? 1
  if (quantity === undefined) return 0
  throw invalid(`You cannot set a quantity on a metered price: \`${id}\`.`, { param: `${param}[quantity]` })
}

/** A new item, whose period is yet to be set. */
export function newItem(
  world: World,
  currency: string | null,
  change: ItemChange,
  param: string,
): SubscriptionItemRecord {
  if (change.price === undefined) {
    throw invalid(`Missing required param: ${param}[price].`, { code: 'parameter_missing', param: `${param}[price]` })
  }
  const price = usablePrice(world, change.price, currency, `${param}[price]`)
  return {
    id: world.nextId('si'),
    created: world.seconds(),
    current_period_start: 0,
    current_period_end: 0,
    metadata: mergeMetadata({}, change.metadata),
    price: price.id,
    quantity: quantityOf(price, change, param),
    metered_from: world.seconds(),
  }
}

/** A price that may be sold in `currency`, or the refusal. `present` is one that is sold already, archived or not. */
export function usablePrice(
  world: World,
  id: string,
  currency: string | null,
  param: string,
  present?: string,
): PriceRecord {
  const price = world.store.get('price', id)
  if (!price) throw missing('price', id, param)
  if (!price.active && id !== present) {
    throw invalid('The price specified is inactive. This field only accepts active prices.', { param })
  }
  if (!price.recurring) {
    throw invalid(
      'The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.',
      { param },
    )
  }
  if (currency) pricingIn(price, currency, param)
  return price
}

/** Classic billing bills all items at one interval. */
export function checkIntervals(
  world: World,
  subscription: Pick<SubscriptionRecord, 'billing_mode'>,
  items: readonly SubscriptionItemRecord[],
): void {
  const [first, ...rest] = items.map((item) => priceOf(world, item.price).recurring)
  if (subscription.billing_mode.type === 'flexible') return
  if (rest.every((recurring) => sameInterval(first ?? null, recurring))) return
  throw invalid(
    'Currently, all prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`.',
    { param: 'items' },
  )
}
