import { hasEnded, isLive, type SubscriptionRecord } from '../accounts/model.ts'
import {
  type AddonPrice,
  addonKeyOf,
  type Catalog,
  lookupKeyOf,
  type OveragePrice,
  overageKeyOf,
  type PlanPrice,
} from '../catalog/model.ts'
import type { LiveSubscription } from './model.ts'

/** A price of the catalogue: of a plan, which sells units of a feature, of an add-on, or of use beyond a limit of a plan. */
export type Priced =
  | { plan: string; price: PlanPrice; addon?: never; overage?: never }
  | { addon: string; price: AddonPrice; plan?: never; overage?: never }
  | { overage: string; under: string; price: OveragePrice; plan?: never; addon?: never }

/** Every price of the catalogue by its lookup key. */
export function pricesByKey({ plans, addons }: Catalog): Map<string, Priced> {
  return new Map<string, Priced>([
    ...Object.entries(plans).flatMap(([plan, { prices = [] }]) =>
      prices.map((price) => [lookupKeyOf(plan, price), { plan, price }] as const),
    ),
    ...Object.entries(plans).flatMap(([under, { overage = [] }]) =>
      overage.map((price) => [overageKeyOf(under, price.per, price), { overage: price.per, under, price }] as const),
    ),
    ...Object.entries(addons).flatMap(([addon, { prices }]) =>
      prices.map((price) => [addonKeyOf(addon, price), { addon, price }] as const),
    ),
  ])
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
  const plans = ours.flatMap((entry) => (entry.plan === undefined ? [] : [entry]))
  const addons = ours.flatMap((entry) => (entry.addon === undefined ? [] : [entry]))
  const overages = ours.flatMap((entry) => (entry.overage === undefined ? [] : [entry]))
  const [main] = plans
  const waiting = waitingIn(live, observedAt)
  return {
    account,
    id: live.id,
    // Stripe leaves the pause on what has ended.
    status: live.paused && !hasEnded(live) ? 'paused' : live.status,
    plan: main?.plan ?? null,
    interval: main?.item.interval ?? first?.interval ?? 'month',
    currency: live.currency,
    quantities: Object.fromEntries(plans.map(({ item, price }) => [price.per, item.quantity ?? 1])),
    addons: Object.fromEntries(addons.map(({ item, addon }) => [addon, item.quantity ?? 1])),
    overage: Object.fromEntries(
      overages.map(({ item, overage }) => [overage, { key: item.lookupKey ?? '', since: item.since }]),
    ),
    rates: Object.fromEntries(
      ours.flatMap(({ item }) => (item.lookupKey === null || item.rate === null ? [] : [[item.lookupKey, item.rate]])),
    ),
    anchor: live.anchor,
    periodStart: main?.item.periodStart ?? first?.periodStart ?? live.anchor,
    periodEnd: main?.item.periodEnd ?? first?.periodEnd ?? live.anchor,
    cancelAt: live.cancelAt,
    unpaid: live.unpaid,
    pending: waiting && {
      at: waiting.at,
      bundle: waiting.bundle,
      repriced: waiting.repriced.map(({ addon, unit, words }) => ({ addon, unit, words })),
    },
    byInvoice: live.collectionMethod === 'send_invoice',
    statusSince: observedAt,
    observedAt,
  }
}

/** What time it is for a subscription: one that a test clock of Stripe's drives has its own. */
export const timeOf = ({ testTime }: LiveSubscription, now: number): number => testTime ?? now

/** What our schedule will bring, and when; null when nothing of ours waits. */
export function waitingIn(live: LiveSubscription, now: number) {
  const { schedule } = live
  return schedule?.ours && schedule.at > timeOf(live, now) ? { ...schedule.ours, at: schedule.at } : null
}

/**
 * The subscription that counts among a customer's: a live one before one that only stands, that one before an ended one, ours
 * before a foreign one, then the newest.
 */
export function mainSubscription(catalog: Catalog, all: readonly LiveSubscription[]): LiveSubscription | null {
  const known = pricesByKey(catalog)
  const rank = (live: LiveSubscription): number => {
    const ours = live.items.some((item) => item.lookupKey !== null && known.has(item.lookupKey))
    return (isLive(toRecord(catalog, '', live, 0)) ? 4 : 0) + (hasEnded(live) ? 0 : 2) + (ours ? 1 : 0)
  }
  const [best] = [...all].sort((a, b) => rank(b) - rank(a) || b.created - a.created)
  return best ?? null
}
