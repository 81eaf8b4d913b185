import type { Collection, DebitRecord } from './invoice-records.ts'
import type { Metadata, Named } from './own-records.ts'

export interface SubscriptionItemRecord extends Named {
  readonly created: number
  readonly current_period_start: number
  readonly current_period_end: number
  readonly metadata: Metadata
  readonly price: string
  readonly quantity: number
  /** Since when a metered price is what is billed, where that is not the whole period; never sent. */
  readonly metered_from?: number
}

/** A change that waits for the payment of its invoice. */
export interface PendingUpdateRecord {
  readonly billing_cycle_anchor: number | null
  readonly cancel_at_period_end: boolean | null
  readonly discounts: readonly string[] | null
  readonly expires_at: number
  readonly metadata: Metadata | null
  readonly items: readonly SubscriptionItemRecord[]
  readonly invoice: string
  readonly trial: Pick<SubscriptionRecord, 'status' | 'trial_end' | 'trial_start' | 'trial_warned'> | null
  /** Debits that the change gave back, and those it made, to be booked when it applies. */
  readonly credits: readonly string[]
  readonly debits: readonly DebitRecord[]
}

/** Why a subscription ends, in Stripe's words and the customer's. */
export interface CancellationRecord {
  readonly comment: string | null
  readonly feedback: string | null
  readonly reason: 'cancellation_requested' | 'payment_failed' | null
}

export type SubscriptionStatus =
  | 'active'
  | 'trialing'
  | 'past_due'
  | 'unpaid'
  | 'paused'
  | 'incomplete'
  | 'incomplete_expired'
  | 'canceled'

/** What becomes of a trial that ends without a card. */
export type MissingMethod = 'cancel' | 'create_invoice' | 'pause'

export interface SubscriptionRecord extends Named {
  readonly object: 'subscription'
  readonly automatic_tax: boolean
  readonly billing_cycle_anchor: number
  readonly billing_mode: { readonly type: 'classic' | 'flexible'; readonly updated_at: number }
  readonly cancel_at: number | null
  readonly cancel_at_period_end: boolean
  readonly canceled_at: number | null
  readonly cancellation: CancellationRecord
  readonly collection: Collection
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly default_payment_method: string | null
  readonly default_tax_rates: readonly string[]
  readonly description: string | null
  readonly discounts: readonly string[]
  readonly ended_at: number | null
  readonly items: readonly SubscriptionItemRecord[]
  readonly latest_invoice: string | null
  readonly metadata: Metadata
  readonly pause_collection: PauseRecord | null
  readonly pending_update: PendingUpdateRecord | null
  readonly schedule: string | null
  readonly status: SubscriptionStatus
  readonly trial_end: number | null
  readonly trial_settings: { readonly end_behavior: { readonly missing_payment_method: MissingMethod } }
  readonly trial_start: number | null
  /** True once it was told that the trial ends; never sent. */
  readonly trial_warned: boolean
}

/** Collection that rests: https://docs.stripe.com/billing/subscriptions/pause-payment */
export interface PauseRecord {
  readonly behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void'
  readonly resumes_at: number | null
}
