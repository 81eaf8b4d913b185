import type { CancellationRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { creditsFor } from './change.ts'
import { collect } from './collecting.ts'
import { bookItem, buildInvoice, issueInvoice, waitingLines } from './invoicing.ts'
import { bookDebits } from './subscription-state.ts'
import { termsOf } from './terms.ts'
import { usageLines } from './usage.ts'
import { dropPendingUpdate } from './voiding.ts'

/** How a subscription is ended at once. */
export interface EndRequest {
  /** Gives the unused time back. */
  readonly prorate: boolean
  /** Bills what waits, instead of leaving it. */
  readonly invoiceNow: boolean
  readonly reason?: 'cancellation_requested' | 'payment_failed'
  readonly cancellation?: Partial<Pick<CancellationRecord, 'comment' | 'feedback'>>
}

/**
 * Ends a subscription now: https://docs.stripe.com/api/subscriptions/cancel. A pending update goes with it, and so does
 * its schedule; open invoices stay.
 */
export function endSubscription(world: World, found: SubscriptionRecord, request: EndRequest): SubscriptionRecord {
  const before = dropPendingUpdate(world, found)
  if (request.prorate) giveBack(world, before)
  const at = world.seconds()
  const ended: SubscriptionRecord = {
    ...before,
    canceled_at: before.canceled_at ?? at,
    cancellation: {
      ...before.cancellation,
      reason: request.reason ?? 'cancellation_requested',
      ...request.cancellation,
    },
    ended_at: at,
    schedule: null,
    status: 'canceled',
  }
  world.store.put('subscription', ended)
  if (request.invoiceNow) billWhatWaits(world, ended)
  const settled = world.store.get('subscription', ended.id) ?? ended
  cancelSchedule(world, before)
  stopRetries(world, ended.id)
  emit(world, 'customer.subscription.deleted', settled)
  return settled
}

/** The credits of all items from now on, as invoice items that wait. */
function giveBack(world: World, subscription: SubscriptionRecord): void {
  const credits = creditsFor(world, subscription, subscription.items, world.seconds())
  for (const { draft } of credits) bookItem(world, subscription.customer, subscription.currency, draft, null)
  bookDebits(
    world,
    credits.flatMap(({ debit }) => debit ?? []),
    [],
  )
}

/** A last invoice, when anything waits for one. */
function billWhatWaits(world: World, subscription: SubscriptionRecord): void {
  const drafts = [
    ...waitingLines(world, subscription),
    ...usageLines(world, subscription, subscription.items, world.seconds()).filter(({ amount }) => amount > 0),
  ]
  if (drafts.length === 0) return
  const { invoice: built } = buildInvoice(world, world.nextId('in'), {
    customer: world.store.get('customer', subscription.customer) ?? null,
    subscription,
    currency: subscription.currency,
    drafts,
    reason: 'subscription_update',
    period: {
      start: Math.min(...subscription.items.map((item) => item.current_period_start)),
      end: world.seconds(),
    },
    prorationDate: null,
    terms: termsOf(world, subscription),
  })
  world.store.put('subscription', { ...subscription, latest_invoice: built.id })
  collect(world, subscription, issueInvoice(world, built), 'unattended')
}

/** Nobody tries again by itself to collect what an ended subscription owes. */
function stopRetries(world: World, id: string): void {
  for (const invoice of world.store.all('invoice')) {
    if (invoice.subscription === id && invoice.next_payment_attempt !== null) {
      world.store.put('invoice', { ...invoice, next_payment_attempt: null })
    }
  }
}

function cancelSchedule(world: World, { schedule: id }: SubscriptionRecord): void {
  const schedule = id ? world.store.get('schedule', id) : undefined
  if (schedule?.status !== 'active') return
  const canceled = { ...schedule, canceled_at: world.seconds(), current_phase: null, status: 'canceled' as const }
  world.store.put('schedule', canceled)
  emit(world, 'subscription_schedule.canceled', canceled, schedule)
}
