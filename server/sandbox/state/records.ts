import type { JsonObject } from '../wire/json.ts'
import type { ChargeRecord, CreditNoteRecord, RefundRecord } from './money-records.ts'
import type { CounterRecord, DeliveryRecord, IdempotencyRecord, JournalRecord, Named } from './own-records.ts'
import type { ScheduleRecord } from './schedule-records.ts'

// What the sandbox keeps. Each record is the wire object without its constant members
// (those are in wire/render.ts) and with other objects named by id.
// All times are epoch seconds and all amounts minor units, as on Stripe, unless a name says otherwise.

export type Metadata = Readonly<Record<string, string>>

export interface ProductRecord extends Named {
  readonly object: 'product'
  readonly active: boolean
  readonly created: number
  readonly description: string | null
  readonly metadata: Metadata
  readonly name: string
  readonly unit_label: string | null
  readonly updated: number
}

export interface Recurring {
  readonly interval: 'day' | 'week' | 'month' | 'year'
  readonly interval_count: number
}

export interface PriceRecord extends Named {
  readonly object: 'price'
  readonly active: boolean
  readonly created: number
  readonly currency: string
  readonly lookup_key: string | null
  readonly metadata: Metadata
  readonly nickname: string | null
  readonly product: string
  readonly recurring: Recurring | null
  readonly tax_behavior: string
  readonly unit_amount: number
}

export interface CustomerRecord extends Named {
  readonly object: 'customer'
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

export interface SubscriptionItemRecord extends Named {
  readonly created: number
  readonly current_period_start: number
  readonly current_period_end: number
  readonly metadata: Metadata
  readonly price: string
  readonly quantity: number
}

/** A change that waits for the payment of its invoice. */
export interface PendingUpdateRecord {
  readonly billing_cycle_anchor: number | null
  readonly cancel_at_period_end: boolean | null
  readonly expires_at: number
  readonly metadata: Metadata | null
  readonly items: readonly SubscriptionItemRecord[]
  readonly invoice: string
  /** Debits that the change gave back, and those it made, to be booked when it applies. */
  readonly credits: readonly string[]
  readonly debits: readonly DebitRecord[]
}

/** Why a subscription ends, in Stripe's words and the customer's. */
export interface CancellationRecord {
  readonly comment: string | null
  readonly feedback: string | null
  readonly reason: 'cancellation_requested' | null
}

export type SubscriptionStatus = 'active' | 'past_due' | 'incomplete' | 'incomplete_expired' | 'canceled'

export interface SubscriptionRecord extends Named {
  readonly object: 'subscription'
  readonly billing_cycle_anchor: number
  readonly billing_mode: { readonly type: 'classic' | 'flexible'; readonly updated_at: number }
  readonly cancel_at: number | null
  readonly cancel_at_period_end: boolean
  readonly canceled_at: number | null
  readonly cancellation: CancellationRecord
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly default_payment_method: string | null
  readonly description: string | null
  readonly ended_at: number | null
  readonly items: readonly SubscriptionItemRecord[]
  readonly latest_invoice: string | null
  readonly metadata: Metadata
  readonly pending_update: PendingUpdateRecord | null
  readonly schedule: string | null
  readonly status: SubscriptionStatus
}

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
}

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
  readonly status: 'draft' | 'open' | 'paid' | 'void'
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

export interface InvoicePaymentRecord extends Named {
  readonly object: 'invoice_payment'
  readonly amount_paid: number | null
  readonly amount_requested: number
  readonly created: number
  readonly currency: string
  readonly invoice: string
  readonly payment_intent: string
  readonly status: 'open' | 'paid' | 'canceled'
  readonly canceled_at: number | null
  readonly paid_at: number | null
}

export interface PaymentIntentRecord extends Named {
  readonly object: 'payment_intent'
  readonly amount: number
  readonly amount_received: number
  readonly canceled_at: number | null
  readonly client_secret: string
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly invoice: string
  readonly last_payment_error: JsonObject | null
  readonly latest_charge: string | null
  readonly payment_method: string | null
  readonly status: 'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'succeeded' | 'canceled'
}

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

export interface EventRecord extends Named {
  readonly object: 'event'
  readonly api_version: string
  readonly created: number
  readonly data: JsonObject
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null }
  readonly type: string
}

export interface WebhookEndpointRecord extends Named {
  readonly object: 'webhook_endpoint'
  readonly api_version: string | null
  readonly created: number
  readonly description: string | null
  readonly enabled_events: readonly string[]
  readonly metadata: Metadata
  readonly secret: string
  readonly status: 'enabled' | 'disabled'
  readonly url: string
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

/** Every kind of record, by the name it is stored under. */
export interface Records {
  readonly product: ProductRecord
  readonly price: PriceRecord
  readonly customer: CustomerRecord
  readonly balance_transaction: BalanceTransactionRecord
  readonly payment_method: PaymentMethodRecord
  readonly subscription: SubscriptionRecord
  readonly schedule: ScheduleRecord
  readonly invoice: InvoiceRecord
  readonly preview: InvoiceRecord
  readonly invoice_item: InvoiceItemRecord
  readonly invoice_payment: InvoicePaymentRecord
  readonly payment_intent: PaymentIntentRecord
  readonly charge: ChargeRecord
  readonly refund: RefundRecord
  readonly credit_note: CreditNoteRecord
  readonly checkout_session: CheckoutSessionRecord
  readonly event: EventRecord
  readonly webhook_endpoint: WebhookEndpointRecord
  readonly debit: DebitRecord
  readonly delivery: DeliveryRecord
  readonly idempotency: IdempotencyRecord
  readonly counter: CounterRecord
  readonly journal: JournalRecord
}

export type Kind = keyof Records
