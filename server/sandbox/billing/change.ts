import { invalid, missing } from '../errors.ts'
import type { PriceRecord, SubscriptionItemRecord, SubscriptionRecord } from '../state/records.ts'
import type { World } from '../state/world.ts'
import { mergeMetadata } from '../wire/params.ts'
import { classicCredit, debitLine, flexibleCredit, type LineDraft, priceOf, regularLine } from './lines.ts'
import { periodAround, sameInterval } from './periods.ts'

/** One entry of `items`: absolute values, never deltas. */
export interface ItemChange {
  readonly id?: string | undefined
  readonly price?: string | undefined
  readonly quantity?: number | undefined
  readonly deleted?: boolean | undefined
  readonly metadata?: Readonly<Record<string, string>> | null | undefined
}

/** What a caller wants changed. `prorationDate` is in epoch seconds. */
export interface ChangeRequest {
  readonly items: readonly ItemChange[]
  readonly proration: 'always_invoice' | 'create_prorations' | 'none'
  readonly prorationDate: number | undefined
  readonly resetAnchor: boolean
}

/** What the change comes to. */
export interface Change {
  readonly items: readonly SubscriptionItemRecord[]
  readonly anchor: number
  readonly prorations: readonly LineDraft[]
  /** Whole periods billed at once because the cycle starts anew. */
  readonly fullLines: readonly LineDraft[]
  /** The debits that the credits give back. */
  readonly credits: readonly string[]
  readonly prorationDate: number
  readonly resetsAnchor: boolean
}

/**
 * Works out a change of items without storing anything. Every changed item is reprorated as a whole,
 * credits before debits: https://docs.stripe.com/billing/subscriptions/prorations
 */
export function planChange(world: World, subscription: SubscriptionRecord, request: ChangeRequest): Change {
  const at = checkedDate(world, subscription, request)
  const targets = targetItems(world, subscription, request.items)
  checkIntervals(world, subscription, targets)
  // Classic billing starts a new cycle when the interval changes; flexible never does so by itself.
  const resetsAnchor =
    request.resetAnchor ||
    (subscription.billing_mode.type === 'classic' && intervalChanges(world, subscription, targets))
  const now = world.seconds()
  const anchor = resetsAnchor ? now : subscription.billing_cycle_anchor
  const items = targets.map((item) => withPeriod(world, subscription, item, { anchor, at, resetsAnchor, now }))
  const changed = resetsAnchor ? () => true : (item: SubscriptionItemRecord) => differs(subscription, items, item)
  const prorates = request.proration !== 'none'
  const credited = prorates ? creditsFor(world, subscription, subscription.items.filter(changed), at) : []
  const debited = prorates && !resetsAnchor ? items.filter(changed) : []
  return {
    items,
    anchor,
    prorations: [
      ...credited.map(({ draft }) => draft),
      ...debited
        .filter((item) => item.current_period_end > at)
        .map((item) => debitLine(world, subscription.id, item, at)),
    ],
    fullLines: resetsAnchor ? items.map((item) => regularLine(world, subscription.id, item)) : [],
    credits: credited.flatMap(({ debit }) => (debit ? [debit] : [])),
    prorationDate: at,
    resetsAnchor,
  }
}

/** The prorations' date, which must lie in the current period of every item. */
function checkedDate(world: World, subscription: SubscriptionRecord, request: ChangeRequest): number {
  const { prorationDate } = request
  const param = 'proration_date'
  if (prorationDate === undefined) return world.seconds()
  if (request.resetAnchor) {
    throw invalid('You cannot specify `proration_date` when `billing_cycle_anchor=now`.', { param })
  }
  const inside = subscription.items.every(
    (item) => prorationDate >= item.current_period_start && prorationDate <= item.current_period_end,
  )
  if (inside) return prorationDate
  throw invalid('Invalid `proration_date`: it must be within the current billing period of the subscription.', {
    param,
  })
}

/** The items after the change; those that stay keep their periods for now. */
function targetItems(
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
  return { ...item, metadata, price: price.id, quantity: change.quantity ?? 1 }
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
  return {
    id: world.nextId('si'),
    created: world.seconds(),
    current_period_start: 0,
    current_period_end: 0,
    metadata: mergeMetadata({}, change.metadata),
    price: usablePrice(world, change.price, currency, `${param}[price]`).id,
    quantity: change.quantity ?? 1,
  }
}

function usablePrice(
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
    throw invalid('The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`.', { param })
  }
  if (currency && price.currency !== currency) {
    throw invalid(
      `The price specified only supports \`${price.currency}\`. This doesn't match the expected currency: \`${currency}\`.`,
      { param },
    )
  }
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
  throw invalid('Currently, all prices on a subscription must have the same `recurring.interval` and `recurring.interval_count`.', { param: 'items' })
}

const recurringOf = (world: World, item: SubscriptionItemRecord) => priceOf(world, item.price).recurring

const intervalChanges = (
  world: World,
  subscription: SubscriptionRecord,
  targets: readonly SubscriptionItemRecord[],
): boolean => {
  const before = subscription.items[0]
  const after = targets[0]
  return Boolean(before && after && !sameInterval(recurringOf(world, before), recurringOf(world, after)))
}

interface Cycle {
  readonly anchor: number
  readonly at: number
  readonly now: number
  readonly resetsAnchor: boolean
}

function withPeriod(
  world: World,
  subscription: SubscriptionRecord,
  item: SubscriptionItemRecord,
  cycle: Cycle,
): SubscriptionItemRecord {
  const recurring = recurringOf(world, item)
  const old = subscription.items.find(({ id }) => id === item.id)
  const stays = old && !cycle.resetsAnchor && sameInterval(recurringOf(world, old), recurring)
  if (stays || !recurring) return item
  const period = periodAround(cycle.anchor, recurring, cycle.resetsAnchor ? cycle.now : cycle.at)
  return { ...item, current_period_start: period.start, current_period_end: period.end }
}

function differs(
  subscription: SubscriptionRecord,
  items: readonly SubscriptionItemRecord[],
  { id }: SubscriptionItemRecord,
): boolean {
  const before = subscription.items.find((item) => item.id === id)
  const after = items.find((item) => item.id === id)
  return before?.price !== after?.price || before?.quantity !== after?.quantity
}

/** The credits of items, with the debit that each of them gives back. */
function creditsFor(
  world: World,
  subscription: SubscriptionRecord,
  items: readonly SubscriptionItemRecord[],
  at: number,
): { readonly draft: LineDraft; readonly debit: string | null }[] {
  if (subscription.billing_mode.type === 'classic') {
    return items
      .filter((item) => item.current_period_end > at)
      .map((item) => ({ draft: classicCredit(world, subscription.id, item, at), debit: null }))
  }
  return items.flatMap((item) =>
    world.store
      .all('debit')
      .filter((debit) => debit.subscription_item === item.id && !debit.credited && debit.period.end > at)
      .map((debit) => ({ draft: flexibleCredit(world, debit, at), debit: debit.id })),
  )
}
