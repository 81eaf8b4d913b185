import { needsCountry } from '../billing/payer.ts'
import type { CheckoutItem, CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { World } from '../state/world.ts'
import { complete } from './complete.ts'
import { type JsonObject, toJson } from './json.ts'
import { renderPrice } from './render-price.ts'

/** A session of Checkout; its address is there as long as it is open. */
export function renderCheckoutSession(world: World, record: CheckoutSessionRecord): JsonObject {
  const {
    items: _items,
    billing_mode: _mode,
    subscription_data: _data,
    tax,
    discounts,
    bill,
    country: _country,
    tax_ids,
    ...more
  } = record
  const { redirect_on_completion, return_url, ...shown } = more
  const customer = record.customer ? world.store.get('customer', record.customer) : undefined
  const email = record.customer_email ?? customer?.email ?? null
  const hosted = record.status === 'open' && record.ui_mode === 'hosted_page'
  return complete('checkout.session', {
    ...shown,
    amount_subtotal: bill.subtotal,
    amount_total: bill.total,
    automatic_tax: {
      enabled: tax.automatic,
      liability: tax.automatic ? { type: 'self' } : null,
      provider: tax.automatic ? 'stripe' : null,
      status: tax.automatic ? (needsCountry(world, record) ? 'requires_location_inputs' : 'complete') : null,
    },
    customer_details:
      record.status === 'complete'
        ? {
            address: customer?.address ?? null,
            business_name: customer?.tax_ids ? customer.name : null,
            email,
            individual_name: null,
            name: customer?.name ?? null,
            phone: null,
            tax_exempt: customer?.tax_exempt ?? 'none',
            tax_ids: customer?.tax_ids ?? [],
          }
        : null,
    discounts: discounts.map(({ coupon, promotion_code }) => ({
      coupon: coupon ?? null,
      promotion_code: promotion_code ?? null,
    })),
    total_details: { amount_discount: bill.discount, amount_shipping: 0, amount_tax: bill.tax },
    ...(redirect_on_completion !== null && { redirect_on_completion }),
    ...(return_url !== null && { return_url }),
    ...(tax_ids && { tax_id_collection: { enabled: true, required: 'never' } }),
    url: hosted ? `${world.baseUrl()}/_sandbox/checkout/${record.id}` : null,
  })
}

/** What a session sells. */
export function renderCheckoutItem(world: World, session: CheckoutSessionRecord, item: CheckoutItem): JsonObject {
  const price = world.store.get('price', item.price)
  const product = price ? world.store.get('product', price.product) : undefined
  const line = session.bill.lines.find((one) => one.price === item.price)
  const { amount, discount, tax } = line ?? { amount: 0, discount: 0, tax: 0 }
  return toJson({
    id: item.id,
    object: 'item',
    adjustable_quantity: item.adjustable && { enabled: true, ...item.adjustable },
    amount_discount: discount,
    amount_subtotal: amount,
    amount_tax: tax,
    amount_total: amount - discount + tax,
    currency: session.currency,
    description: product?.name ?? null,
    metadata: {},
    price: price ? renderPrice(price) : null,
    quantity: item.quantity,
  })
}
