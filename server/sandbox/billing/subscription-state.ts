import type { DebitRecord, InvoiceRecord } from '../state/invoice-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { mergeMetadata } from '../wire/params.ts'

/** Stores a changed subscription and tells about it. */
export function saveSubscription(
  world: World,
  after: SubscriptionRecord,
  before: SubscriptionRecord,
): SubscriptionRecord {
  world.store.put('subscription', after)
  if (JSON.stringify(after) !== JSON.stringify(before)) {
    emit(world, 'customer.subscription.updated', after, before)
  }
  return after
}

/** How a subscription is to end: with its period, at a time in epoch seconds, or not. */
export type Ending = 'at_period_end' | { readonly at: number } | 'never'

/** The members of an ending that go together. */
export const endingWith = (
  subscription: Pick<SubscriptionRecord, 'items'>,
  ending: Ending,
  now: number,
): Pick<SubscriptionRecord, 'cancel_at' | 'cancel_at_period_end' | 'canceled_at' | 'cancellation'> =>
  ending === 'never'
    ? {
        cancel_at: null,
        cancel_at_period_end: false,
        canceled_at: null,
        cancellation: { comment: null, feedback: null, reason: null },
      }
    : {
        cancel_at: ending === 'at_period_end' ? earliestPeriodEnd(subscription) : ending.at,
        cancel_at_period_end: ending === 'at_period_end',
        canceled_at: now,
        cancellation: { comment: null, feedback: null, reason: 'cancellation_requested' },
      }

/** When the first of its items renews, in epoch seconds. */
export const earliestPeriodEnd = (subscription: Pick<SubscriptionRecord, 'items'>): number =>
  Math.min(...subscription.items.map((item) => item.current_period_end))

/** When the last of its items renews, in epoch seconds. */
export const latestPeriodEnd = (subscription: Pick<SubscriptionRecord, 'items'>): number =>
  Math.max(...subscription.items.map((item) => item.current_period_end))

/** Books what a change gave back and what it billed, so that the next change credits the right debits. */
export function bookDebits(world: World, credits: readonly string[], debits: readonly DebitRecord[]): void {
  for (const id of credits) {
    const debit = world.store.get('debit', id)
    if (debit) world.store.put('debit', { ...debit, credited: true })
  }
  for (const debit of debits) world.store.put('debit', debit)
}

/** What the payment of `invoice` does to its subscription. */
export function invoicePaid(world: World, invoice: InvoiceRecord): void {
  const subscription = invoice.subscription ? world.store.get('subscription', invoice.subscription) : undefined
  if (!subscription) return
  if (subscription.pending_update?.invoice === invoice.id) applyPendingUpdate(world, subscription)
  else if (subscription.status === 'paused') takeUp(world, subscription)
  else if (['incomplete', 'past_due', 'unpaid'].includes(subscription.status)) {
    if (!owes(world, subscription)) saveSubscription(world, { ...subscription, status: 'active' }, subscription)
  }
}

/** The invoice of a paused subscription is paid: it runs again. */
export function takeUp(world: World, before: SubscriptionRecord): SubscriptionRecord {
  const resumed = saveSubscription(world, { ...before, status: 'active' }, before)
  emit(world, 'customer.subscription.resumed', resumed)
  return resumed
}

/** True while an invoice of the subscription, other than that of a pending update, is unpaid. */
export const owes = (world: World, subscription: SubscriptionRecord): boolean =>
  world.store
    .all('invoice')
    .some(
      ({ due_date, id, status, subscription: of }) =>
        of === subscription.id &&
        status === 'open' &&
        (due_date === null || due_date <= world.seconds()) &&
        id !== subscription.pending_update?.invoice,
    )

function applyPendingUpdate(world: World, before: SubscriptionRecord): void {
  const pending = before.pending_update
  if (!pending) return
  bookDebits(world, pending.credits, pending.debits)
  const applied: SubscriptionRecord = {
    ...before,
    billing_cycle_anchor: pending.billing_cycle_anchor ?? before.billing_cycle_anchor,
    items: pending.items,
    metadata: mergeMetadata(before.metadata, pending.metadata ?? undefined),
    discounts: pending.discounts ?? before.discounts,
    pending_update: null,
    ...pending.trial,
  }
  const ending = pending.cancel_at_period_end
  const after =
    ending === null
      ? applied
      : { ...applied, ...endingWith(applied, ending ? 'at_period_end' : 'never', world.seconds()) }
  saveSubscription(world, after, before)
  emit(world, 'customer.subscription.pending_update_applied', after)
}
