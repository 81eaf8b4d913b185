import { createHash } from 'node:crypto'
import type Stripe from 'stripe'
import { type AtStripe, type PriceAtStripe, type PushStep, planPush } from '../../billing/push.ts'
import type { Catalog } from '../../catalog/model.ts'
import { fromRate, toRate } from './rates.ts'

const ownKey = 'softgate_key'

/** What Stripe has of ours: products by their fixed ids, prices by our mark or by a key of ours. */
export async function lookAtStripe(stripe: Stripe): Promise<AtStripe> {
  const products: AtStripe['products'] = []
  for await (const { id, name, active } of stripe.products.list({ limit: 100 }))
    if (id.startsWith('softgate_')) products.push({ id, name, active })
  const prices: PriceAtStripe[] = []
  for await (const price of stripe.prices.list({ limit: 100, expand: ['data.tiers'] })) {
    const found = toPrice(price)
    if (found.ours !== null || found.lookupKey?.startsWith('softgate_')) prices.push(found)
  }
  return { products, prices }
}

/** Short enough for an idempotency key, whatever the keys and tiers are. */
const digest = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')

const intervals = ['month', 'year'] as const

const toPrice = (price: Stripe.Price): PriceAtStripe => ({
  id: price.id,
  ours: price.metadata[ownKey] ?? null,
  lookupKey: price.lookup_key,
  product: typeof price.product === 'string' ? price.product : price.product.id,
  currency: price.currency,
  rate: toRate(price),
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
  } else if (step.do === 'archive_price') {
    await stripe.prices.update(step.price.id, { active: false })
  } else {
    const { key, product, currency, rate, interval, replaces } = step
    await stripe.prices.create(
      {
        product,
        currency,
        ...fromRate(rate),
        recurring: { interval },
        lookup_key: key,
        transfer_lookup_key: true,
        metadata: { [ownKey]: key },
      },
      { idempotencyKey: `softgate_push_${digest([key, rate, replaces?.id])}` },
    )
    if (replaces?.active) await stripe.prices.update(replaces.id, { active: false })
  }
}

/**
 * Brings products and prices at Stripe to what the catalogue says; see `planPush` for what that is. Returns the ids of
 * the prices by lookup key.
 *
 * @throws Error when something at Stripe bears our keys and is not ours
 */
export async function pushCatalog(stripe: Stripe, catalog: Catalog): Promise<Map<string, string>> {
  const before = await lookAtStripe(stripe)
  const { steps, conflicts } = planPush(catalog, before)
  if (conflicts.length > 0) throw new Error(conflicts.join('\n'))
  for (const step of steps) await applyStep(stripe, step)
  const { prices } = steps.length === 0 ? before : await lookAtStripe(stripe)
  return new Map(prices.flatMap(({ id, lookupKey }) => (lookupKey === null ? [] : [[lookupKey, id] as const])))
}
