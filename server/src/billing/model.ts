import type {
  ChangeKind,
  Interval,
  Money,
  OpenInvoice,
  Quote,
  QuoteTax,
  UpgradeInvoice,
  UpgradeStatus,
} from '@softgate/sdk/contract'
import type { Tax } from '../catalog/at-stripe.ts'
import type { Bundle } from '../catalog/bundle.ts'
import type { Rate } from '../catalog/rate.ts'

/** What a quote is about, in the catalogue's words. */
export interface Change {
  /** By what became of a payment, `end`: it is over at once; `revoke`: what an upgrade had bought is taken, or given again. */
  kind: ChangeKind | 'start' | 'reprice' | 'end' | 'revoke'
  /** The plan after the change; of a cancellation the one that ends. */
  plan: string
  /** What the plan sells by the unit. */
  feature: string
  addon: string | null
  /** Units more or fewer; all of them for a switch and a start; null where there is no number to choose. */
  quantity: number | null
  /** What was paid for until then, so that the change can be taken back; null where that makes no sense. */
  before: { bundle: Bundle; items: Target[] } | null
  /** What is paid for from then on; null where that makes no sense. */
  after: Bundle | null
}

/** A subscription item as it will be: quantity is always sent, as a price change without it resets it to 1. */
export interface Target {
  /** Null for an item that begins with its subscription or is added to it. */
  id: string | null
  price: string
  /** Null for what is billed by use. */
  quantity: number | null
  deleted?: true
}

/** Something that is billed once, beside what the subscription bills. */
export interface OnceBilled {
  product: string
  amount: number
  currency: string
  /** Where tax is, while Stripe works it out. */
  tax: Tax['prices'] | null
}

/** What one update of the subscription does. It holds once it is paid. */
export interface UpdateStep {
  /** Items that change, in absolute numbers: two admins who add at once cannot add up by accident. */
  items: Target[]
  proration: 'always_invoice' | 'none'
  /** Whether a new period begins, where it does not by itself. */
  anchor: 'kept' | 'now'
  /** The subscription is over, or made to end, or not to end, whichever of Stripe's two ways it was ending in. */
  ending: 'now' | 'at_period_end' | 'not_at_period_end' | 'not_at_date' | null
  trialEnd: 'now' | null
  /** Free days of a subscription that begins. */
  trialDays: number | null
  /** How a subscription that begins is taxed. */
  tax: Tax | null
  /** All discounts from now on, where a promotion code comes beside those that there are; null for no change. */
  discounts: ({ discount: string } | { promotion_code: string })[] | null
  /** Use of metered prices that go, where Stripe would forget it: billed by an item of its own on the same invoice. */
  use: OnceBilled[]
  /**
   * The most by which the amount may rise until it is confirmed, in minor units: a new period cannot be priced for an
   * instant, and credit for unused time melts. What it rises is taken off the invoice again.
   */
  drift: number
}

/** What holds from the end of the period on, brought by a schedule of ours. */
export interface LaterStep {
  items: Omit<Target, 'id' | 'deleted'>[]
  bundle: Bundle
  /** Whether it is billed by another interval: left to itself, flexible billing would keep the old dates and bill no year. */
  beginsAnew: boolean
  /** What else it costs from then on of what stays. */
  repriced: readonly Repriced[]
}

/** Another price of what is held, by the interval at which it is held. */
export interface Repriced {
  /** Null for the plan. */
  addon: string | null
  /** Its id at Stripe. */
  price: string
  /** Of one unit, or what a price in tiers is named after. */
  unit: Money
  /** `$15.00 a seat`. */
  words: string
}

