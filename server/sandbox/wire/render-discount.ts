import { isActive, isValid } from '../billing/redeemable.ts'
import type { CouponRecord, DiscountRecord, PromotionCodeRecord, TaxRateRecord } from '../state/discount-records.ts'
import type { World } from '../state/world.ts'
import { type JsonObject, toJson } from './json.ts'

/** A coupon; `applies_to` is there where it is for some products only. */
export function renderCoupon(world: World, record: CouponRecord): JsonObject {
  const { products, ...shown } = record
  return toJson({
    ...shown,
    ...(products && { applies_to: { products } }),
    livemode: false,
    valid: isValid(world, record),
  })
}

/** A promotion code; it is active as long as its coupon can be redeemed. */
export function renderPromotionCode(world: World, record: PromotionCodeRecord): JsonObject {
  const { coupon: id, ...shown } = record
  return toJson({
    ...shown,
    active: isActive(world, record),
    customer_account: null,
    livemode: false,
    promotion: { coupon: id, type: 'coupon' },
  })
}

/** A redeemed coupon. */
export function renderDiscount(record: DiscountRecord): JsonObject {
  const { coupon, used: _used, ...shown } = record
  return toJson({
    ...shown,
    checkout_session: null,
    customer_account: null,
    invoice: null,
    invoice_item: null,
    source: { coupon, type: 'coupon' },
    subscription_item: null,
  })
}

/** A tax rate. */
export const renderTaxRate = (record: TaxRateRecord): JsonObject =>
  toJson({
    ...record,
    effective_percentage: record.percentage,
    flat_amount: null,
    jurisdiction_level: record.country === null ? null : 'country',
    livemode: false,
    rate_type: 'percentage',
  })
