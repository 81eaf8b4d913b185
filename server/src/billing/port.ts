import type { PaymentMethod, QuoteTax, SavedCard } from '@softgate/sdk/contract'
import type { Tax } from '../catalog/at-stripe.ts'
import type { Catalog } from '../catalog/model.ts'
import type { BilledInvoice } from './bought.ts'
import type {
  IssuedInvoice,
  LaterStep,
  LiveSession,
  LiveSubscription,
  OnceBilled,
  Payment,
  Preview,
  QuoteRecord,
  Target,
  UpdateStep,
  UpgradeRecord,
} from './model.ts'
import type { Redeemable } from './promotion.ts'
import type { AtStripe, PushStep } from './push.ts'
import type { SettledPayment, Settlement } from './settlement.ts'

export interface BillingStore {
  saveQuote(quote: QuoteRecord): Promise<void>
  findQuote(account: string, id: string): Promise<QuoteRecord | null>
  /** Inserts the upgrade; false when the account has an open one already. */
  openUpgrade(upgrade: UpgradeRecord): Promise<boolean>
  saveUpgrade(upgrade: UpgradeRecord): Promise<void>
  findUpgrade(account: string, id: string): Promise<UpgradeRecord | null>
  findUpgradeOfQuote(account: string, quote: string): Promise<UpgradeRecord | null>
  findOpenUpgrade(account: string): Promise<UpgradeRecord | null>
  /** The upgrade that was applied last. */
  lastApplied(account: string): Promise<UpgradeRecord | null>
  /** The upgrades that were applied since then, the oldest first. */
  appliedSince(account: string, at: number): Promise<UpgradeRecord[]>
  /** Keeps movements of money, each once; returns those that were new. */
  settle(movements: readonly Settlement[]): Promise<Settlement[]>
  /** The movements of an account since then, the oldest first. */
  settlements(account: string, since: number): Promise<Settlement[]>
  /** Whether a change of the account's subscription is quoted and may still be confirmed. */
  isQuoted(account: string, now: number): Promise<boolean>
  /** Open upgrades nobody works on: what a sweep takes up. */
  abandonedUpgrades(now: number, limit: number): Promise<UpgradeRecord[]>
  /** Lets the owner of an upgrade's lease keep it until then; does nothing where it is another's, or nobody's. */
  renewLease(lease: { account: string; id: string; owner: string; until: number }): Promise<void>
  /** Takes the leases of all processes away; for the start of the only one there is. */
  releaseLeases(): Promise<void>
}

/** The inbox of Stripe's webhooks: an event is stored before it is acknowledged, and done once. */
export interface StripeInbox {
  /** False when the event was received before. */
  receive(event: { id: string; type: string; customer: string | null; receivedAt: number }): Promise<boolean>
  pending(limit: number): Promise<{ id: string; customer: string | null }[]>
  done(id: string, now: number): Promise<void>
  /** Drops what was done before `at`; Stripe sends an event again for a few days at most. */
  forgetBefore(at: number): Promise<void>
}

/**
 * Stripe, in the few verbs that billing needs. Every failure is a ProblemError: `billing_unavailable` when the outcome is
 * unknown, `billing_refused` when Stripe said no and changed nothing.
 */
