import type Stripe from 'stripe'
import { isOwing } from '../../accounts/model.ts'
import type { LiveSubscription } from '../../billing/model.ts'
import type { BillingGateway } from '../../billing/port.ts'
import type { Clock } from '../../kernel/clock.ts'
import { cardsOf } from './cards.ts'
import { changesOf } from './changes.ts'
import { checkoutOf } from './checkout.ts'
import { createStripeClient, type StripeOptions } from './client.ts'
import { calling, isMissing, isNothingUpcoming, reading } from './errors.ts'
import { healthOf } from './health.ts'
import { toIssued, toLive, toPayment, toRedeemable } from './mapping.ts'
import { moneyBackOf } from './money-back.ts'
import { portalOf } from './portal.ts'
import { previewOf } from './preview.ts'
import { applyStep, lookAtStripe, pricesWith } from './push.ts'
import { createTierReader } from './rates.ts'
import { useOf } from './use.ts'
import { readWebhook } from './webhook.ts'

/** What has to be read with a subscription, as paths below it. */
const parts = ['customer', 'schedule', 'test_clock', 'discounts.source.coupon']

/** Billing's port on the official client. */
export function createStripeGateway(options: StripeOptions, clock: Clock): BillingGateway {
  const stripe = createStripeClient(options)
  const look = createLook(stripe)
  return {
    ...cardsOf(stripe),
    ...checkoutOf(stripe),
    ...changesOf(stripe),
    ...moneyBackOf(stripe),
    ...portalOf(stripe),
    ...useOf(stripe),
    ...healthOf(stripe, options),
    publishableKey: options.publishableKey ?? null,
    subscription: (id) =>
      reading('reading the subscription', async () => look(await stripe.subscriptions.retrieve(id, { expand: parts }))),
    taxRate: (id) =>
      reading('reading the tax rate', async () => {
        const rate = await stripe.taxRates.retrieve(id)
        return { description: rate.display_name, percentage: rate.effective_percentage ?? rate.percentage }
      }),
    subscriptionsOf: (customer) =>
      calling('reading the subscriptions of the customer', async () => {
        const found: LiveSubscription[] = []
        const list = stripe.subscriptions.list({
          customer,
          status: 'all',
          limit: 100,
          expand: parts.map((part) => `data.${part}`),
        })
        try {
          for await (const subscription of list) found.push(await look(subscription))
        } catch (error) {
          // No customer, no subscriptions.
          if (!isMissing(error)) throw error
        }
        return found
      }),
    catalogue: (catalog) => calling('reading the products and prices', () => lookAtStripe(stripe, catalog)),
    push: (step) => calling('changing what is sold', () => applyStep(stripe, step)),
    prices: (keys) =>
      calling('reading the prices', async () => {
        const found = (await pricesWith(stripe, [...new Set(keys)])).filter(({ active }) => active)
        return new Map(found.flatMap(({ id, lookup_key: key }) => (key === null ? [] : [[key, id] as const])))
      }),
    promotion: (code) =>
      calling('reading the promotion code', async () => {
        const { data } = await stripe.promotionCodes.list({
          code,
          active: true,
          limit: 1,
          expand: ['data.promotion.coupon'],
        })
        return data[0] ? toRedeemable(data[0]) : null
      }),
    preview: (input) => calling('computing the price', () => previewOf(stripe, input)),
    upcoming: ({ id, customer }) =>
      calling('computing the next invoice', () =>
        previewOf(stripe, { customer, subscription: id, items: [], when: 'renewal' }).catch((error) =>
          isNothingUpcoming(error) ? null : Promise.reject(error),
        ),
      ),
    payment: (invoice) => calling('reading the invoice', () => paymentOf(stripe, invoice)),
    invoices: (customer, limit) =>
      calling('reading the invoices', async () => {
        const { data } = await stripe.invoices.list({ customer, limit })
        return data.filter(({ status }) => status !== 'draft').map(toIssued)
      }),
    voidInvoice: async (invoice) => {
      try {
        await stripe.invoices.voidInvoice(invoice)
      } catch (error) {
        // 400: it was paid or voided first. The subscription tells what holds.
        if ((error as { statusCode?: number }).statusCode === 400) return
        await calling('voiding the invoice', () => Promise.reject(error))
      }
    },
    readWebhook: (raw, signature) =>
      readWebhook(stripe, { raw, signature, secret: options.webhookSecret, now: clock.now() }),
  }
}

/** Fetches what belongs to the picture of a subscription: the tiers of its prices, and where a payment is overdue the invoice. */
function createLook(stripe: Stripe): (subscription: Stripe.Subscription) => Promise<LiveSubscription> {
  const withTiers = createTierReader(stripe)
  return async (subscription) => {
    const { id, items } = subscription
    const data = await Promise.all(items.data.map(async (item) => ({ ...item, price: await withTiers(item.price) })))
    const whole = { ...subscription, items: { ...items, data } }
    if (!isOwing(subscription)) return toLive(whole)
    const open = await stripe.invoices.list({ subscription: id, status: 'open', limit: 1 })
    return toLive(whole, open.data[0])
  }
}

async function paymentOf(stripe: Stripe, id: string) {
  const [invoice, payments] = await Promise.all([
    stripe.invoices.retrieve(id),
    stripe.invoicePayments.list({ invoice: id, limit: 10, expand: ['data.payment.payment_intent'] }),
  ])
  const current =
    payments.data.find((payment) => payment.status === 'open') ??
    payments.data.find((payment) => payment.status === 'paid')
  const intent = current?.payment.payment_intent
  return toPayment(invoice, typeof intent === 'object' ? intent : null)
}
