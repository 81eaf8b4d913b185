import { attemptPayment, cardError } from '../billing/payments.ts'
import { ApiError, invalid } from '../errors.ts'
import type { PaymentIntentRecord } from '../state/payment-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { flag, object, oneOf, range, required, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { usableMethod } from './payment-methods.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'

function unexpectedState(world: World, intent: PaymentIntentRecord): ApiError {
  return new ApiError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`,
    payment_intent: render(world, intent),
  })
}

/** Tries to pay an intent with the given payment method, or the one it has. */
export function confirmIntent(
  world: World,
  intent: PaymentIntentRecord,
  given: string | undefined,
): PaymentIntentRecord {
  if (intent.status === 'succeeded' || intent.status === 'canceled') throw unexpectedState(world, intent)
  const id = given ?? intent.payment_method
  if (!id) {
    throw invalid(
      "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a payment method.",
      { code: 'payment_intent_unexpected_state' },
    )
  }
  const method = usableMethod(world, id, findCustomer(world, intent.customer), 'payment_method')
  const tried = attemptPayment(world, intent, method)
  if (tried.status === 'requires_payment_method') throw cardError(world, tried)
  return tried
}

/** https://docs.stripe.com/api/payment_intents: those that invoices make. */
export const paymentIntentRoutes: readonly Route[] = [
  route('GET', '/v1/payment_intents/:id', { client_secret: text() }, ({ world, id }) =>
    render(world, find(world, 'payment_intent', id)),
  ),
  route('GET', '/v1/payment_intents', { ...LIST_PARAMS, created: range(), customer: text() }, ({ world, params }) => {
    const found = newestFirst(world, 'payment_intent').filter(
      (intent) => matches(params.customer, intent.customer) && (params.created?.(intent.created) ?? true),
    )
    return page('/v1/payment_intents', found, params, (intent) => render(world, intent))
  }),
  route(
    'POST',
    '/v1/payment_intents/:id/confirm',
    { off_session: flag(), payment_method: text(), return_url: text() },
    ({ world, params, id }) =>
      render(world, confirmIntent(world, find(world, 'payment_intent', id), params.payment_method)),
  ),
]

const PAYMENT = object({ payment_intent: text(), type: required(oneOf('payment_intent')) })

/** https://docs.stripe.com/api/invoice-payment */
export const invoicePaymentRoutes: readonly Route[] = [
  route('GET', '/v1/invoice_payments/:id', {}, ({ world, id }) => render(world, find(world, 'invoice_payment', id))),
  route(
    'GET',
    '/v1/invoice_payments',
    { ...LIST_PARAMS, created: range(), invoice: text(), payment: PAYMENT, status: oneOf('open', 'paid', 'canceled') },
    ({ world, params }) => {
      const found = newestFirst(world, 'invoice_payment').filter(
        (payment) =>
          matches(params.invoice, payment.invoice) &&
          matches(params.status, payment.status) &&
          matches(params.payment?.payment_intent, payment.payment_intent) &&
          (params.created?.(payment.created) ?? true),
      )
      return page('/v1/invoice_payments', found, params, (payment) => render(world, payment))
    },
  ),
]
