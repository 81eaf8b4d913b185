import type { Metadata, Named } from './own-records.ts'

export interface CustomerRecord extends Named {
  readonly object: 'customer'
  readonly address: Address | null
  readonly balance: number
  readonly created: number
  readonly currency: string | null
  readonly deleted?: true
  readonly delinquent: boolean
  readonly description: string | null
  readonly email: string | null
  readonly invoice_settings: { readonly default_payment_method: string | null }
  readonly metadata: Metadata
  readonly name: string | null
  readonly phone: string | null
  readonly test_clock: string | null
  readonly tax_exempt: 'none' | 'exempt' | 'reverse'
  /** Told on a page of Checkout; its invoices bear them. */
  readonly tax_ids?: readonly TaxId[]
}

/** The number of a business at its tax office, such as a VAT id. */
export interface TaxId {
  readonly type: string
  readonly value: string
}

/** Whether its owner has agreed that a saved card is shown again: anywhere, for what it was saved for, or not asked. */
export type Redisplay = 'always' | 'limited' | 'unspecified'

export interface Address {
  readonly city: string | null
  readonly country: string | null
  readonly line1: string | null
  readonly line2: string | null
  readonly postal_code: string | null
  readonly state: string | null
}

export interface BalanceTransactionRecord extends Named {
  readonly object: 'customer_balance_transaction'
  readonly amount: number
  readonly created: number
  readonly currency: string
  readonly credit_note: string | null
  readonly customer: string
  readonly description: string | null
  readonly ending_balance: number
  readonly invoice: string | null
  readonly metadata: Metadata
  readonly type: 'adjustment' | 'applied_to_invoice' | 'credit_note' | 'invoice_too_small' | 'unapplied_from_invoice'
}

export interface PaymentMethodRecord extends Named {
  readonly object: 'payment_method'
  readonly allow_redisplay: Redisplay
  readonly created: number
  readonly customer: string | null
  readonly metadata: Metadata
  readonly type: 'card'
  readonly card: {
    readonly brand: string
    readonly country: string
    readonly exp_month: number
    readonly exp_year: number
    readonly last4: string
  }
  /** Which test card this is; never sent. */
  readonly number: string
  /** True once a customer authenticated a payment with it; never sent. */
  readonly authenticated: boolean
}
