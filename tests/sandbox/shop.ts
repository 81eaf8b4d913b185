import Stripe from 'stripe'
import { onTestFinished } from 'vitest'
import { createStripeSandbox, type SandboxOptions, type StripeSandbox } from '../../server/sandbox/index.ts'

/** 20 Jan 2026, noon UTC, in epoch ms: far from the end of a month. */
export const START = Date.UTC(2026, 0, 20, 12)
export const HOUR = 3_600_000
export const DAY = 24 * HOUR

export interface Shop {
  readonly sandbox: StripeSandbox
  readonly stripe: Stripe
  readonly url: string
}

/** A sandbox of this test's own, with the official client over HTTP; closed when the test ends. */
export async function openShop(options: SandboxOptions = {}): Promise<Shop> {
  const sandbox = createStripeSandbox({ now: () => START, ...options })
  const { url, port } = await sandbox.listen(0)
  onTestFinished(() => sandbox.close())
  return { sandbox, url, stripe: clientAt(port) }
}

/** The official client, pointed at a port of this machine. */
export const clientAt = (port: number, settings: { timeout?: number; retries?: number } = {}): Stripe =>
  new Stripe('sk_test_sandbox', {
    host: '127.0.0.1',
    port,
    protocol: 'http',
    telemetry: false,
    maxNetworkRetries: settings.retries ?? 0,
    timeout: settings.timeout ?? 10_000,
  })

/** A monthly (or yearly) price of its own product. */
export const price = (
  stripe: Stripe,
  name: string,
  unit_amount: number,
  more: { currency?: string; interval?: 'month' | 'year'; tax?: 'exclusive' | 'inclusive' } = {},
): Promise<Stripe.Price> =>
  stripe.prices.create({
    currency: more.currency ?? 'usd',
    product_data: { name },
    recurring: { interval: more.interval ?? 'month' },
    unit_amount,
    ...(more.tax && { tax_behavior: more.tax }),
  })

/** A customer whose default card is the one of `token`. */
export const customer = (stripe: Stripe, token = 'pm_card_visa'): Promise<Stripe.Customer> =>
  stripe.customers.create({
    email: 'ada@example.com',
    payment_method: token,
    invoice_settings: { default_payment_method: token },
  })

/** Replaces the customer's default card. */
export const useCard = (stripe: Stripe, id: string, token: string): Promise<Stripe.Customer> =>
  stripe.customers.update(id, { invoice_settings: { default_payment_method: token } })

export interface Subscribed {
  readonly customer: Stripe.Customer
  readonly subscription: Stripe.Subscription
  readonly item: Stripe.SubscriptionItem
}

/** A customer with a running subscription. */
export async function subscribed(
  stripe: Stripe,
  plan: Stripe.Price,
  quantity = 1,
  mode: 'classic' | 'flexible' = 'flexible',
): Promise<Subscribed> {
  const owner = await customer(stripe)
  const subscription = await stripe.subscriptions.create({
    customer: owner.id,
    items: [{ price: plan.id, quantity }],
    billing_mode: { type: mode },
  })
  return { customer: owner, subscription, item: only(subscription.items.data) }
}

/** The one member of a list that must have one. */
export function only<T>(list: readonly T[]): T {
  const [first, ...rest] = list
  if (first === undefined || rest.length > 0) throw new Error(`expected one member, found ${list.length}`)
  return first
}

/** The latest invoice of a subscription, in full. */
export async function latestInvoice(stripe: Stripe, subscription: Stripe.Subscription): Promise<Stripe.Invoice> {
  const id = subscription.latest_invoice
  if (id === null) throw new Error('the subscription has no invoice')
  return stripe.invoices.retrieve(typeof id === 'string' ? id : id.id)
}

/** The payment intent behind an invoice. */
export async function paymentOf(stripe: Stripe, invoice: string): Promise<Stripe.PaymentIntent> {
  const payments = await stripe.invoicePayments.list({ invoice, expand: ['data.payment.payment_intent'] })
  const intent = only(payments.data).payment.payment_intent
  if (!intent || typeof intent === 'string') throw new Error('the payment intent was not expanded')
  return intent
}

/** The error that a call must end in. */
export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await call.then(
    () => null,
    (error: unknown) => error,
  )
  if (outcome instanceof Stripe.errors.StripeError) return outcome
  throw new Error('the call was not refused by Stripe', { cause: outcome })
}

/** What was really charged, in minor units. */
export const charges = (sandbox: StripeSandbox): number[] =>
  sandbox.control.journal().flatMap((entry) => (entry.kind === 'charge' ? [entry.amount] : []))
