import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { unapplyBalance } from './balance.ts'
import { useUp } from './invoicing.ts'
import { owes, saveSubscription } from './subscription-state.ts'

/**
 * Voids an open invoice: its payment is canceled, the customer's balance and the items that had waited
 * come back, and a pending update that depended on it is given up:
 * https://docs.stripe.com/billing/subscriptions/pending-updates
 */
export function voidInvoice(world: World, before: InvoiceRecord): InvoiceRecord {
  const invoice: InvoiceRecord = { ...before, next_payment_attempt: null, status: 'void', voided_at: world.seconds() }
  world.store.put('invoice', invoice)
  cancelPayment(world, invoice)
  unapplyBalance(world, invoice)
  returnItems(world, invoice)
  useUp(world, invoice, false)
  emit(world, 'invoice.voided', invoice)
  const subscription = invoice.subscription ? world.store.get('subscription', invoice.subscription) : undefined
  if (subscription) afterVoid(world, subscription, invoice)
  return invoice
}

/** Gives up a pending update by voiding its invoice. Returns the subscription as it is afterwards. */
export function dropPendingUpdate(world: World, subscription: SubscriptionRecord): SubscriptionRecord {
  const id = subscription.pending_update?.invoice
  const invoice = id ? world.store.get('invoice', id) : undefined
  if (invoice) voidInvoice(world, invoice)
  return world.store.get('subscription', subscription.id) ?? subscription
}

function cancelPayment(world: World, invoice: InvoiceRecord): void {
  const at = world.seconds()
  const intent = invoice.payment_intent ? world.store.get('payment_intent', invoice.payment_intent) : undefined
  if (intent && intent.status !== 'succeeded') {
    const canceled = { ...intent, canceled_at: at, status: 'canceled' as const }
    world.store.put('payment_intent', canceled)
    emit(world, 'payment_intent.canceled', canceled)
  }
  for (const payment of world.store.all('invoice_payment')) {
    if (payment.invoice !== invoice.id || payment.status !== 'open') continue
    world.store.put('invoice_payment', { ...payment, canceled_at: at, status: 'canceled' })
  }
}

function returnItems(world: World, invoice: InvoiceRecord): void {
  for (const { invoice_item } of invoice.lines) {
    const item = invoice_item ? world.store.get('invoice_item', invoice_item) : undefined
    if (!item) continue
    if (item.born_invoiced) world.store.remove('invoice_item', item.id)
    else world.store.put('invoice_item', { ...item, invoice: null })
  }
  for (const debit of world.store.all('debit')) {
    if (debit.billed?.invoice !== invoice.id) continue
    if (world.store.get('invoice_item', debit.id)) world.store.put('debit', { ...debit, billed: null })
    else world.store.remove('debit', debit.id)
  }
}

function afterVoid(world: World, before: SubscriptionRecord, invoice: InvoiceRecord): void {
  if (before.pending_update?.invoice === invoice.id) {
    const after = saveSubscription(world, { ...before, pending_update: null }, before)
    emit(world, 'customer.subscription.pending_update_expired', after, before)
  } else if (before.status === 'incomplete') {
    const ended = { ...before, ended_at: world.seconds(), status: 'incomplete_expired' as const }
    saveSubscription(world, ended, before)
  } else if (before.status === 'past_due' && !owes(world, before)) {
    saveSubscription(world, { ...before, status: 'active' }, before)
  }
}
