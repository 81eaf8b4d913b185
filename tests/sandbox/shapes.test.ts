import Stripe from 'stripe'
import { expect, onTestFinished, test } from 'vitest'
import { createStripeSandbox } from '../../server/sandbox/index.ts'
import { readDeclarations } from './declarations.ts'
import { DAY, only, paymentOf, price, START, useCard } from './shop.ts'

const declarations = readDeclarations()

/** A sandbox whose every answer is compared with the declarations. */
function comparing() {
  const sandbox = createStripeSandbox({ now: () => START })
  onTestFinished(() => sandbox.close())
  const faults = new Set<string>()
  const send = async (url: URL | RequestInfo, init?: RequestInit): Promise<Response> => {
    const response = await sandbox.fetch(new Request(url, init))
    if (response.ok) {
      const { pathname } = new URL(String(url))
      for (const fault of declarations.faultsOf(await response.clone().json())) {
        faults.add(`${init?.method} ${pathname.replaceAll(/_sb_\w+/g, '')} ${fault.replaceAll(/\[\d+\]/g, '[]')}`)
      }
    }
    return response
  }
  const stripe = new Stripe('sk_test_shapes', { httpClient: Stripe.createFetchHttpClient(send), telemetry: false })
  return { sandbox, stripe, faults }
}

/** A catalogue, a customer, and a subscription with everything that one can have. */
async function shop(stripe: Stripe) {
  const seats = await price(stripe, 'Seats', 3100)
  const rate = await stripe.taxRates.create({ display_name: 'VAT', inclusive: false, percentage: 19, country: 'DE' })
  const coupon = await stripe.coupons.create({ percent_off: 10, duration: 'forever', name: 'Friends' })
  const code = await stripe.promotionCodes.create({ promotion: { type: 'coupon', coupon: coupon.id }, code: 'FRIENDS' })
  const customer = await stripe.customers.create({
    address: { country: 'DE', city: 'Berlin' },
    email: 'ada@example.com',
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: seats.id, quantity: 2 }],
    discounts: [{ promotion_code: code.id }],
    default_tax_rates: [rate.id],
    expand: ['latest_invoice.payments', 'latest_invoice.confirmation_secret', 'discounts', 'customer'],
  })
  return { seats, coupon, customer, subscription, item: only(subscription.items.data) }
}

const EVERYTHING = { limit: 100 }

test('every answer has the fields that are declared, with their types, and no others', async () => {
  const { stripe, sandbox, faults } = comparing()
  await tourOfCatalogue(stripe)
  const { seats, customer, subscription, item } = await shop(stripe)
  await sandbox.clock.advance(10 * DAY)
  const change = { items: [{ id: item.id, quantity: 5 }], proration_behavior: 'always_invoice' as const }
  await stripe.invoices.createPreview({ subscription: subscription.id, subscription_details: change })
  await stripe.invoices.createPreview({ customer: customer.id, subscription_details: { items: [{ price: seats.id }] } })
  await useCard(stripe, customer.id, 'pm_card_authenticationRequired')
  const pending = { ...change, payment_behavior: 'pending_if_incomplete' as const }
  const waiting = await stripe.subscriptions.update(subscription.id, pending)
  await paymentOf(stripe, String(waiting.latest_invoice))
  await stripe.invoices.voidInvoice(String(waiting.latest_invoice))
  await useCard(stripe, customer.id, 'pm_card_visa')
  const paid = await stripe.subscriptions.update(subscription.id, { ...change, expand: ['latest_invoice'] })
  await stripe.subscriptionItems.list({ subscription: subscription.id })
  await stripe.invoices.listLineItems(String((paid.latest_invoice as Stripe.Invoice).id))
  await tourOfMoney(stripe, sandbox, paid.latest_invoice as Stripe.Invoice, customer.id)
  await tourOfPortal(stripe, customer.id, subscription.id)
  await tourOfSchedules(stripe, subscription.id, seats.id)
  await stripe.subscriptions.cancel(subscription.id, { prorate: true, invoice_now: true })
  await tourOfCheckout(stripe, seats.id, customer.id)
  await stripe.customers.del(customer.id)
  await tourOfLists(stripe)
  expect([...faults].sort()).toEqual([])
  expect([...declarations.seen].sort()).toMatchInlineSnapshot(`
    [
      "billing.meter",
      "billing.meter_event",
      "billing.meter_event_adjustment",
      "billing.meter_event_summary",
      "billing_portal.configuration",
      "billing_portal.session",
      "charge",
      "checkout.session",
      "coupon",
      "credit_note",
      "credit_note_line_item",
      "customer",
      "customer_balance_transaction",
      "discount",
      "dispute",
      "entitlements.feature",
      "event",
      "invoice",
      "invoice_payment",
      "invoiceitem",
      "item",
      "line_item",
      "payment_intent",
      "payment_method",
      "price",
      "product",
      "product_feature",
      "promotion_code",
      "refund",
      "subscription",
      "subscription_item",
      "subscription_schedule",
      "tax_rate",
      "test_helpers.test_clock",
      "webhook_endpoint",
    ]
  `)
})

