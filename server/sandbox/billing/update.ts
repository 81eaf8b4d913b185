import { invalid } from '../errors.ts'
import type { Collection } from '../state/invoice-records.ts'
import type { Metadata } from '../state/own-records.ts'
import type { CancellationRecord, PauseRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { mergeMetadata } from '../wire/params.ts'
import { type AddedItem, addedLines } from './added-items.ts'
import { type Change, type ChangeRequest, planChange } from './change.ts'
import { type Collecting, collect } from './collecting.ts'
import { type BuiltInvoice, bookItem, buildInvoice, type InvoicePlan, issueInvoice, waitingLines } from './invoicing.ts'
import { toDebit } from './lines.ts'
import { bookDebits, type Ending, earliestPeriodEnd, endingWith, saveSubscription } from './subscription-state.ts'
import { termsOf } from './terms.ts'
import { dropPendingUpdate } from './voiding.ts'

/** How long a pending update waits for its payment: https://docs.stripe.com/billing/subscriptions/pending-updates */
const PENDING_SECONDS = 23 * 3600

/** A change of a subscription. `undefined` leaves a member alone. */
export interface UpdateRequest {
  readonly change: ChangeRequest | null
  /** Lines for the invoice that the change makes. */
  readonly added?: readonly AddedItem[] | undefined
  readonly behavior: Collecting
  readonly collection: Collection | undefined
  readonly discounts: readonly string[] | undefined
  readonly ending: Ending | undefined
  readonly pauseCollection: PauseRecord | null | undefined
  readonly tax: { readonly automatic: boolean | undefined; readonly rates: readonly string[] | undefined }
  readonly cancellation: Partial<Pick<CancellationRecord, 'comment' | 'feedback'>> | undefined
  readonly defaultPaymentMethod: string | null | undefined
  readonly description: string | null | undefined
  readonly metadata: Metadata | null | undefined
  readonly trialSettings: SubscriptionRecord['trial_settings'] | undefined
}

/** An update that time makes and that changes nothing yet. */
export const UNTOUCHED: UpdateRequest = {
  change: null,
  behavior: 'unattended',
  collection: undefined,
  discounts: undefined,
  pauseCollection: undefined,
  tax: { automatic: undefined, rates: undefined },
  ending: undefined,
  cancellation: undefined,
  defaultPaymentMethod: undefined,
  description: undefined,
  metadata: undefined,
  trialSettings: undefined,
}

/** Changes a subscription: https://docs.stripe.com/api/subscriptions/update */
export function updateSubscription(
  world: World,
  found: SubscriptionRecord,
  request: UpdateRequest,
): SubscriptionRecord {
  if (!request.change) return applySettings(world, found, request)
  checkChangeable(found)
  // A change of items replaces a pending one, whose invoice is voided.
  const before = dropPendingUpdate(world, found)
  const change = planChange(world, before, { ...request.change, discounts: request.discounts })
  const lines = request.change.proration === 'always_invoice' ? change.prorations.length : 0
  if (change.fullLines.length === 0 && lines === 0) return applyWithoutInvoice(world, before, change, request)
  const built = buildInvoice(world, world.nextId('in'), invoiceOfChange(world, before, change, request.added))
  return request.behavior === 'pending_if_incomplete'
    ? applyOncePaid(world, before, change, built, request)
    : applyAtOnce(world, before, change, built, request)
}

function checkChangeable({ status }: SubscriptionRecord): void {
  if (['active', 'past_due', 'trialing', 'unpaid'].includes(status)) return
  if (status === 'paused') {
    throw invalid('A paused subscription cannot change what it bills; resume it first.')
  }
  if (status === 'incomplete') {
    throw invalid('This subscription has an incomplete payment; only its metadata and payment method can be changed.')
  }
  throw invalid('A canceled subscription can only update its cancellation_details and metadata.', {
    code: 'invalid_canceled_subscription_fields',
  })
}

/** The invoice that a change makes at once: its prorations, what waited, and full periods of a new cycle. */
export function invoiceOfChange(
  world: World,
  subscription: SubscriptionRecord,
  change: Change,
  added: readonly AddedItem[] = [],
): InvoicePlan {
  const now = world.seconds()
  return {
    customer: world.store.get('customer', subscription.customer) ?? null,
    subscription,
    currency: subscription.currency,
    drafts: [
      ...change.prorations,
      ...waitingLines(world, subscription),
      ...change.fullLines,
      ...addedLines(world, subscription.id, added),
    ],
    reason: 'subscription_update',
    period: { start: Math.min(...subscription.items.map((item) => item.current_period_start)), end: now },
    prorationDate: change.prorationDate,
    terms: termsOf(world, { ...subscription, discounts: change.discounts }),
  }
}

/** The subscription with everything asked for, except what only its payment decides. */
function changedBy(
  world: World,
  before: SubscriptionRecord,
  change: Change | null,
  request: UpdateRequest,
): SubscriptionRecord {
  const moved: SubscriptionRecord = {
    ...before,
    automatic_tax: request.tax.automatic ?? before.automatic_tax,
    billing_cycle_anchor: change?.anchor ?? before.billing_cycle_anchor,
    collection: request.collection ?? before.collection,
    default_tax_rates: request.tax.rates ?? before.default_tax_rates,
    discounts: change?.discounts ?? request.discounts ?? before.discounts,
    pause_collection: request.pauseCollection === undefined ? before.pause_collection : request.pauseCollection,
    default_payment_method:
      request.defaultPaymentMethod === undefined ? before.default_payment_method : request.defaultPaymentMethod,
    description: request.description === undefined ? before.description : request.description,
    items: change?.items ?? before.items,
    metadata: mergeMetadata(before.metadata, request.metadata),
    trial_settings: request.trialSettings ?? before.trial_settings,
    ...change?.trial,
  }
  const ended =
    request.ending === undefined ? moved : { ...moved, ...endingWith(moved, request.ending, world.seconds()) }
  return {
    ...ended,
    cancel_at: ended.cancel_at_period_end ? earliestPeriodEnd(ended) : ended.cancel_at,
    cancellation: { ...ended.cancellation, ...request.cancellation },
  }
}

const applySettings = (world: World, before: SubscriptionRecord, request: UpdateRequest): SubscriptionRecord =>
  saveSubscription(world, changedBy(world, before, null, request), before)

/** Makes a change whose prorations wait for the next invoice. */
export function applyWithoutInvoice(
  world: World,
  before: SubscriptionRecord,
  change: Change,
  request: UpdateRequest,
): SubscriptionRecord {
  const debits = change.prorations.flatMap((draft) => {
    const item = bookItem(world, before.customer, before.currency, draft, null)
    const debit = toDebit(draft, item, null)
    return debit ? [debit] : []
  })
  bookDebits(world, change.credits, debits)
  return saveSubscription(world, changedBy(world, before, change, request), before)
}

function applyAtOnce(
  world: World,
  before: SubscriptionRecord,
  change: Change,
  { invoice: built, debits }: BuiltInvoice,
  request: UpdateRequest,
): SubscriptionRecord {
  bookDebits(world, change.credits, debits)
  const after = { ...changedBy(world, before, change, request), latest_invoice: built.id }
  world.store.put('subscription', after)
  const invoice = issueInvoice(world, built)
  const unpaid = collect(world, after, invoice, request.behavior) === 'unpaid'
  const settled = world.store.get('subscription', before.id) ?? after
  return saveSubscription(world, unpaid ? { ...settled, status: 'past_due' } : settled, before)
}

function applyOncePaid(
  world: World,
  before: SubscriptionRecord,
  change: Change,
  { invoice: built, debits }: BuiltInvoice,
  request: UpdateRequest,
): SubscriptionRecord {
  const invoice = issueInvoice(world, built)
  const billed = { ...before, latest_invoice: invoice.id }
  if (collect(world, billed, invoice, request.behavior) === 'paid') {
    bookDebits(world, change.credits, debits)
    const after = changedBy(world, { ...before, latest_invoice: invoice.id }, change, request)
    return saveSubscription(world, after, before)
  }
  const pending: SubscriptionRecord = {
    ...billed,
    pending_update: {
      billing_cycle_anchor: change.anchor === before.billing_cycle_anchor ? null : change.anchor,
      cancel_at_period_end: request.ending === undefined ? null : request.ending === 'at_period_end',
      discounts: request.discounts ?? null,
      expires_at: expiryOf(world, before),
      invoice: invoice.id,
      items: change.items,
      metadata: request.metadata ?? null,
      credits: change.credits,
      trial: change.trial,
      debits,
    },
  }
  return saveSubscription(world, pending, before)
}

const expiryOf = (world: World, subscription: SubscriptionRecord): number =>
  Math.min(world.seconds() + PENDING_SECONDS, earliestPeriodEnd(subscription))
