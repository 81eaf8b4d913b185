import type { DiscountWish } from '../billing/redeeming.ts'
import type { TaxSetting } from '../billing/taxes.ts'
import type { Metadata, Named } from './own-records.ts'
import type { SubscriptionRecord } from './subscription-records.ts'

/** A page on which a subscription is begun: https://docs.stripe.com/api/checkout/sessions */
export interface CheckoutSessionRecord extends Named {
  readonly object: 'checkout.session'
  readonly allow_promotion_codes: boolean | null
  readonly billing_address_collection: 'auto' | 'required' | null
  readonly bill: CheckoutBill
  readonly billing_mode: 'classic' | 'flexible'
  readonly cancel_url: string | null
  readonly client_reference_id: string | null
  readonly client_secret: string | null
  /** Where the customer said that they live, while no customer holds it. */
  readonly country: string | null
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly customer_email: string | null
  readonly discounts: readonly DiscountWish[]
  readonly expires_at: number
  readonly invoice: string | null
  readonly items: readonly CheckoutItem[]
  readonly metadata: Metadata
  readonly payment_method_collection: 'always' | 'if_required'
  readonly payment_status: 'paid' | 'unpaid' | 'no_payment_required'
  readonly redirect_on_completion: 'always' | 'if_required' | 'never' | null
  readonly return_url: string | null
  readonly status: 'open' | 'complete' | 'expired'
  readonly subscription: string | null
  readonly subscription_data: {
    readonly description: string | null
    readonly metadata: Metadata
    readonly trial_end: number | null
    readonly trial_settings: SubscriptionRecord['trial_settings'] | undefined
  }
  readonly success_url: string | null
  readonly tax: TaxSetting
  /** Whether it asks businesses for their tax number. */
  readonly tax_ids?: boolean
  readonly ui_mode: 'hosted_page' | 'embedded_page'
}

/** What a session comes to, kept so that it can be shown when its prices or codes are gone. In minor units. */
export interface CheckoutBill {
  readonly discount: number
  readonly lines: readonly CheckoutBillLine[]
  readonly subtotal: number
  readonly tax: number
  readonly total: number
}

export interface CheckoutBillLine {
  readonly amount: number
  readonly discount: number
  readonly price: string | null
  readonly tax: number
}

export interface CheckoutItem extends Named {
  /** The bounds within which the customer may choose; null leaves no choice. */
  readonly adjustable: { readonly minimum: number; readonly maximum: number } | null
  readonly price: string
  /** Null for metered prices. */
  readonly quantity: number | null
}
