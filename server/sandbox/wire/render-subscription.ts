import { standing } from '../billing/discounts.ts'
import type { Collection } from '../state/invoice-records.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { complete, inlineList } from './complete.ts'
import type { JsonObject } from './json.ts'
import { renderTaxRate } from './render-discount.ts'
import { renderPlan, renderPrice } from './render-price.ts'

/** An item of a subscription, with its price in full. */
export function renderItem(world: World, subscription: string, item: SubscriptionItemRecord): JsonObject {
  const price = world.store.get('price', item.price)
  const { quantity, metered_from: _from, ...shown } = item
  return complete('subscription_item', {
    ...shown,
    ...(price?.recurring?.usage_type !== 'metered' && { quantity }),
    plan: price ? renderPlan(price) : null,
    price: price ? renderPrice(price) : null,
    subscription,
  })
}

/** How invoices are collected. */
export const renderCollection = (collection: Collection) => ({
  collection_method: collection.method,
  days_until_due: collection.method === 'send_invoice' ? collection.days : null,
})

/** Tax rates in full. */
export const renderTaxRates = (world: World, ids: readonly string[]): JsonObject[] =>
  ids.flatMap((id) => {
    const rate = world.store.get('tax_rate', id)
    return rate ? [renderTaxRate(rate)] : []
  })

/** How a subscription prorates. */
export const renderBillingMode = ({ billing_mode }: SubscriptionRecord): JsonObject => ({
  ...billing_mode,
  flexible: billing_mode.type === 'flexible' ? { proration_discounts: 'included' } : null,
})

/** A subscription with its items. */
export function renderSubscription(world: World, record: SubscriptionRecord): JsonObject {
  const {
    items,
    pending_update: pending,
    cancellation,
    billing_mode: _mode,
    trial_warned: _warned,
    collection,
    ...shown
  } = record
  const toItem = (item: SubscriptionItemRecord): JsonObject => renderItem(world, record.id, item)
  return complete('subscription', {
    ...shown,
    ...renderCollection(collection),
    automatic_tax: {
      disabled_reason: null,
      enabled: record.automatic_tax,
      liability: record.automatic_tax ? { type: 'self' } : null,
    },
    billing_mode: renderBillingMode(record),
    default_tax_rates: renderTaxRates(world, record.default_tax_rates),
    discounts: standing(world, record.discounts).map(({ id }) => id),
    start_date: record.created,
    trial_settings: { end_behavior: { billing_cycle_anchor: null, ...record.trial_settings.end_behavior } },
    test_clock:
      world.store.get('test_clock', world.store.get('customer', record.customer)?.test_clock ?? '')?.id ?? null,
    cancellation_details: { ...cancellation, feedback_option: null },
    items: inlineList(`/v1/subscription_items?subscription=${record.id}`, items.map(toItem), items.length),
    pending_update: pending && {
      billing_cycle_anchor: pending.billing_cycle_anchor,
      cancel_at_period_end: pending.cancel_at_period_end,
      discount: null,
      discounts: pending.discounts,
      expires_at: pending.expires_at,
      metadata: pending.metadata,
      subscription_items: pending.items.map(toItem),
      trial_end: pending.trial?.trial_end ?? null,
      trial_from_plan: null,
    },
  })
}
