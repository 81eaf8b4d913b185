import type { Metadata, Named } from './own-records.ts'

/** What a phase of a schedule bills. */
export interface PhaseItemRecord {
  readonly metadata: Metadata
  readonly price: string
  readonly quantity: number
}

/** A stretch of a schedule. What a phase does not say of tax is off in it; other settings stay as the subscription has them. */
export interface PhaseRecord {
  readonly automatic_tax: boolean
  readonly billing_cycle_anchor: 'automatic' | 'phase_start' | null
  readonly currency: string
  readonly default_payment_method: string | null
  readonly default_tax_rates: readonly string[]
  readonly description: string | null
  readonly end_date: number
  readonly items: readonly PhaseItemRecord[]
  readonly metadata: Metadata
  readonly proration_behavior: 'always_invoice' | 'create_prorations' | 'none'
  readonly start_date: number
}

/** Changes of a subscription that time brings about: https://docs.stripe.com/api/subscription_schedules */
export interface ScheduleRecord extends Named {
  readonly object: 'subscription_schedule'
  readonly canceled_at: number | null
  readonly completed_at: number | null
  readonly created: number
  readonly current_phase: { readonly start_date: number; readonly end_date: number } | null
  readonly customer: string
  readonly end_behavior: 'cancel' | 'release'
  readonly metadata: Metadata
  readonly phases: readonly PhaseRecord[]
  readonly released_at: number | null
  readonly released_subscription: string | null
  readonly status: 'active' | 'canceled' | 'completed' | 'released'
  readonly subscription: string | null
}
