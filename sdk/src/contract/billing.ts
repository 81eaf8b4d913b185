import type { Interval, Money } from './money.ts'

/** The noun of every billing action. */
export type ChangeKind = 'add' | 'remove' | 'switch' | 'cancel' | 'resume' | 'undo'

/** Something the account can buy now. Opaque: the browser sends its id back and a quantity inside the range, nothing else. */
export interface Offer {
  id: string
  kind: ChangeKind
  title: string
  /** Of one unit, each interval. */
  price: Money
  interval: Interval
  quantity: { min: number; max: number; step: number; default: number } | null
  /** The word for one unit, such as `seat`. */
  unit: string | null
}

export interface QuoteInput {
  offer: string
  quantity?: number
  promotionCode?: string
}

export interface QuoteLine {
  description: string
  amount: number
}

/** What a change costs, exactly: what it shows is charged, or the user is asked again. */
export interface Quote {
  id: string
  offer: string
  quantity: number | null
  /** What the card is charged now: lines and tax, less the credit balance. */
  dueNow: Money
  lines: QuoteLine[]
  tax: Money
  /** Credit balance that is used up, as a positive amount. */
  credit: Money
  recurring: Money & { interval: Interval }
  nextInvoice: { at: string; total: Money }
  expiresAt: string
}

export interface UpgradeInput {
  quote: string
}

/**
 * `applied`: paid and provisioned. `requires_action`: the bank wants to see the user (3-D Secure). `payment_failed`: the
 * card was declined, nothing was charged. `processing`: the outcome is not known yet. `checkout`: continue at `url`.
 * `expired` and `canceled` are the two ways an upgrade ends unpaid.
 */
export type UpgradeStatus =
  | 'applied'
  | 'requires_action'
  | 'payment_failed'
  | 'processing'
  | 'checkout'
  | 'expired'
  | 'canceled'

export interface UpgradeInvoice {
  id: string
  total: Money
  amountDue: Money
  amountPaid: Money
  status: string
  url: string | null
}

export interface Upgrade {
  id: string
  quote: string
  status: UpgradeStatus
  invoice: UpgradeInvoice | null
  clientSecret?: string
  publishableKey?: string
  url?: string
  reason?: { code: string; detail: string }
}
