import type { Metadata, Named } from './own-records.ts'

/** Money off: https://docs.stripe.com/api/coupons */
export interface CouponRecord extends Named {
  readonly object: 'coupon'
  readonly amount_off: number | null
  readonly created: number
  readonly currency: string | null
  readonly duration: 'forever' | 'once' | 'repeating'
  readonly duration_in_months: number | null
  readonly max_redemptions: number | null
  readonly metadata: Metadata
  readonly name: string | null
  readonly percent_off: number | null
  /** The products it is for; null is all of them. */
  readonly products: readonly string[] | null
  readonly redeem_by: number | null
  readonly times_redeemed: number
}

/** A coupon by a word that customers type: https://docs.stripe.com/api/promotion_codes */
export interface PromotionCodeRecord extends Named {
  readonly object: 'promotion_code'
  readonly active: boolean
  readonly code: string
  readonly coupon: string
  readonly created: number
  readonly customer: string | null
  readonly expires_at: number | null
  readonly max_redemptions: number | null
  readonly metadata: Metadata
  readonly restrictions: {
    readonly first_time_transaction: boolean
    readonly minimum_amount: number | null
    readonly minimum_amount_currency: string | null
  }
  readonly times_redeemed: number
}

/** A coupon that was redeemed: https://docs.stripe.com/api/discounts */
export interface DiscountRecord extends Named {
  readonly object: 'discount'
  readonly coupon: string
  readonly customer: string | null
  readonly end: number | null
  readonly promotion_code: string | null
  readonly start: number
  readonly subscription: string | null
  /** True when it was for one invoice, which has had it; never sent. */
  readonly used: boolean
}

/** A tax: https://docs.stripe.com/api/tax_rates */
export interface TaxRateRecord extends Named {
  readonly object: 'tax_rate'
  readonly active: boolean
  readonly country: string | null
  readonly created: number
  readonly description: string | null
  readonly display_name: string
  readonly inclusive: boolean
  readonly jurisdiction: string | null
  readonly metadata: Metadata
  readonly percentage: number
  readonly state: string | null
  readonly tax_type: string | null
}