/** What confirming a quote does at Stripe, in this order. */
export interface Steps {
  /** Our schedule, which has to go before anything else can change. */
  release: string | null
  update: UpdateStep | null
  /** Tax is not in the quote, as only Checkout asks where the customer is. */
  placeless: boolean
  later: LaterStep | null
  /** What the released schedule would have brought: put back when the update is never paid. */
  restore: LaterStep | null
  /** The payment that is given back to the card, and its amount; `given` when that has happened at Stripe already. */
  refund: { intent: string; amount: number; given: boolean } | null
  /** The payment that a dispute had taken and that has come back: what it had bought is given again. */
  regained: string | null
  /** The card that pays from then on, and the one it takes the place of: put back when the update is never paid. */
  card: { id: string; before: string | null } | null
}

export interface QuoteRecord {
  account: string
  id: string
  user: string
  delivery: string | null
  change: Change
  /** The subscription that changes; null when one is to begin, on Stripe's Checkout page. */
  subscription: string | null
  steps: Steps
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
  /** What the user said about the card after the first one failed. */
  card: { keep: boolean } | null
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
  /** Empty where it is embedded in the host's page. */
  url: string
  /** There where it is embedded. */
  clientSecret: string | null
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
  /** Which of Stripe's two ways of ending `cancelAt` comes from. */
  cancelsAtPeriodEnd: boolean
  billingMode: 'classic' | 'flexible'
  trialEnd: number | null
  /** A change that waits for its payment; `quote` when it is one of ours. */
  pending: { expiresAt: number; quote: string | null } | null
  schedule: LiveSchedule | null
  paused: boolean
  latestInvoice: string | null
  /** The quote that made the present state, from the metadata. */
  quote: string | null
  /** Whether Stripe works its tax out from where the customer is. */
  automaticTax: boolean
  discounts: LiveDiscount[]
  paymentMethod: string | null
  /** The customer's balance in minor units; negative is credit. */
  balance: number
  /** The newest open invoice, looked for where a payment is overdue. */
  unpaid: OpenInvoice | null
  created: number
  /** What time it is by the test clock of Stripe's that drives it; null where none does. */
  testTime: number | null
}

/** A redeemed coupon. */
export interface LiveDiscount {
  id: string
  /** It is for one invoice only. */
  once: boolean
  /** Epoch ms; null for one without an end. */
  endsAt: number | null
}

/** The schedule that manages a subscription. */
export interface LiveSchedule {
  id: string
  /** What it brings and for which quote, when we made it; null for anybody else's, which is never touched. */
  ours: { quote: string; bundle: Bundle; repriced: readonly Repriced[] } | null
  /** When the phase after the present one begins; when the last one began, once there is none. */
  at: number
}

export interface LiveItem {
  id: string
  price: string
  product: string
  /** The key of the catalogue's price that it stands for. */
  lookupKey: string | null
  /** Whether a push made its price. Another one, such as what was agreed with this customer alone, is never moved to a newer one. */
  pushed: boolean
  /** Null for what is billed by use. */
  quantity: number | null
  since: number
  /** Null for one that the catalogue could not say, such as one by packages. */
  rate: Rate | null
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
  /** There while it is open, unless it is embedded. */
  url: string | null
  /** There while it is open, where it is embedded. */
  clientSecret: string | null
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
  /** Tax is to be worked out, and nobody knows yet where the customer is: it is not in the amounts. */
  placeless: boolean
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
  /** What they take off it. */
  discount: number
  price: string | null
  quantity: number | null
  proration: boolean
  /** What comes on top of it. */
  tax: number
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
  lines: IssuedLine[]
}

/** What an invoice bills: units of a product over a time. A proration that gives back what was not used is negative. */
export interface IssuedLine {
  /** Its id at Stripe. */
  product: string | null
  /** Negative where units are given back. */
  units: number
  amount: number
  start: number
  end: number
}

/** An invoice and how far its payment has come. */
export interface Payment {
  invoice: UpgradeInvoice
  /** What came on top of its lines. */
  tax: number
  intent: {
    id: string
    status: string
    clientSecret: string | null
    paymentMethod: string | null
    error: { code: string; detail: string; paymentMethod: string | null } | null
  } | null
}
