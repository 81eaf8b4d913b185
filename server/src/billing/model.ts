import type { Interval, OpenInvoice, Quote, QuoteTax, UpgradeInvoice, UpgradeStatus } from '@softgate/sdk/contract'

/** What a quote is about, in the catalogue's words. Quantities are absolute in the quote's targets, never deltas. */
export type Change =
  | { kind: 'add'; feature: string; quantity: number }
  | { kind: 'switch'; plan: string; feature: string; quantity: number }
  | { kind: 'start'; plan: string; feature: string; quantity: number }

/** A subscription item as it will be: quantity is always sent, as a price change without it resets it to 1. */
export interface Target {
  /** Null for an item that begins with its subscription. */
  id: string | null
  price: string
  quantity: number
}

export interface QuoteRecord {
  account: string
  id: string
  user: string
  delivery: string | null
  change: Change
  /** The subscription that changes; null when one is to begin, on Stripe's Checkout page. */
  subscription: string | null
  targets: Target[]
  /** Epoch seconds. */
  prorationDate: number
  amountDue: number
  currency: string
  fingerprint: string
  livemode: boolean
  body: Quote
  createdAt: number
  expiresAt: number
}

/** A quote that changes a subscription, in contrast to one that begins it. */
export type ChangeQuote = QuoteRecord & { subscription: string }

export const isChange = (quote: QuoteRecord): quote is ChangeQuote => quote.subscription !== null

/** Where an upgrade stands; `confirming` from the moment its intent is stored until Stripe's answer is known. */
export type UpgradePhase = UpgradeStatus | 'confirming'

export interface UpgradeRecord {
  account: string
  id: string
  quote: string
  user: string
  phase: UpgradePhase
  invoice: UpgradeInvoice | null
  clientSecret: string | null
  failedMethod: string | null
  reason: { code: string; detail: string } | null
  /** The page on which a subscription begins: as long as it can be paid, the upgrade is open and no other may begin. */
  checkout: Checkout | null
  leaseOwner: string | null
  leaseUntil: number
  createdAt: number
  updatedAt: number
}

export interface Checkout {
  session: string
  url: string
  expiresAt: number
}

const closedPhases = new Set<UpgradePhase>(['applied', 'expired', 'canceled'])

export const isClosed = (upgrade: { phase: UpgradePhase }): boolean => closedPhases.has(upgrade.phase)

/** A subscription as Stripe has it now. Instants in epoch ms. */
export interface LiveSubscription {
  id: string
  customer: string
  status: string
  livemode: boolean
  currency: string
  collectionMethod: string
  items: LiveItem[]
  anchor: number
  cancelAt: number | null
  /** A change that waits for its payment; `quote` when it is one of ours. */
  pending: { expiresAt: number; quote: string | null } | null
  schedule: string | null
  paused: boolean
  latestInvoice: string | null
  /** The quote that made the present state, from the metadata. */
  quote: string | null
  discounts: string[]
  paymentMethod: string | null
  /** The customer's balance in minor units; negative is credit. */
  balance: number
  /** The newest open invoice, looked for where a payment is overdue. */
  unpaid: OpenInvoice | null
  created: number
}

export interface LiveItem {
  id: string
  price: string
  lookupKey: string | null
  quantity: number
  unitAmount: number | null
  interval: Interval
  periodStart: number
  periodEnd: number
}

/** A Checkout session as Stripe has it now. */
export interface LiveSession {
  id: string
  status: 'open' | 'complete' | 'expired'
  /** Whether the first payment is made, or none is needed. */
  paid: boolean
  /** There while it is open. */
  url: string | null
  expiresAt: number
  subscription: string | null
  invoice: string | null
  /** The quote it was opened for, from the metadata. */
  quote: string | null
}

/** An invoice that Stripe computed for a change and has not made. */
export interface Preview {
  amountDue: number
  total: number
  /** What comes on top of the lines. */
  tax: number
  taxes: PreviewTax[]
  currency: string
  livemode: boolean
  /** The part of the customer's credit it would use up, positive. */
  creditUsed: number
  lines: PreviewLine[]
}

/** `rate` is its id at Stripe. */
export interface PreviewTax extends Pick<QuoteTax, 'inclusive' | 'amount'> {
  rate: string | null
}

export interface PreviewLine {
  description: string
  /** Net of its discounts. */
  amount: number
  discounted: boolean
  price: string | null
  quantity: number | null
  proration: boolean
  periodStart: number
  periodEnd: number
}

/** An invoice as a list shows it. */
export interface IssuedInvoice {
  id: string
  at: number
  reason: 'start' | 'renewal' | 'change' | 'other'
  /** The words that somebody wrote on it. */
  description: string | null
  status: string
  total: number
  currency: string
  url: string | null
}

/** An invoice and how far its payment has come. */
export interface Payment {
  invoice: UpgradeInvoice
  intent: {
    status: string
    clientSecret: string | null
    error: { code: string; detail: string; paymentMethod: string | null } | null
  } | null
}