async function tourOfCatalogue(stripe: Stripe): Promise<void> {
  const product = await stripe.products.create({ name: 'Pro' })
  await stripe.products.update(product.id, { active: false })
  const tiered = await stripe.prices.create({
    billing_scheme: 'tiered',
    currency: 'usd',
    currency_options: { eur: { tiers: [{ up_to: 'inf', unit_amount: 9 }] } },
    product: product.id,
    recurring: { interval: 'month' },
    tiers: [{ up_to: 'inf', unit_amount: 10 }],
    tiers_mode: 'volume',
  })
  await stripe.prices.retrieve(tiered.id, { expand: ['tiers', 'currency_options', 'product'] })
  await stripe.prices.update(tiered.id, { lookup_key: 'pro' })
  const feature = await stripe.entitlements.features.create({ lookup_key: 'sso', name: 'Single sign-on' })
  await stripe.entitlements.features.update(feature.id, { metadata: { a: 'b' } })
  const attached = await stripe.products.createFeature(product.id, { entitlement_feature: feature.id })
  await stripe.products.retrieveFeature(product.id, attached.id)
  await stripe.products.listFeatures(product.id)
  await stripe.products.deleteFeature(product.id, attached.id)
  await stripe.entitlements.features.list({ archived: false, lookup_key: 'sso' })
  const meter = await stripe.billing.meters.create({
    display_name: 'Calls',
    event_name: 'calls',
    default_aggregation: { formula: 'sum' },
  })
  const payload = { stripe_customer_id: (await stripe.customers.create({})).id, value: '3' }
  await stripe.billing.meterEvents.create({ event_name: 'calls', payload, identifier: 'a' })
  await stripe.billing.meterEventAdjustments.create({
    event_name: 'calls',
    type: 'cancel',
    cancel: { identifier: 'a' },
  })
  const times = { start_time: START / 1000, end_time: START / 1000 + 3600 }
  await stripe.billing.meters.listEventSummaries(meter.id, { customer: payload.stripe_customer_id, ...times })
  await stripe.prices.create({
    currency: 'usd',
    product: product.id,
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    unit_amount_decimal: Stripe.Decimal.from('0.5'),
  })
  await stripe.billing.meters.deactivate(meter.id)
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START / 1000, name: 'Tour' })
  await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: START / 1000 + 60 })
  await stripe.customers.create({ test_clock: clock.id })
}

