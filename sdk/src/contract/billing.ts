import type { Interval, Money, PriceTiers } from './money.ts'
import type { UseEstimate } from './usage.ts'

/** The noun of every billing action. `convert` ends a trial now; `undo` drops what waits, or takes a fresh upgrade back. */
export type ChangeKind = 'add' | 'remove' | 'switch' | 'cancel' | 'resume' | 'undo' | 'convert'

/** Something the account can buy now. Opaque: the browser sends its id back and a quantity inside the range, nothing else. */
export interface Offer {
  id: string
  kind: ChangeKind
  title: string
  /** Of one unit, each interval; where there are tiers, the amount that their words name. */
  price: Money
  /** How the price depends on the number of units; there where it does. Show its words instead of `price`. */
  tiers?: PriceTiers
  interval: Interval
  /** Units more or fewer; of a switch all units after it. Null where there is nothing to choose. */
  quantity: { min: number; max: number; step: number; default: number } | null
  /** The word for one unit, such as `seat`. */
  unit: string | null
  /** When it stops to stand; there for the undo of a fresh upgrade, which stands for minutes. */
  until?: string
}

export interface QuoteInput {
  offer: string
  quantity?: number
  promotionCode?: string
  /** One of the quote's `cards` that is to pay, and pays later invoices too; the present card when left out. */
  card?: string
}

export interface QuoteLine {
  description: string
  /** What it was reckoned from, such as `19.4 of 31 days at $12.00 a seat`. */
  detail: string | null
  amount: number
}

export interface QuoteTax {
  /** `Sales tax`, `VAT`. */
  description: string
  /** 8.25 is 8.25 %; null where it is no share. */
  percentage: number | null
  /** Whether it lies within the lines already, instead of coming on top. */
  inclusive: boolean
  amount: number
}

/** A card as its owner knows it. */
export interface PaymentMethod {
  /** In Stripe's words: `visa`, `mastercard`, `amex`. */
  brand: string
  last4: string
  expMonth: number
  expYear: number
}

/** A card that the account has saved, by its id. */
export interface SavedCard extends PaymentMethod {
  id: string
  /** The payment that waits was refused with it. */
  declined?: true
}

/** What a change costs, exactly: what it shows is charged, or the user is asked again. */
export interface Quote {
  id: string
  offer: string
  quantity: number | null
  /** What the card is charged now: lines and tax, less the credit balance. */
  dueNow: Money
  lines: QuoteLine[]
  /** What comes on top of the lines: the sum of the taxes that are not inclusive. */
  tax: Money
  taxes: QuoteTax[]
  /**
   * No amount has its tax in it, as nobody knows yet where the customer lives: Checkout asks, and adds it before anything is paid.
   * The first notice says so.
   */
  beforeTax?: true
  /** Credit balance that is used up, as a positive amount. */
  credit: Money
  recurring: Money & { interval: Interval }
  /** What recurred until now, tax included; null where a subscription begins. */
  previous: (Money & { interval: Interval }) | null
  nextInvoice: { at: string; total: Money }
  /** When the change takes effect: now, or when the period ends. */
  effectiveAt: string
  /** What goes back to the card, for an undo. */
  refund: Money | null
  /** What use beyond limits will come to by the end of the period, where the change brings another price for it. */
  use?: UseEstimate[]
  /** What the user has to know before the click, a sentence each. */
  notices: string[]
  /** The card that will be charged; null where there is none yet, or it is no card. */
  paymentMethod: PaymentMethod | null
  /** The account's own cards to choose from, the present one first; there where it has saved more than one. */
  cards?: SavedCard[]
  expiresAt: string
}

/** A change that has been chosen and takes effect later. */
export interface PendingChange {
  /** `reprice`: what is held stays as it is and costs something else. */
  kind: 'add' | 'remove' | 'switch' | 'cancel' | 'reprice'
  /** In words: `Starter, 3 seats, by the month, from April 12`. */
  title: string
  at: string
  plan: { key: string; title: string }
  interval: Interval
  /** Units after it; null where the subscription ends. */
  quantity: number | null
  /** What one unit costs from then on, where the account's price is another one then; null where it is not. */
  price: Money | null
  /** The change that keeps everything as it is; null for users who may not buy, and where nobody but the host can. */
  undo: Offer | null
}

export interface UpgradeInput {
  quote: string
}

/** How an upgrade whose payment failed is to be paid. */
export interface UpgradeCardInput {
  /** A saved card, which is charged at once; left out for one that is entered in the page. */
  card?: string
  /** Whether the card that pays this upgrade pays later invoices too; it does not when left out. */
  keep?: boolean
}

/**
 * `applied`: paid and provisioned. `requires_action`: the bank wants to see the user (3-D Secure). `payment_failed`: the
 * card was declined, nothing was charged. `processing`: the outcome is not known yet. `checkout`: continue at `url`, or
 * where Checkout is embedded, in the page with `clientSecret`.
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
  /** What it charges, as it was quoted; of one that waits or has ended unpaid, what it would have charged. */
  dueNow: Money
  invoice: UpgradeInvoice | null
  /** What may pay it after its payment failed: the account's saved cards. There where one of them was not declined. */
  cards?: SavedCard[]
  /** For Stripe.js: of the payment that waits for its user, or of the embedded Checkout that waits to be paid. */
  clientSecret?: string
  publishableKey?: string
  /** The invoice's own page, or the page of Checkout. */
  url?: string
  reason?: { code: string; detail: string }
}

export interface EstimateAnswer {
  /** Null while nothing is paid for. */
  estimate: {
    period: { start: string; end: string }
    /** The next invoice as Stripe reckons it now; null where none comes any more. */
    invoice: { at: string; total: Money; tax: Money; lines: QuoteLine[] } | null
    /** Each feature whose use beyond its limit is billed. */
    use: UseEstimate[]
  } | null
}
