import { cardOfNumber, type Decline } from '../cards.ts'
import { ApiError } from '../errors.ts'
import type { PaymentMethodRecord } from '../state/customer-records.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import { recordCharge } from '../state/journal.ts'
import type { ChargeRecord } from '../state/money-records.ts'
import type { PaymentIntentRecord } from '../state/payment-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { render } from '../wire/render.ts'
import { invoicePaid } from './subscription-state.ts'

const AUTHENTICATION_FAILED: Decline = {
  code: 'payment_intent_authentication_failure',
  decline_code: '',
  message: 'We are unable to authenticate your payment method. Please choose a different payment method and try again.',
}

/** The payment of an open invoice: made on first use, the same one afterwards. */
export function openPayment(world: World, invoice: InvoiceRecord): PaymentIntentRecord {
  const known = invoice.payment_intent ? world.store.get('payment_intent', invoice.payment_intent) : undefined
  if (known) return known
  const id = world.nextId('pi')
  const intent: PaymentIntentRecord = {
    id,
    object: 'payment_intent',
    amount: invoice.amount_due,
    amount_received: 0,
    canceled_at: null,
    client_secret: `${id}_secret_${world.secret()}`,
    created: world.seconds(),
    currency: invoice.currency,
    customer: invoice.customer ?? '',
    invoice: invoice.id,
    last_payment_error: null,
    latest_charge: null,
    payment_method: null,
    status: 'requires_payment_method',
  }
  world.store.put('payment_intent', intent)
  world.store.put('invoice', { ...invoice, payment_intent: id })
  world.store.put('invoice_payment', {
    id: world.nextId('inpay'),
    object: 'invoice_payment',
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: world.seconds(),
    currency: invoice.currency,
    invoice: invoice.id,
    payment_intent: id,
    status: 'open',
    canceled_at: null,
    paid_at: null,
  })
  emit(world, 'payment_intent.created', intent)
  return intent
}

/** Tries to pay with `method`: the card decides whether it pays, declines or asks for authentication. */
export function attemptPayment(
  world: World,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
): PaymentIntentRecord {
  const card = cardOfNumber(method.number)
  countAttempt(world, intent.invoice)
  const asks = card?.authentication === 'always' || (card?.authentication === 'until_set_up' && !method.authenticated)
  if (asks) return requireAction(world, intent, method)
  return card?.decline ? fail(world, intent, method, card.decline) : succeed(world, intent, method)
}

/** The customer finished 3-D Secure, well or badly: https://docs.stripe.com/payments/3d-secure */
export function finishAuthentication(
  world: World,
  intent: PaymentIntentRecord,
  outcome: 'succeed' | 'fail',
): PaymentIntentRecord {
  const method = intent.payment_method ? world.store.get('payment_method', intent.payment_method) : undefined
  if (!method) return intent
  if (outcome === 'fail') return fail(world, intent, method, AUTHENTICATION_FAILED)
  const authenticated = { ...method, authenticated: true }
  world.store.put('payment_method', authenticated)
  const decline = cardOfNumber(method.number)?.decline
  return decline ? fail(world, intent, authenticated, decline) : succeed(world, intent, authenticated)
}

/** The 402 of a payment that did not go through, whose effects stay. */
export function cardError(world: World, intent: PaymentIntentRecord): ApiError {
  const failure = intent.last_payment_error
  const message = typeof failure?.['message'] === 'string' ? failure['message'] : 'Your card was declined.'
  const code = typeof failure?.['code'] === 'string' ? failure['code'] : 'card_declined'
  const declineCode = failure?.['decline_code']
  return new ApiError(
    402,
    {
      type: 'card_error',
      code,
      message,
      ...(typeof declineCode === 'string' && { decline_code: declineCode }),
      payment_intent: render(world, intent),
    },
    true,
  )
}

const invoiceOf = (world: World, intent: PaymentIntentRecord): InvoiceRecord | undefined =>
  world.store.get('invoice', intent.invoice)

function countAttempt(world: World, id: string): void {
  const invoice = world.store.get('invoice', id)
  if (invoice) {
    world.store.put('invoice', { ...invoice, attempted: true, attempt_count: invoice.attempt_count + 1 })
  }
}

function requireAction(world: World, before: PaymentIntentRecord, method: PaymentMethodRecord): PaymentIntentRecord {
  const intent: PaymentIntentRecord = {
    ...before,
    last_payment_error: null,
    payment_method: method.id,
    status: 'requires_action',
  }
  world.store.put('payment_intent', intent)
  emit(world, 'payment_intent.requires_action', intent)
  const invoice = invoiceOf(world, intent)
  if (invoice) emit(world, 'invoice.payment_action_required', invoice)
  return intent
}

function fail(
  world: World,
  before: PaymentIntentRecord,
  method: PaymentMethodRecord,
  { code, decline_code, message }: Decline,
): PaymentIntentRecord {
  const intent: PaymentIntentRecord = {
    ...before,
    last_payment_error: {
      type: code === AUTHENTICATION_FAILED.code ? 'invalid_request_error' : 'card_error',
      code,
      ...(decline_code && { decline_code }),
      message,
      payment_method: render(world, method),
    },
    payment_method: null,
    status: 'requires_payment_method',
  }
  world.store.put('payment_intent', intent)
  emit(world, 'payment_intent.payment_failed', intent)
  const invoice = invoiceOf(world, intent)
  if (invoice) emit(world, 'invoice.payment_failed', invoice)
  return intent
}

function succeed(world: World, before: PaymentIntentRecord, method: PaymentMethodRecord): PaymentIntentRecord {
  const intent: PaymentIntentRecord = {
    ...before,
    amount_received: before.amount,
    last_payment_error: null,
    latest_charge: takeMoney(world, before, method),
    payment_method: method.id,
    status: 'succeeded',
  }
  world.store.put('payment_intent', intent)
  recordCharge(world, intent)
  emit(world, 'payment_intent.succeeded', intent)
  const invoice = invoiceOf(world, intent)
  if (invoice) closeInvoice(world, invoice)
  return intent
}

/** Charges the card; what is refunded or disputed later is written on this. */
function takeMoney(world: World, intent: PaymentIntentRecord, method: PaymentMethodRecord): string {
  const charge: ChargeRecord = {
    id: world.nextId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_refunded: 0,
    created: world.seconds(),
    currency: intent.currency,
    customer: intent.customer,
    disputed: false,
    payment_intent: intent.id,
    payment_method: method.id,
  }
  world.store.put('charge', charge)
  emit(world, 'charge.succeeded', charge)
  return charge.id
}

/** An invoice has been paid for: it closes, its payments too, and what waited for it happens. */
export function closeInvoice(world: World, before: InvoiceRecord): void {
  const at = world.seconds()
  const invoice: InvoiceRecord = {
    ...before,
    amount_paid: before.amount_due,
    next_payment_attempt: null,
    paid_at: at,
    status: 'paid',
  }
  world.store.put('invoice', invoice)
  emit(world, 'invoice.paid', invoice)
  emit(world, 'invoice.payment_succeeded', invoice)
  for (const payment of world.store.all('invoice_payment')) {
    if (payment.invoice !== invoice.id || payment.status !== 'open') continue
    const paid = { ...payment, amount_paid: invoice.amount_paid, paid_at: at, status: 'paid' as const }
    world.store.put('invoice_payment', paid)
    emit(world, 'invoice_payment.paid', paid)
  }
  invoicePaid(world, invoice)
}
