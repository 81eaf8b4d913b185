import type Stripe from 'stripe'
import { type Priced, pricesByKey } from '../../billing/sync.ts'
import type { Catalog } from '../../catalog/model.ts'

/**
 * Makes the catalogue's products and prices at Stripe, where they are missing. Repeatable: products have fixed ids, prices
 * are found by lookup key. A price whose amount has changed is made anew and takes over the key; subscribers of the old one
 * keep it. Returns the ids of the prices by lookup key.
 */
export async function pushCatalog(stripe: Stripe, catalog: Catalog): Promise<Map<string, string>> {
  const wanted = pricesByKey(catalog)
  const { data } = await stripe.prices.list({ lookup_keys: [...wanted.keys()], limit: 100 })
  const present = new Map(data.map((price) => [price.lookup_key, price]))
  const ids = new Map<string, string>()
  for (const [key, sold] of wanted) {
    const { price } = sold
    const found = present.get(key)
    if (found && found.unit_amount === price.unitAmount) {
      ids.set(key, found.id)
      continue
    }
    const product = await ensureProduct(stripe, catalog, sold)
    const created = await stripe.prices.create({
      product,
      currency: price.currency,
      unit_amount: price.unitAmount,
      recurring: { interval: price.interval },
      lookup_key: key,
      transfer_lookup_key: true,
      metadata: { softgate_key: key },
    })
    ids.set(key, created.id)
  }
  return ids
}

async function ensureProduct(stripe: Stripe, { plans, addons }: Catalog, { plan, addon }: Priced): Promise<string> {
  const id = addon === undefined ? `softgate_${plan}` : `softgate_addon.${addon}`
  const name = (addon === undefined ? plans[plan] : addons[addon])?.title ?? id
  try {
    return (await stripe.products.retrieve(id)).id
  } catch (error) {
    if ((error as { code?: string }).code !== 'resource_missing') throw error
    return (await stripe.products.create({ id, name })).id
  }
}
