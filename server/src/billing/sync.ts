import { isLive, type SubscriptionRecord } from '../accounts/model.ts'
import { type Catalog, lookupKeyOf, type PlanPrice } from '../catalog/model.ts'
import type { LiveSubscription } from './model.ts'

/** Every price of the catalogue by its lookup key. */
export function pricesByKey(catalog: Catalog): Map<string, { plan: string; price: PlanPrice }> {
  const entries = Object.entries(catalog.plans).flatMap(([plan, { prices = [] }]) =>
    prices.map((price) => [lookupKeyOf(plan, price), { plan, price }] as const),
  )
  return new Map(entries)
}

/** What the account gets from a subscription as Stripe has it. Items that are not in the catalogue give nothing. */
export function toRecord(
  catalog: Catalog,
  account: string,
  live: LiveSubscription,
  observedAt: number,
): SubscriptionRecord {
  const known = pricesByKey(catalog)
  const ours = live.items.flatMap((item) => {
    const entry = item.lookupKey === null ? undefined : known.get(item.lookupKey)
    return entry ? [{ item, ...entry }] : []
  })
  const [first] = live.items
  const [main] = ours
  return {
    account,
    id: live.id,
    status: live.paused ? 'paused' : live.status,
    plan: main?.plan ?? null,
    interval: main?.item.interval ?? first?.interval ?? 'month',
    currency: live.currency,
    quantities: Object.fromEntries(ours.map(({ item, price }) => [price.per, item.quantity])),
    anchor: live.anchor,
    periodStart: main?.item.periodStart ?? first?.periodStart ?? live.anchor,
    periodEnd: main?.item.periodEnd ?? first?.periodEnd ?? live.anchor,
    cancelAt: live.cancelAt,
    unpaid: live.unpaid,
    observedAt,
  }
}

/** The subscription that counts among a customer's: a live one before an ended one, ours before a foreign one, then the newest. */
export function mainSubscription(catalog: Catalog, all: readonly LiveSubscription[]): LiveSubscription | null {
  const known = pricesByKey(catalog)
  const rank = (live: LiveSubscription): number => {
    const ours = live.items.some((item) => item.lookupKey !== null && known.has(item.lookupKey))
    return (isLive(toRecord(catalog, '', live, 0)) ? 2 : 0) + (ours ? 1 : 0)
  }
  const [best] = [...all].sort((a, b) => rank(b) - rank(a) || b.created - a.created)
  return best ?? null
}