export interface BillingGateway {
  /** Null when Stripe has no such subscription. */
  subscription(id: string): Promise<LiveSubscription | null>
  subscriptionsOf(customer: string): Promise<LiveSubscription[]>
  /** Whether there is such a customer; a deleted one can buy nothing any more. */
  customer(id: string): Promise<'there' | 'deleted' | 'unknown'>
  /** A page of the subscriptions to something of ours that have not ended, newest first, and where it ends. */
  standingAfter(id: string | null): Promise<{ subscriptions: Standing[]; last: string | null }>
  /** What Stripe has of what the catalogue sells, and of what earlier ones sold. */
  catalogue(catalog: Catalog): Promise<AtStripe>
  /** Does one step of a push. Safe to repeat. */
  push(step: PushStep): Promise<void>
  /** Whether webhooks can be read, and where Stripe sends those that are for us. */
  webhooks(): Promise<{ secret: boolean; endpoints: EndpointAtStripe[] }>
  /** Switches an endpoint on, for all that it has to hear. */
  mendWebhook(id: string): Promise<void>
  /** The ids of prices, by lookup key; keys without a price are absent. */
  prices(lookupKeys: string[]): Promise<Map<string, string>>
  /** A promotion code that can be redeemed; null when there is none of that name. */
  promotion(code: string): Promise<Redeemable | null>
  /** What `items` would cost. */
  preview(input: PreviewInput): Promise<Preview>
  /** The next invoice of a subscription that goes on as it is; null when none is to come, as where it ends. */
  upcoming(live: Pick<LiveSubscription, 'id' | 'customer'>): Promise<Preview | null>
  /** Changes the subscription if its payment succeeds; pending otherwise. Safe to repeat for the same quote for 24 hours. */
  change(input: ChangeInput): Promise<void>
  /** Puts the subscription under a schedule of ours, which brings `items` at the end of the period. */
  schedule(input: ScheduleInput): Promise<void>
  /** Lets the subscription go on by itself. A schedule that is released already is no failure. */
  releaseSchedule(id: string): Promise<void>
  /** Null for what is no card, or is gone. */
  card(paymentMethod: string): Promise<PaymentMethod | null>
  /** The customer's cards that may be shown again, newest first. */
  cards(customer: string): Promise<SavedCard[]>
  /** Makes a card of its customer pay a subscription's invoices from now on; null leaves them to the customer's own. */
  useCard(subscription: string, card: string | null): Promise<void>
  /** What a tax is called and its percentage; null for a rate that Stripe does not know. */
  taxRate(id: string): Promise<Pick<QuoteTax, 'description' | 'percentage'> | null>
  payment(invoice: string): Promise<Payment>
  /** The customer's payments that went through since then, the oldest first. */
  paymentsSince(customer: string, since: number): Promise<SettledPayment[]>
  /** The invoice that a payment was for; null for none. */
  invoiceOf(intent: string): Promise<string | null>
  /** What an invoice bills of a subscription; null for one of none. */
  billedBy(invoice: string): Promise<BilledInvoice | null>
  /** The address of Stripe's page on which a customer looks after cards and invoices. */
  portal(input: { customer: string; page: 'home' | 'payment_method'; returnTo: string }): Promise<string>
  /** The customer's issued invoices, newest first, at most `limit`. */
  invoices(customer: string, limit: number): Promise<IssuedInvoice[]>
  /** Tries an open invoice again with the customer's present card. A decline is no failure: read the payment after. */
  pay(invoice: string, paymentMethod: string, key: string): Promise<void>
  /** Makes an invoice that nobody can pay any more. One that was paid or voided first is no failure: look what holds. */
  voidInvoice(invoice: string): Promise<void>
  /** Gives a payment back to the card, but for what was refunded of it before; once a quote. */
  refund(input: { intent: string; amount: number; quote: string }): Promise<void>
  /** Takes credit off the customer's balance, once a quote: what went back to the card is not owed a second time. */
  takeCredit(input: CreditInput): Promise<void>
  /** Gives the customer credit, once a quote: for what was charged beyond it. */
  giveCredit(input: CreditInput): Promise<void>
  /** Tells a meter what was used; under the same id it counts once, if it is repeated within 24 hours. */
  reportUse(input: { event: string; id: string; customer: string; units: number; at: number }): Promise<void>
  /** Takes a report of the last 24 hours back. */
  voidUse(input: { event: string; id: string }): Promise<void>
  /** The id of a new customer. Safe to repeat under the same key. */
  createCustomer(input: CustomerInput): Promise<string>
  /** Opens the page on which a subscription begins. Safe to repeat for the same quote for 24 hours. */
  openSession(input: SessionInput): Promise<LiveSession>
  /** Null when Stripe has no such session. */
  session(id: string): Promise<LiveSession | null>
  /** The customer's sessions that could still begin a subscription. */
  openSessions(customer: string): Promise<LiveSession[]>
  /** Closes the page. One that was paid or has ended already is no failure: read the session after. */
  expireSession(id: string): Promise<void>
  /** The event in a webhook's body, after its signature and its age were checked; throws `signature_invalid`. */
  readWebhook(raw: string, signature: string): Promise<{ id: string; type: string; customer: string | null }>
  publishableKey: string | null
}

/** A subscription by whom it is for; `account` is the one that Checkout was opened for. */
export interface Standing {
  id: string
  customer: string
  account: string | null
}

/** An address at which Stripe's webhooks reach a Softgate. */
export interface EndpointAtStripe {
  id: string
  url: string
  enabled: boolean
  /** What it is not told of and has to be. */
  missing: string[]
}

export interface PreviewInput {
  /** Null while the account has no customer at Stripe. */
  customer: string | null
  /** Null for a subscription that would begin now. */
  subscription: string | null
  items: Target[]
  /** What is charged at once, at the next renewal without anything charged now, or each interval from then on. */
  when: Due | 'renewal' | 'recurring'
  /** How a subscription that would begin is taxed; one that there is has its own way. */
  tax?: Tax | null
  /** Discounts other than those that there are; an empty list for none. */
  discounts?: UpdateStep['discounts']
}

/** How a change would be made now, and for which instant in epoch seconds it is computed. */
export type Due = Omit<UpdateStep, 'items' | 'ending' | 'drift' | 'tax'> & { now: number }

/** `amount` in minor units, above 0. */
export interface CreditInput {
  customer: string
  amount: number
  currency: string
  quote: string
}

export interface CustomerInput {
  account: string
  name: string | null
  email: string | null
  key: string
}

export interface SessionInput {
  account: string
  customer: string
  items: Target[]
  trialDays: number | null
  discounts: UpdateStep['discounts']
  tax: Tax | null
  /** Whether the page asks where the customer is, and keeps it; otherwise tax is that of the address which the customer has. */
  asksPlace: boolean
  quote: string
  /** Whether it is shown in the host's page instead of being one. */
  embedded: boolean
  /** Where the page leads back to, paid or not; from an embedded one only who had to leave for a bank. */
  returnTo: string
}

export interface ChangeInput extends UpdateStep {
  subscription: string
  /** Epoch seconds: the instant for which the quote was computed. */
  prorationDate: number
  quote: string
  /** What the amount has risen since the quote, and the product it is taken off from. */
  absorbed: OnceBilled | null
}

export interface ScheduleInput extends LaterStep {
  subscription: string
  quote: string
  /** Safe to repeat under the same key. */
  key: string
}
