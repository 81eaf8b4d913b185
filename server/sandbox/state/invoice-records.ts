import type { DiscountShare } from '../billing/discounts.ts'
import type { LineTax, TaxPlace, TaxSetting } from '../billing/taxes.ts'
import type { Metadata, Named } from './own-records.ts'

export interface LineRecord extends Named {
  readonly amount: number
  readonly currency: string
  readonly description: string
  readonly invoice: string
  readonly metadata: Metadata
  readonly period: Period
  readonly price: string | null
  readonly proration: boolean
  readonly credited: CreditedLines | null
  readonly quantity: number
  readonly subscription: string | null
  readonly subscription_item: string | null
  readonly invoice_item: string | null
  readonly discounts: readonly DiscountShare[]
  readonly taxes: readonly LineTax[]
}

/** How an invoice is reduced, taxed and collected. */
export interface Terms {
  readonly collection: Collection
  readonly discounts: readonly string[]
  readonly tax: TaxSetting
}

/** Charged to the card, or sent to be paid within so many days. */
export type Collection =
  | { readonly method: 'charge_automatically' }
  | { readonly method: 'send_invoice'; readonly days: number }

export interface Period {
  readonly start: number
  readonly end: number
}

export interface CreditedLines {
  readonly invoice: string
  readonly invoice_line_items: readonly string[]
}

export interface InvoiceRecord extends Named {
  readonly object: 'invoice'
  readonly amount_due: number
  readonly amount_paid: number
  readonly attempt_count: number
  readonly attempted: boolean
  readonly billing_reason: 'subscription_create' | 'subscription_cycle' | 'subscription_update' | 'upcoming'
  readonly created: number
  readonly currency: string
  readonly customer: string | null
  readonly default_payment_method: string | null
  readonly ending_balance: number | null
  readonly lines: readonly LineRecord[]
  readonly metadata: Metadata
  readonly number: string | null
  readonly payment_intent: string | null
  readonly period_end: number
  readonly period_start: number
  readonly proration_date: number | null
  readonly starting_balance: number
  readonly status: 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'
  readonly tax_place: TaxPlace
  readonly terms: Terms
  readonly due_date: number | null
  readonly next_payment_attempt: number | null
  /** How often it was tried again by itself; never sent. */
  readonly retries: number
  readonly marked_uncollectible_at: number | null
  readonly finalized_at: number | null
  readonly paid_at: number | null
  readonly voided_at: number | null
  readonly subscription: string | null
  readonly subscription_metadata: Metadata
  readonly total: number
}

export interface InvoiceItemRecord extends Named {
  readonly object: 'invoiceitem'
  readonly amount: number
  readonly currency: string
  readonly customer: string
  readonly date: number
  readonly description: string | null
  readonly invoice: string | null
  readonly metadata: Metadata
  readonly period: Period
  readonly price: string | null
  readonly proration: boolean
  readonly credited: CreditedLines | null
  readonly quantity: number
  readonly subscription: string | null
  readonly subscription_item: string | null
  /** True when a change made it together with its invoice, so that it goes when that invoice is voided; never sent. */
  readonly born_invoiced: boolean
}

/** Something a customer was billed for, as long as it may be credited. */
export interface DebitRecord extends Named {
  readonly amount: number
  readonly period: Period
  readonly price: string
  readonly quantity: number
  readonly subscription: string
  readonly subscription_item: string
  /** Null while it waits as an invoice item. */
  readonly billed: { readonly invoice: string; readonly line: string } | null
  readonly credited: boolean
}
