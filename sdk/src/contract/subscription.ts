import type { PaymentMethod } from './billing.ts'
import type { Interval, Money } from './money.ts'
import type { OpenInvoice } from './prompts.ts'
import type { PlanName } from './state.ts'

/** What the account pays for, as Stripe has it now. */
export interface Subscription {
  /** In words: `Starter, 5 seats, by the month`. */
  title: string
  plan: PlanName
  /** In Stripe's words: `active`, `trialing`, `past_due`, `unpaid`, `incomplete`, `paused`. */
  status: string
  /** Null unless it is a trial. */
  trialEndsAt: string | null
  /** What is paid each interval, tax included. */
  recurring: Money & { interval: Interval }
  /** With what waits for that day; null where the subscription ends instead. */
  nextInvoice: { at: string; total: Money } | null
  /** The card that will be charged; null where there is none, or it is no card. */
  paymentMethod: PaymentMethod | null
  /** The invoice that waits to be paid, where a payment is overdue. */
  unpaid: OpenInvoice | null
}

export interface SubscriptionAnswer {
  /** Null while the account pays nothing. */
  subscription: Subscription | null
}
