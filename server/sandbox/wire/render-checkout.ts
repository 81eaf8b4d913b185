import type { CheckoutItem, CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { World } from '../state/world.ts'
import { complete } from './complete.ts'
import type { JsonObject } from './json.ts'
import { renderPrice } from './render-price.ts'

/** A session of Checkout; its address is there as long as it is open. */
export function renderCheckoutSession(world: World, record: CheckoutSessionRecord): JsonObject {
  const { items: _items, billing_mode: _mode, subscription_data: _data, ...shown } = record
  const customer = record.customer ? world.store.get('customer', record.customer) : undefined
  const email = record.customer_email ?? customer?.email ?? null
  return complete('checkout.session', {
    ...shown,
    amount_subtotal: record.amount_total,
    customer_details:
      record.status === 'complete'
        ? { address: null, email, name: customer?.name ?? null, phone: null, tax_exempt: 'none', tax_ids: [] }
        : null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    url: record.status === 'open' ? `${world.baseUrl()}/_sandbox/checkout/${record.id}` : null,
  })
}

/** What a session sells. */
export function renderCheckoutItem(world: World, { id, price, quantity }: CheckoutItem): JsonObject {
  const found = world.store.get('price', price)
  const product = found ? world.store.get('product', found.product) : undefined
  const amount = (found?.unit_amount ?? 0) * quantity
  return complete('item', {
    id,
    object: 'item',
    amount_discount: 0,
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    currency: found?.currency ?? 'usd',
    description: product?.name ?? null,
    price: found ? renderPrice(found) : null,
    quantity,
  })
}
