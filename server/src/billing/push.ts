import type { Interval } from '@softgate/sdk/contract'
import type { Tax } from '../catalog/at-stripe.ts'
import type { Catalog, Term } from '../catalog/model.ts'
import { billedFeatures, meterEventOf } from '../catalog/overage.ts'
import { type Rate, rateOf, sameRate } from '../catalog/rate.ts'
import { type BesideAtStripe, type BesideStep, planBeside } from './push-beside.ts'
import { type Priced, pricesByKey } from './sync.ts'

/** A product at Stripe that stands for a plan. */
export interface ProductAtStripe {
  id: string
  name: string
  active: boolean
}

/** Where tax is: on top of a price, or within it. */
export type TaxOfPrice = NonNullable<Tax['prices']>

/** A price at Stripe that bears one of our keys, or did so before another one took it over. */
export interface PriceAtStripe {
  id: string
  /** Our key from its metadata: it stays when the lookup key moves on. Null for a price that somebody else made. */
  ours: string | null
  lookupKey: string | null
  product: string
  currency: string
  /** Null for one that the catalogue could not say. */
  rate: Rate | null
  interval: Interval | null
  /** The id of the meter whose use it bills. */
  meter: string | null
  /** Whether tax is in it or comes on top; null while nobody has said so. Once said, it stays. */
  tax: TaxOfPrice | null
  active: boolean
}

/** What counts use at Stripe, of one feature. */
export interface MeterAtStripe {
  id: string
  /** The name of the events that it reads: ours are told by it. */
  event: string
  name: string
}

export interface AtStripe extends BesideAtStripe {
  products: ProductAtStripe[]
  prices: PriceAtStripe[]
  /** Those that are not switched off. */
  meters: MeterAtStripe[]
}

/** One thing that a push does at Stripe. */
export type PushStep =
  | { do: 'create_product'; id: string; name: string }
  | { do: 'change_product'; id: string; name: string; before: ProductAtStripe }
  | { do: 'create_meter'; event: string; name: string }
  | { do: 'rename_meter'; name: string; before: MeterAtStripe }
  | {
      do: 'create_price'
      key: string
      product: string
      currency: string
      rate: Rate
      interval: Interval
      /** The events by which its use is counted; null for what is bought by the unit. */
      event: string | null
      tax: TaxOfPrice | null
      /** The price that bears the key now. Its subscribers keep it; it is sold no more. */
      replaces: PriceAtStripe | null
    }
  | { do: 'key_price'; key: string; price: PriceAtStripe }
  | { do: 'tax_price'; key: string; price: PriceAtStripe; tax: TaxOfPrice }
  | { do: 'archive_price'; price: PriceAtStripe }
  | BesideStep

export interface PushPlan {
  /** In the order in which they are done; none when Stripe is as the catalogue says. */
  steps: PushStep[]
  /** What stands in the way and is not ours to touch, with the way out. Nothing is done while there is any. */
  conflicts: string[]
}

/** The product at Stripe that a price belongs to: each plan, each add-on and each feature that is billed by use has one. */
function productOf(
  { plans, addons, features }: Catalog,
  { plan, addon, overage }: Priced,
): { id: string; name: string } {
  if (overage !== undefined) return { id: `softgate_overage.${overage}`, name: features[overage]?.title ?? overage }
  return addon === undefined
    ? { id: `softgate_${plan}`, name: plans[plan]?.title ?? plan }
    : { id: `softgate_addon.${addon}`, name: addons[addon]?.title ?? addon }
}

/** What the catalogue sells by the ids of its products at Stripe, at one price of each. */
export const soldAs = (catalog: Catalog): Map<string, Priced> =>
  new Map([...pricesByKey(catalog).values()].map((priced) => [productOf(catalog, priced).id, priced]))

/** The products that the catalogue sells, with their names by their ids. */
export const productsIn = (catalog: Catalog): Map<string, string> =>
  new Map([...soldAs(catalog)].map(([id, priced]) => [id, productOf(catalog, priced).name]))

/** Compares the catalogue with what Stripe has. Pure: shows what a push would do, and a push does just that. */
export function planPush(catalog: Catalog, { products, prices, meters, ...beside }: AtStripe): PushPlan {
  const wanted = pricesByKey(catalog)
  const steps: PushStep[] = []
  const conflicts: string[] = []
  const tax = catalog.tax?.prices ?? null
  const meterId = (event: string | null) => event && (meters.find((meter) => meter.event === event)?.id ?? 'none yet')
  for (const [id, name] of productsIn(catalog)) {
    const before = products.find((product) => product.id === id)
    if (!before) steps.push({ do: 'create_product', id, name })
    else if (before.name !== name || !before.active) steps.push({ do: 'change_product', id, name, before })
  }
  for (const feature of billedFeatures(catalog)) {
    const name = catalog.features[feature]?.title ?? feature
    const event = meterEventOf(feature)
    const before = meters.find((meter) => meter.event === event)
    if (!before) steps.push({ do: 'create_meter', event, name })
    else if (before.name !== name) steps.push({ do: 'rename_meter', name, before })
  }
  for (const [key, priced] of wanted) {
    const { price } = priced
    const product = productOf(catalog, priced).id
    const event = priced.overage === undefined ? null : meterEventOf(priced.overage)
    const present = prices.find((candidate) => candidate.lookupKey === key) ?? null
    if (present && present.ours === null)
      conflicts.push(
        `The price ${present.id} has the lookup key ${key} and was not made by Softgate. Take the key off it in Stripe.`,
      )
    else {
      const fits = (one: PriceAtStripe): boolean =>
        isSame(one, product, price) && one.meter === meterId(event) && (!tax || (one.tax ?? tax) === tax)
      // Somebody may have taken its key away.
      const kept = present ? fits(present) && present : prices.find((one) => one.ours === key && fits(one))
      if (kept && kept !== present) steps.push({ do: 'key_price', key, price: kept })
      if (kept && tax && kept.tax === null) steps.push({ do: 'tax_price', key, price: kept, tax })
      if (!kept)
        steps.push({
          do: 'create_price',
          key,
          product,
          ...termsOf(price),
          rate: rateOf(price),
          event,
          tax,
          replaces: present,
        })
    }
  }
  const keyed = new Set(steps.flatMap((step) => (step.do === 'key_price' ? [step.price.id] : [])))
  const gone = prices.filter(
    ({ id, ours, lookupKey, active }) => active && ours !== null && !wanted.has(lookupKey ?? '') && !keyed.has(id),
  )
  const more = planBeside(catalog, beside)
  return {
    steps: [...steps, ...gone.map((price) => ({ do: 'archive_price' as const, price })), ...more.steps],
    conflicts: [...conflicts, ...more.conflicts],
  }
}

const termsOf = ({ currency, interval }: Term): Term => ({ currency, interval })

const isSame = (present: PriceAtStripe, product: string, wanted: Term & Rate): boolean =>
  present.active &&
  present.product === product &&
  present.currency === wanted.currency &&
  present.rate !== null &&
  sameRate(present.rate, wanted) &&
  present.interval === wanted.interval