async function tourOfMoney(
  stripe: Stripe,
  sandbox: ReturnType<typeof createStripeSandbox>,
  invoice: Stripe.Invoice,
  customer: string,
): Promise<void> {
  const note = { invoice: invoice.id, amount: 100, refund_amount: 60, credit_amount: 40 }
  await stripe.creditNotes.preview(note)
  const made = await stripe.creditNotes.create({ ...note, expand: ['customer_balance_transaction'] })
  await stripe.creditNotes.listLineItems(made.id)
  const payment = await paymentOf(stripe, invoice.id)
  await stripe.refunds.create({ payment_intent: payment.id, amount: 100, expand: ['charge', 'payment_intent'] })
  await stripe.customers.createBalanceTransaction(customer, { amount: -10, currency: 'usd' })
  const dispute = await sandbox.control.dispute(payment.id)
  await stripe.disputes.retrieve(dispute)
  await sandbox.control.closeDispute(dispute, 'lost')
  await stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd', description: 'Setup' })
}

async function tourOfSchedules(stripe: Stripe, subscription: string, plan: string): Promise<void> {
  const { id, phases } = await stripe.subscriptionSchedules.create({ from_subscription: subscription })
  const { start_date, end_date } = only(phases)
  const keep = { items: [{ price: plan, quantity: 5 }], start_date, end_date }
  const next = { items: [{ price: plan, quantity: 1 }], duration: { interval: 'month' as const } }
  await stripe.subscriptionSchedules.update(id, { phases: [keep, next], expand: ['subscription'] })
  await stripe.subscriptionSchedules.release(id)
}

async function tourOfCheckout(stripe: Stripe, plan: string, customer: string): Promise<void> {
  const line_items = [{ price: plan, quantity: 2, adjustable_quantity: { enabled: true, minimum: 1, maximum: 9 } }]
  const shared = { customer, line_items, mode: 'subscription' as const }
  const hosted = await stripe.checkout.sessions.create({
    tax_id_collection: { enabled: true },
    customer_update: { name: 'auto', address: 'auto' },
    ...shared,
    success_url: 'https://app.example/done',
    expand: ['line_items'],
  })
  await stripe.checkout.sessions.listLineItems(hosted.id)
  await stripe.checkout.sessions.expire(hosted.id)
  await stripe.checkout.sessions.create({ ...shared, ui_mode: 'embedded_page', return_url: 'https://app.example/done' })
}

async function tourOfPortal(stripe: Stripe, customer: string, subscription: string): Promise<void> {
  const configuration = await stripe.billingPortal.configurations.create({ features: {}, name: 'Tour' })
  await stripe.billingPortal.configurations.update(configuration.id, { active: false })
  await stripe.billingPortal.sessions.create({ customer, return_url: 'https://app.example', expand: ['configuration'] })
  await stripe.billingPortal.sessions.create({
    customer,
    flow_data: { type: 'subscription_cancel', subscription_cancel: { subscription } },
  })
  await stripe.billingPortal.configurations.list()
}

async function tourOfLists(stripe: Stripe): Promise<void> {
  const endpoint = await stripe.webhookEndpoints.create({ url: 'https://app.example/hook', enabled_events: ['*'] })
  await stripe.webhookEndpoints.del(endpoint.id)
  await Promise.all([
    stripe.charges.list(EVERYTHING),
    stripe.coupons.list(EVERYTHING),
    stripe.creditNotes.list(EVERYTHING),
    stripe.customers.list(EVERYTHING),
    stripe.events.list(EVERYTHING),
    stripe.invoiceItems.list(EVERYTHING),
    stripe.invoicePayments.list(EVERYTHING),
    stripe.invoices.list({ ...EVERYTHING, expand: ['data.customer'] }),
    stripe.paymentIntents.list({ ...EVERYTHING, expand: ['data.latest_charge'] }),
    stripe.promotionCodes.list(EVERYTHING),
    stripe.refunds.list(EVERYTHING),
    stripe.subscriptions.list({ ...EVERYTHING, status: 'all' }),
    stripe.subscriptionSchedules.list(EVERYTHING),
    stripe.taxRates.list(EVERYTHING),
  ])
}
