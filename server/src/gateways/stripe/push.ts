import type Stripe from 'stripe'
import {
  type AtStripe,
  type PriceAtStripe,
  type ProductAtStripe,
  type PushStep,
  planPush,
  productsIn,
} from '../../billing/push.ts'
import { pricesByKey } from '../../billing/sync.ts'
import type { Catalog } from '../../catalog/model.ts'
import { billedFeatures, meterEventOf } from '../../catalog/overage.ts'
import { digestOf } from '../../kernel/hash.ts'
import { applyBeside, lookBeside } from './push-beside.ts'
import { fromRate, toRate } from './rates.ts'

const ownKey = 'softgate_key'
/** With which the ids of our products begin. */
const ownPrefix = 'softgate_'

/** The most lookup keys that one call may name. */
const keysAtOnce = 10

/**
 * What Stripe has of ours: products by their ids, prices by our keys, and what of our products is still on sale under none of
 * them. Products are the one thing that has to be leafed through for those that the catalogue has forgotten: Stripe lists them by
 * nothing that is ours, and its search is a minute behind and not in every country.
 */
export async function lookAtStripe(stripe: Stripe, catalog: Catalog): Promise<AtStripe> {
  const [byKey, products] = await Promise.all([
    pricesWith(stripe, [...pricesByKey(catalog).keys()]),
    productsOf(stripe, catalog),
  ])
  const known = new Set(byKey.map(({ id }) => id))
  const wanted = productsIn(catalog)
  const sold = products.filter(({ id }) => wanted.has(id))
  return {
    ...(await lookBeside(
      stripe,
      catalog,
      sold.map(({ id }) => id),
    )),
    products: sold,
    prices: [...byKey, ...(await onSale(stripe, products)).filter(({ id }) => !known.has(id))].map(toPrice),
    meters: await metersOf(stripe, catalog),
  }
}

/** Those of the catalogue, sold or not, and whatever else was sold under a name of ours. */
async function productsOf(stripe: Stripe, catalog: Catalog): Promise<AtStripe['products']> {
  const found = new Map<string, ProductAtStripe>()
  const keep = ({ id, name, active }: Stripe.Product) => found.set(id, { id, name, active })
  for (const ids of chunks([...productsIn(catalog).keys()], 100))
    for (const one of (await stripe.products.list({ ids, limit: 100 })).data) keep(one)
  for await (const one of stripe.products.list({ active: true, limit: 100 }))
    if (one.id.startsWith(ownPrefix)) keep(one)
  return [...found.values()]
}

/** The active meters of what the catalogue bills by use; Stripe lists them by nothing but their status. */
async function metersOf(stripe: Stripe, catalog: Catalog): Promise<AtStripe['meters']> {
  const events = new Set(billedFeatures(catalog).map(meterEventOf))
  const meters: AtStripe['meters'] = []
  if (events.size === 0) return meters
  for await (const { id, event_name, display_name } of stripe.billing.meters.list({ status: 'active', limit: 100 }))
    if (events.has(event_name)) meters.push({ id, event: event_name, name: display_name })
  return meters
}

/** The prices that bear one of the keys, on sale or not. */
export async function pricesWith(stripe: Stripe, keys: readonly string[]): Promise<Stripe.Price[]> {
  const found = chunks(keys, keysAtOnce).map((lookup_keys) =>
    stripe.prices.list({ lookup_keys, limit: 100, expand: ['data.tiers'] }),
  )
  return (await Promise.all(found)).flatMap(({ data }) => data)
}

/** What a push has made of these products and is still on sale. */
async function onSale(stripe: Stripe, products: AtStripe['products']): Promise<Stripe.Price[]> {
  const found: Stripe.Price[] = []
  for (const { id: product } of products)
    for await (const price of stripe.prices.list({ product, active: true, limit: 100, expand: ['data.tiers'] }))
      if (price.metadata[ownKey] !== undefined) found.push(price)
  return found
}

