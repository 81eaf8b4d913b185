import type { Metadata, Named } from './own-records.ts'

/** A hosted page on which a subscription is begun: https://docs.stripe.com/api/checkout/sessions */
export interface CheckoutSessionRecord extends Named {
  readonly object: 'checkout.session'
  readonly amount_total: number
  readonly billing_mode: 'classic' | 'flexible'
  readonly cancel_url: string | null
  readonly client_reference_id: string | null
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly customer_email: string | null
  readonly expires_at: number
  readonly invoice: string | null
  readonly items: readonly CheckoutItem[]
  readonly metadata: Metadata
  readonly payment_status: 'paid' | 'unpaid' | 'no_payment_required'
  readonly status: 'open' | 'complete' | 'expired'
  readonly subscription: string | null
  readonly subscription_data: { readonly description: string | null; readonly metadata: Metadata }
  readonly success_url: string
}

export interface CheckoutItem extends Named {
  readonly price: string
  readonly quantity: number
}
