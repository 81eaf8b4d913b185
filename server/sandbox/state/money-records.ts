import type { Metadata, Named } from './own-records.ts'

/** Money taken from a card: https://docs.stripe.com/api/charges */
export interface ChargeRecord extends Named {
  readonly object: 'charge'
  readonly amount: number
  readonly amount_refunded: number
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly disputed: boolean
  readonly payment_intent: string
  readonly payment_method: string
}

/** Money given back to a card: https://docs.stripe.com/api/refunds */
export interface RefundRecord extends Named {
  readonly object: 'refund'
  readonly amount: number
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly metadata: Metadata
  readonly payment_intent: string
  readonly reason: 'duplicate' | 'fraudulent' | 'requested_by_customer' | null
}

/** A charge that the customer's bank takes back: https://docs.stripe.com/api/disputes */
export interface DisputeRecord extends Named {
  readonly object: 'dispute'
  readonly amount: number
  readonly charge: string
  readonly created: number
  readonly currency: string
  readonly payment_intent: string
  readonly reason: string
  readonly status: 'lost' | 'needs_response' | 'won'
}

/** One line of a credit note. */
export interface CreditNoteLineRecord extends Named {
  readonly amount: number
  readonly description: string | null
  readonly invoice_line_item: string | null
  readonly quantity: number | null
}

/** An invoice made smaller afterwards: https://docs.stripe.com/api/credit_notes */
export interface CreditNoteRecord extends Named {
  readonly object: 'credit_note'
  readonly amount: number
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly customer_balance_transaction: string | null
  readonly invoice: string
  readonly lines: readonly CreditNoteLineRecord[]
  readonly memo: string | null
  readonly metadata: Metadata
  readonly number: string
  readonly out_of_band_amount: number | null
  readonly post_payment_amount: number
  readonly pre_payment_amount: number
  readonly reason: 'duplicate' | 'fraudulent' | 'order_change' | 'product_unsatisfactory' | null
  readonly refund: { readonly id: string; readonly amount: number } | null
  readonly status: 'issued' | 'void'
  readonly voided_at: number | null
}