const chunks = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))

const intervals = ['month', 'year'] as const
const taxes = ['exclusive', 'inclusive'] as const

const toPrice = (price: Stripe.Price): PriceAtStripe => ({
  id: price.id,
  ours: price.metadata[ownKey] ?? null,
  lookupKey: price.lookup_key,
  product: typeof price.product === 'string' ? price.product : price.product.id,
  currency: price.currency,
  rate: toRate(price),
  meter: price.recurring?.meter ?? null,
  tax: taxes.find((tax) => tax === price.tax_behavior) ?? null,
  interval: intervals.find((interval) => interval === price.recurring?.interval) ?? null,
  active: price.active,
})

/**
 * Does one step of a push. Safe to repeat: a product that is there by now is kept, and a price whose key has been taken
 * over is not made twice within Stripe's 24 hours for the same key.
 */
export async function applyStep(stripe: Stripe, step: PushStep): Promise<void> {
  if (step.do === 'create_product') {
    await stripe.products.create({ id: step.id, name: step.name })
  } else if (step.do === 'change_product') {
    await stripe.products.update(step.id, { name: step.name, active: true })
  } else if (step.do === 'create_meter') {
    await stripe.billing.meters.create({
      display_name: step.name,
      event_name: step.event,
      default_aggregation: { formula: 'sum' },
      customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
      value_settings: { event_payload_key: 'value' },
    })
  } else if (step.do === 'rename_meter') {
    await stripe.billing.meters.update(step.before.id, { display_name: step.name })
  } else if (step.do === 'key_price') {
    await stripe.prices.update(step.price.id, { lookup_key: step.key, transfer_lookup_key: true })
  } else if (step.do === 'tax_price') {
    await stripe.prices.update(step.price.id, { tax_behavior: step.tax })
  } else if (step.do === 'archive_price') {
    await stripe.prices.update(step.price.id, { active: false })
  } else if (step.do !== 'create_price') {
    await applyBeside(stripe, step)
  } else {
    const { key, product, currency, rate, interval, event, tax, replaces } = step
    const meter = event === null ? null : await meterOf(stripe, event)
    await stripe.prices.create(
      {
        product,
        currency,
        ...fromRate(rate),
        recurring: { interval, ...(meter !== null && { usage_type: 'metered' as const, meter }) },
        ...(tax !== null && { tax_behavior: tax }),
        lookup_key: key,
        transfer_lookup_key: true,
        metadata: { [ownKey]: key },
      },
      { idempotencyKey: `softgate_push_${digestOf([key, rate, meter, tax, replaces?.id])}` },
    )
    if (replaces?.active) await stripe.prices.update(replaces.id, { active: false })
  }
}

/** The meter that reads these events; it was made in a step before. */
async function meterOf(stripe: Stripe, event: string): Promise<string> {
  for await (const { id, event_name } of stripe.billing.meters.list({ status: 'active', limit: 100 }))
    if (event_name === event) return id
  throw new Error(`Stripe has no active meter for the events ${event}. Push again.`)
}

/**
 * Brings products, meters and prices at Stripe to what the catalogue says; see `planPush` for what that is. Returns the ids of
 * the prices by lookup key.
 *
 * @throws Error when something at Stripe bears our keys and is not ours
 */
export async function pushCatalog(stripe: Stripe, catalog: Catalog): Promise<Map<string, string>> {
  const before = await lookAtStripe(stripe, catalog)
  const { steps, conflicts } = planPush(catalog, before)
  if (conflicts.length > 0) throw new Error(conflicts.join('\n'))
  for (const step of steps) await applyStep(stripe, step)
  const { prices } = steps.length === 0 ? before : await lookAtStripe(stripe, catalog)
  return new Map(prices.flatMap(({ id, lookupKey }) => (lookupKey === null ? [] : [[lookupKey, id] as const])))
}
