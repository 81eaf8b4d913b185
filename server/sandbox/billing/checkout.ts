import { ApiError, invalid } from '../errors.ts'
import type { CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { CustomerRecord, PaymentMethodRecord } from '../state/customer-records.ts'
import type { PaymentIntentRecord } from '../state/payment-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { cardError, finishAuthentication } from './payments.ts'
import { subscribe } from './subscribe.ts'

/** What the bank was told: nothing yet, or how 3-D Secure ended. */
export type Authentication = 'none' | 'succeed' | 'fail'

/** Thrown when the bank wants to see the user before it pays. */
export class NeedsAuthentication extends Error {
  override readonly name = 'NeedsAuthentication'
}

/** Closes an open session: its page sells nothing any more. */
export function expireSession(world: World, before: CheckoutSessionRecord): CheckoutSessionRecord {
  if (before.status !== 'open') {
    throw invalid(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Session has a status of ${before.status}.`,
    )
  }
  const expired: CheckoutSessionRecord = { ...before, status: 'expired' }
  world.store.put('checkout_session', expired)
  emit(world, 'checkout.session.expired', expired)
  return expired
}

/**
 * Pays an open session: the subscription begins with the payment, or nothing happens at all. To be run in one commit, so that
 * a refusal leaves no subscription behind, as on Stripe's page: https://docs.stripe.com/payments/checkout/how-checkout-works
 */
export function completeSession(
  world: World,
  before: CheckoutSessionRecord,
  payer: { customer: CustomerRecord; method: PaymentMethodRecord; authentication: Authentication },
): CheckoutSessionRecord {
  const { customer, method, authentication } = payer
  const begun = subscribe(world, {
    customer,
    items: before.items.map(({ price, quantity }) => ({ price, quantity })),
    behavior: 'allow_incomplete',
    billingMode: before.billing_mode,
    cancelAtPeriodEnd: false,
    defaultPaymentMethod: method.id,
    description: before.subscription_data.description,
    metadata: before.subscription_data.metadata,
    trialEnd: null,
    trialSettings: undefined,
  })
  if (begun.status === 'incomplete') authenticate(world, begun, authentication)
  const complete: CheckoutSessionRecord = {
    ...before,
    customer: customer.id,
    invoice: begun.latest_invoice,
    payment_status: before.amount_total === 0 ? 'no_payment_required' : 'paid',
    status: 'complete',
    subscription: begun.id,
  }
  world.store.put('checkout_session', complete)
  emit(world, 'checkout.session.completed', complete)
  return complete
}

function authenticate(world: World, subscription: SubscriptionRecord, authentication: Authentication): void {
  const intent = intentOf(world, subscription)
  if (!intent) throw new Error(`the subscription ${subscription.id} has no payment`)
  if (intent.status !== 'requires_action') throw withoutEffects(world, intent)
  if (authentication === 'none') throw new NeedsAuthentication('The bank wants to see the user.')
  const tried = finishAuthentication(world, intent, authentication)
  if (tried.status !== 'succeeded') throw withoutEffects(world, tried)
}

function intentOf(world: World, { latest_invoice }: SubscriptionRecord): PaymentIntentRecord | undefined {
  const invoice = latest_invoice ? world.store.get('invoice', latest_invoice) : undefined
  return invoice?.payment_intent ? world.store.get('payment_intent', invoice.payment_intent) : undefined
}

const withoutEffects = (world: World, intent: PaymentIntentRecord): ApiError =>
  new ApiError(402, cardError(world, intent).body)
