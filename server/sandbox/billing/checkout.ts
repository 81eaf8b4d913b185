import { ApiError, invalid } from '../errors.ts'
import type { CheckoutBill, CheckoutItem, CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { CustomerRecord, PaymentMethodRecord } from '../state/customer-records.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { PaymentIntentRecord } from '../state/payment-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { sumOf } from './discounts.ts'
import { needsCountry, payerOf } from './payer.ts'
import { cardError, finishAuthentication } from './payments.ts'
import { previewNew } from './preview.ts'
import { subscribe } from './subscribe.ts'
import { onTop } from './taxes.ts'

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

/** An item as a subscription takes it. */
const toSold = ({ price, quantity }: CheckoutItem) => ({ price, ...(quantity !== null && { quantity }) })

const termsOfSession = ({
  billing_mode,
  currency,
  discounts,
  subscription_data,
  tax,
}: Omit<CheckoutSessionRecord, 'bill'>) => ({
  billingMode: billing_mode,
  currency,
  discounts,
  tax,
  trialEnd: subscription_data.trial_end,
})

/** What a session bills: its invoice, or as long as it is open the one that paying it would make. */
export function invoiceOfSession(world: World, session: Omit<CheckoutSessionRecord, 'bill'>): InvoiceRecord {
  const made = session.invoice ? world.store.get('invoice', session.invoice) : undefined
  return made ?? previewNew(world, payerOf(world, session), session.items.map(toSold), termsOfSession(session))
}

/** What an invoice comes to, for the session that makes it. */
function billOf({ lines, total }: InvoiceRecord): CheckoutBill {
  const billed = lines.map(({ amount, discounts, price, taxes }) => ({
    amount,
    discount: sumOf(discounts),
    price,
    tax: onTop(taxes),
  }))
  return {
    discount: billed.reduce((sum, { discount }) => sum + discount, 0),
    lines: billed,
    subtotal: sumOf(billed),
    tax: billed.reduce((sum, { tax }) => sum + tax, 0),
    total,
  }
}

/** The session with its bill worked out anew. Refuses what cannot be sold: a code that cannot be redeemed, a price that is gone. */
export const billed = (world: World, session: Omit<CheckoutSessionRecord, 'bill'>): CheckoutSessionRecord => ({
  ...session,
  bill: billOf(invoiceOfSession(world, session)),
})

/** The session with what the customer chose on its page: other quantities, a promotion code. Refuses what is not allowed. */
export function chooseOn(
  world: World,
  session: CheckoutSessionRecord,
  chosen: { readonly quantities: Readonly<Record<string, number>>; readonly code: string; readonly country: string },
): CheckoutSessionRecord {
  const items = session.items.map((item) => {
    const wanted = chosen.quantities[item.id]
    if (wanted === undefined || !item.adjustable) return item
    const { minimum, maximum } = item.adjustable
    if (wanted >= minimum && wanted <= maximum) return { ...item, quantity: wanted }
    throw invalid(`Choose a quantity from ${minimum} to ${maximum}.`)
  })
  const country = countryOn(world, session, chosen.country)
  const changed = billed(world, { ...session, country, items, discounts: codeOn(world, session, chosen.code) })
  world.store.put('checkout_session', changed)
  return changed
}

function countryOn(world: World, session: CheckoutSessionRecord, typed: string): string | null {
  if (!needsCountry(world, session)) return session.country
  if (/^[A-Z]{2}$/.test(typed)) return typed
  throw invalid('Tell the country that you live in, by its two letters.')
}

function codeOn(world: World, session: CheckoutSessionRecord, typed: string): CheckoutSessionRecord['discounts'] {
  if (typed === '' || !session.allow_promotion_codes) return session.discounts
  const found = world.store
    .all('promotion_code')
    .find(({ active, code }) => active && code.toLowerCase() === typed.toLowerCase())
  if (found) return [{ promotion_code: found.id }]
  throw invalid('This code is invalid.', { param: 'promotion_code' })
}

/**
 * Pays an open session: the subscription begins with the payment, or nothing happens at all. To be run in one commit, so that
 * a refusal leaves no subscription behind, as on Stripe's page: https://docs.stripe.com/payments/checkout/how-checkout-works
 */
export function completeSession(
  world: World,
  before: CheckoutSessionRecord,
  payer: { customer: CustomerRecord; method: PaymentMethodRecord | null; authentication: Authentication },
): CheckoutSessionRecord {
  const { customer, method, authentication } = payer
  const begun = subscribe(world, {
    ...termsOfSession(before),
    customer,
    items: before.items.map(toSold),
    behavior: 'allow_incomplete',
    cancelAtPeriodEnd: false,
    collection: { method: 'charge_automatically' },
    defaultPaymentMethod: method?.id ?? null,
    description: before.subscription_data.description,
    metadata: before.subscription_data.metadata,
    trialSettings: before.subscription_data.trial_settings,
  })
  if (begun.status === 'incomplete') authenticate(world, begun, authentication)
  const paid = begun.latest_invoice ? world.store.get('invoice', begun.latest_invoice) : undefined
  const complete: CheckoutSessionRecord = {
    ...before,
    bill: paid ? billOf(paid) : before.bill,
    customer: customer.id,
    invoice: begun.latest_invoice,
    payment_status: paid?.amount_paid ? 'paid' : 'no_payment_required',
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
