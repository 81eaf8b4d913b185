import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { collect } from './collecting.ts'
import { endSubscription } from './ending.ts'
import { issueInvoice, takeItems } from './invoicing.ts'
import { saveSubscription } from './subscription-state.ts'
import { voidInvoice } from './voiding.ts'

const DAY = 86_400

/** What is done about a renewal that is not paid: https://docs.stripe.com/billing/revenue-recovery/smart-retries */
export interface Dunning {
  /** Days between one try and the next. */
  readonly retryAfterDays: readonly number[]
  /** What becomes of the subscription after the last try. */
  readonly afterwards: 'cancel' | 'past_due' | 'unpaid'
}

/** What a sandbox does unless told otherwise. */
export const USUAL_DUNNING: Dunning = { retryAfterDays: [3, 5, 7], afterwards: 'past_due' }

/** Collects a renewal without the customer, or not while collection rests; a failure leaves the subscription past due. */
export function collectRenewal(world: World, id: string, built: InvoiceRecord): void {
  const subscription = world.store.get('subscription', id)
  if (!subscription) return
  const rests = subscription.pause_collection?.behavior
  if (rests === 'keep_as_draft') {
    world.store.put('invoice', built)
    takeItems(world, built)
    emit(world, 'invoice.created', built)
    return
  }
  const invoice = issueInvoice(world, built)
  if (invoice.status !== 'open') return
  if (rests === 'void') voidInvoice(world, invoice)
  else if (rests === 'mark_uncollectible') markUncollectible(world, invoice)
  else if (collect(world, subscription, invoice, 'unattended') === 'unpaid') fallBehind(world, subscription, invoice.id)
}

function fallBehind(world: World, subscription: SubscriptionRecord, invoice: string): void {
  saveSubscription(world, { ...subscription, status: 'past_due' }, subscription)
  scheduleRetry(world, invoice)
}

/** Plans the next try; false when there is none. */
function scheduleRetry(world: World, id: string): boolean {
  const invoice = world.store.get('invoice', id)
  if (!invoice) return false
  const days = world.settings.dunning.retryAfterDays[invoice.retries]
  const next = days === undefined ? null : world.seconds() + days * DAY
  const planned = { ...invoice, next_payment_attempt: next, retries: invoice.retries + 1 }
  world.store.put('invoice', planned)
  emit(world, 'invoice.updated', planned, invoice)
  return next !== null
}

/** Tries once more to collect what is owed; after the last try the subscription is given up, as the settings say. */
export function retry(world: World, invoice: InvoiceRecord): void {
  const subscription = invoice.subscription ? world.store.get('subscription', invoice.subscription) : undefined
  world.store.put('invoice', { ...invoice, next_payment_attempt: null })
  if (!subscription || subscription.ended_at !== null) return
  if (collect(world, subscription, invoice, 'unattended') !== 'unpaid' || scheduleRetry(world, invoice.id)) return
  const { afterwards } = world.settings.dunning
  const now = world.store.get('subscription', subscription.id) ?? subscription
  if (afterwards === 'unpaid') saveSubscription(world, { ...now, status: 'unpaid' }, now)
  if (afterwards === 'cancel') {
    endSubscription(world, now, { invoiceNow: false, prorate: false, reason: 'payment_failed' })
  }
}

/** An invoice that was sent is not paid in time. */
export function overdue(world: World, invoice: InvoiceRecord): void {
  const subscription = invoice.subscription ? world.store.get('subscription', invoice.subscription) : undefined
  emit(world, 'invoice.overdue', invoice)
  if (subscription?.status === 'active') {
    saveSubscription(world, { ...subscription, status: 'past_due' }, subscription)
  }
}

/** Gives an open invoice up: https://docs.stripe.com/api/invoices/mark_uncollectible */
export function markUncollectible(world: World, before: InvoiceRecord): InvoiceRecord {
  const at = world.seconds()
  const given: InvoiceRecord = {
    ...before,
    marked_uncollectible_at: at,
    next_payment_attempt: null,
    status: 'uncollectible',
  }
  world.store.put('invoice', given)
  emit(world, 'invoice.marked_uncollectible', given)
  return given
}
