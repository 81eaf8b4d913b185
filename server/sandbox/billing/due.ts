import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { expireSession } from './checkout.ts'
import { defaultMethod } from './collecting.ts'
import { collectRenewal, overdue, retry } from './dunning.ts'
import { endSubscription } from './ending.ts'
import { buildInvoice } from './invoicing.ts'
import { planRenewal } from './renewal.ts'
import { nextTurn, turnPhase } from './schedule.ts'
import { bookDebits, earliestPeriodEnd, saveSubscription } from './subscription-state.ts'
import { giveNotice, noticeAt } from './trials.ts'
import { dropPendingUpdate, voidInvoice } from './voiding.ts'

/** How long a first payment may take: https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses */
const INCOMPLETE_SECONDS = 23 * 3600

/** What was agreed on waits no longer: a last invoice takes it. */
const AT_ITS_END = { invoiceNow: true, prorate: false }

/** Something that time alone brings about. `at` is in epoch seconds. */
export interface Due {
  readonly at: number
  run(): void
}

/** The next thing that falls due, if any: an expiry, the end of a subscription, a renewal. */
export function nextDue(world: World): Due | undefined {
  let next: Due | undefined
  const consider = (due: Due | undefined): void => {
    if (due && (!next || due.at < next.at)) next = due
  }
  for (const subscription of world.store.all('subscription')) consider(dueOf(world, subscription))
  for (const invoice of world.store.all('invoice')) consider(dueOfInvoice(world, invoice))
  for (const session of world.store.all('checkout_session')) {
    if (session.status === 'open') consider({ at: session.expires_at, run: () => void expireSession(world, session) })
  }
  return next
}

function dueOfInvoice(world: World, invoice: InvoiceRecord): Due | undefined {
  const { due_date, next_payment_attempt: next, status, subscription: id } = invoice
  if (status !== 'open') return undefined
  if (next !== null) return { at: next, run: () => retry(world, invoice) }
  const active = id !== null && world.store.get('subscription', id)?.status === 'active'
  return active && due_date !== null ? { at: due_date, run: () => overdue(world, invoice) } : undefined
}

function dueOf(world: World, subscription: SubscriptionRecord): Due | undefined {
  const { status, pending_update: pending, created } = subscription
  if (status === 'incomplete') {
    return { at: created + INCOMPLETE_SECONDS, run: () => expireIncomplete(world, subscription) }
  }
  if (status !== 'active' && status !== 'past_due' && status !== 'trialing') return undefined
  const end = earliestPeriodEnd(subscription)
  if (pending && pending.expires_at <= end) {
    return { at: pending.expires_at, run: () => void dropPendingUpdate(world, subscription) }
  }
  const resumes = subscription.pause_collection?.resumes_at ?? null
  if (resumes !== null && resumes <= end) {
    const after = { ...subscription, pause_collection: null }
    return { at: resumes, run: () => void saveSubscription(world, after, subscription) }
  }
  const notice = noticeAt(subscription)
  if (notice !== null) return { at: notice, run: () => giveNotice(world, subscription) }
  const schedule = subscription.schedule ? world.store.get('schedule', subscription.schedule) : undefined
  const turn = schedule ? nextTurn(schedule) : null
  if (schedule && turn !== null && turn <= end) return { at: turn, run: () => turnPhase(world, schedule) }
  const { cancel_at } = subscription
  if (cancel_at !== null && cancel_at <= end) {
    return { at: cancel_at, run: () => void endSubscription(world, subscription, AT_ITS_END) }
  }
  return { at: end, run: () => (status === 'trialing' ? endTrial(world, subscription) : renew(world, subscription)) }
}

function expireIncomplete(world: World, subscription: SubscriptionRecord): void {
  const invoice = subscription.latest_invoice && world.store.get('invoice', subscription.latest_invoice)
  if (invoice && invoice.status === 'open') voidInvoice(world, invoice)
  const now = world.store.get('subscription', subscription.id) ?? subscription
  if (now.status !== 'incomplete') return
  saveSubscription(world, { ...now, ended_at: world.seconds(), status: 'incomplete_expired' }, now)
}

/** A trial is over: it is paid for from now on, or what was agreed on for want of a card happens. */
function endTrial(world: World, before: SubscriptionRecord): void {
  const lacking = before.trial_settings.end_behavior.missing_payment_method
  if (lacking === 'create_invoice' || defaultMethod(world, before)) {
    renew(world, before, 'active')
    return
  }
  if (lacking === 'cancel') {
    endSubscription(world, before, AT_ITS_END)
    return
  }
  const paused = saveSubscription(world, { ...before, status: 'paused' }, before)
  emit(world, 'customer.subscription.paused', paused)
}

function renew(world: World, before: SubscriptionRecord, status = before.status): void {
  const { items, plan } = planRenewal(world, before)
  const { invoice: built, debits } = buildInvoice(world, world.nextId('in'), plan)
  bookDebits(world, [], debits)
  saveSubscription(world, { ...before, items, latest_invoice: built.id, status }, before)
  collectRenewal(world, before.id, built)
}
