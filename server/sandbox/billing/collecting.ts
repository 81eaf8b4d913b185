import { ApiError, invalid, missing } from '../errors.ts'
import type { PaymentMethodRecord } from '../state/customer-records.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { PaymentIntentRecord } from '../state/payment-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { attemptPayment, cardError, openPayment } from './payments.ts'

/** What is to happen when a payment does not go through at once: Stripe's `payment_behavior`. */
export type PaymentBehavior =
  | 'allow_incomplete'
  | 'default_incomplete'
  | 'error_if_incomplete'
  | 'pending_if_incomplete'

/** The same, and `unattended`: time alone asks for the payment, so that nobody is there to be refused. */
export type Collecting = PaymentBehavior | 'unattended'

/** How the payment of an invoice stands. */
export type Collected = 'paid' | 'sent' | 'unpaid'

/** The card that a subscription is billed to: its own, else the customer's. */
export function defaultMethod(world: World, subscription: SubscriptionRecord): PaymentMethodRecord | undefined {
  const customer = world.store.get('customer', subscription.customer)
  const id = subscription.default_payment_method ?? customer?.invoice_settings.default_payment_method
  return id ? world.store.get('payment_method', id) : undefined
}

/** A payment method of this customer, or the refusal Stripe gives. */
export function methodOf(world: World, customer: string, id: string, param: string): PaymentMethodRecord {
  const method = world.store.get('payment_method', id)
  if (!method) throw missing('PaymentMethod', id, param)
  if (method.customer === customer) return method
  throw invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  )
}

/** Tries to pay an issued invoice as `behavior` says. Throws (and so undoes the call) where that says so. */
export function collect(
  world: World,
  subscription: SubscriptionRecord,
  invoice: InvoiceRecord,
  behavior: Collecting,
): Collected {
  if (invoice.status === 'paid') return 'paid'
  if (subscription.collection.method === 'send_invoice') {
    emit(world, 'invoice.sent', invoice)
    return 'sent'
  }
  const intent = openPayment(world, invoice)
  const method = defaultMethod(world, subscription)
  if (behavior === 'default_incomplete') {
    if (method) awaitConfirmation(world, intent, method)
    return 'unpaid'
  }
  if (!method && behavior === 'unattended') {
    emit(world, 'invoice.payment_failed', world.store.get('invoice', invoice.id) ?? invoice)
    return 'unpaid'
  }
  if (!method) {
    throw invalid(
      'This customer has no attached payment source or default payment method. Please consider adding a default payment method.',
      { code: 'resource_missing' },
    )
  }
  const tried = attemptPayment(world, intent, method)
  if (tried.status === 'succeeded') return 'paid'
  if (behavior === 'error_if_incomplete') throw withoutEffects(world, tried)
  return 'unpaid'
}

function awaitConfirmation(world: World, intent: PaymentIntentRecord, method: PaymentMethodRecord): void {
  world.store.put('payment_intent', { ...intent, payment_method: method.id, status: 'requires_confirmation' })
}

function withoutEffects(world: World, intent: PaymentIntentRecord): ApiError {
  if (intent.status !== 'requires_action') return new ApiError(402, cardError(world, intent).body)
  return new ApiError(402, {
    type: 'card_error',
    code: 'subscription_payment_intent_requires_action',
    message: 'Payment for this subscription requires additional user action before it can be completed successfully.',
  })
}

/** Tries to pay an open invoice on request, with the given or the usual card. */
export function payInvoice(world: World, invoice: InvoiceRecord, given: string | undefined): void {
  if (invoice.status === 'paid') throw invalid('Invoice is already paid', { code: 'invoice_already_paid' })
  if (invoice.status !== 'open' && invoice.status !== 'uncollectible') {
    throw invalid(`This invoice can no longer be paid: it is ${invoice.status}.`, { code: 'invoice_not_open' })
  }
  const subscription = invoice.subscription ? world.store.get('subscription', invoice.subscription) : undefined
  const method = given
    ? methodOf(world, invoice.customer ?? '', given, 'payment_method')
    : subscription && defaultMethod(world, subscription)
  if (!method) {
    throw invalid('There is no `default_payment_method` set on this Customer or Invoice. Please set one.', {
      code: 'resource_missing',
    })
  }
  const tried = attemptPayment(world, openPayment(world, invoice), method)
  if (tried.status === 'succeeded') return
  if (tried.status !== 'requires_action') throw cardError(world, tried)
  const code = 'invoice_payment_intent_requires_action'
  const message = 'Payment for this invoice requires additional user action before it can be completed successfully.'
  throw new ApiError(402, { ...cardError(world, tried).body, code, message }, true)
}
