import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import {
  charges,
  DAY,
  HOUR,
  latestInvoice,
  openShop,
  paymentOf,
  price,
  refusal,
  type Shop,
  START,
  subscribed,
  useCard,
} from './shop.ts'

/** A subscription whose upgrade from $10 to $30 was tried with the card of `token`, ten days in. */
async function upgradeWith(token: string, shop: Shop) {
  const { stripe, sandbox } = shop
  const small = await price(stripe, 'Small', 1000)
  const big = await price(stripe, 'Big', 3000)
  const { subscription, item, customer } = await subscribed(stripe, small)
  await useCard(stripe, customer.id, token)
  await sandbox.clock.advance(10 * DAY)
  const updated = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: big.id, quantity: 1 }],
    metadata: { quote: 'q1' },
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
    expand: ['latest_invoice.confirmation_secret'],
  })
  return { subscription, updated, invoice: updated.latest_invoice as Stripe.Invoice, customer, small, big, item }
}

const priceNow = async ({ stripe }: Shop, id: string): Promise<string | undefined> =>
  (await stripe.subscriptions.retrieve(id)).items.data[0]?.price.id

const eventTypes = async ({ stripe }: Shop): Promise<string[]> =>
  (await stripe.events.list({ limit: 100 })).data.map((event) => event.type)

test('a good card applies the change at once', async () => {
  const shop = await openShop()
  const { updated, invoice, big } = await upgradeWith('pm_card_visa', shop)
  expect(updated.pending_update).toBeNull()
  expect(updated.status).toBe('active')
  expect(updated.metadata).toEqual({ quote: 'q1' })
  expect(updated.items.data[0]?.price.id).toBe(big.id)
  expect(invoice).toMatchObject({ status: 'paid', billing_reason: 'subscription_update', attempt_count: 1 })
  expect(charges(shop.sandbox)).toEqual([1000, invoice.total])
})

test('a declined card leaves everything as it was, with the change pending', async () => {
  const shop = await openShop()
  const { subscription, updated, invoice, small, big } = await upgradeWith(
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    shop,
  )
  expect(updated.status).toBe('active')
  expect(updated.items.data[0]?.price.id).toBe(small.id)
  expect(updated.pending_update).toMatchObject({
    expires_at: (START + 10 * DAY + 23 * HOUR) / 1000,
    metadata: { quote: 'q1' },
  })
  expect(updated.pending_update?.subscription_items?.[0]?.price.id).toBe(big.id)
  expect(invoice.status).toBe('open')
  const intent = await paymentOf(shop.stripe, invoice.id)
  expect(intent).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code: 'card_declined', decline_code: 'insufficient_funds' },
  })
  expect(charges(shop.sandbox)).toEqual([1000])
  expect(await priceNow(shop, subscription.id)).toBe(small.id)
})

test('a card that asks for authentication applies the change when the customer succeeds', async () => {
  const shop = await openShop()
  const { subscription, invoice, big } = await upgradeWith('pm_card_threeDSecure2Required', shop)
  const intent = await paymentOf(shop.stripe, invoice.id)
  expect(intent).toMatchObject({ status: 'requires_action', next_action: { type: 'use_stripe_sdk' } })
  expect(invoice.confirmation_secret).toEqual({ client_secret: intent.client_secret, type: 'payment_intent' })
  await shop.sandbox.control.authenticate(intent.id)
  const after = await shop.stripe.subscriptions.retrieve(subscription.id)
  expect(after.pending_update).toBeNull()
  expect(after.metadata).toEqual({ quote: 'q1' })
  expect(after.items.data[0]?.price.id).toBe(big.id)
  expect(charges(shop.sandbox)).toEqual([1000, invoice.total])
  expect(await eventTypes(shop)).toEqual(
    expect.arrayContaining(['customer.subscription.pending_update_applied', 'invoice.paid', 'invoice_payment.paid']),
  )
})

test('a failed authentication is a decline, after which another card may pay', async () => {
  const shop = await openShop()
  const { subscription, invoice, small, big, customer } = await upgradeWith('pm_card_authenticationRequired', shop)
  const intent = await paymentOf(shop.stripe, invoice.id)
  await shop.sandbox.control.authenticate(intent.id, 'fail')
  expect((await shop.stripe.paymentIntents.retrieve(intent.id)).last_payment_error?.code).toBe(
    'payment_intent_authentication_failure',
  )
  expect(await priceNow(shop, subscription.id)).toBe(small.id)
  const card = await shop.stripe.paymentMethods.attach('pm_card_mastercard', { customer: customer.id })
  const paid = await shop.stripe.invoices.pay(invoice.id, { payment_method: card.id })
  expect(paid.status).toBe('paid')
  expect(await priceNow(shop, subscription.id)).toBe(big.id)
})

test('paying a declined change through its payment intent applies it', async () => {
  const shop = await openShop()
  const { subscription, invoice, customer, big } = await upgradeWith('pm_card_chargeCustomerFail', shop)
  const card = await shop.stripe.paymentMethods.attach('pm_card_visa', { customer: customer.id })
  const intent = await paymentOf(shop.stripe, invoice.id)
  const confirmed = await shop.stripe.paymentIntents.confirm(intent.id, { payment_method: card.id })
  expect(confirmed.status).toBe('succeeded')
  expect(await priceNow(shop, subscription.id)).toBe(big.id)
})

test('a second declined card is refused with 402 and counted', async () => {
  const shop = await openShop()
  const { invoice, customer } = await upgradeWith('pm_card_chargeCustomerFail', shop)
  const card = await shop.stripe.paymentMethods.attach('pm_card_chargeDeclinedExpiredCard', { customer: customer.id })
  const error = await refusal(shop.stripe.invoices.pay(invoice.id, { payment_method: card.id }))
  expect(error).toMatchObject({ statusCode: 402, code: 'expired_card', type: 'StripeCardError' })
  expect((await shop.stripe.invoices.retrieve(invoice.id)).attempt_count).toBe(2)
})

test('a second change replaces the first and voids its invoice', async () => {
  const shop = await openShop()
  const { subscription, invoice, item, customer, big } = await upgradeWith('pm_card_chargeCustomerFail', shop)
  await useCard(shop.stripe, customer.id, 'pm_card_visa')
  const updated = await shop.stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: big.id, quantity: 2 }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  expect(updated.pending_update).toBeNull()
  expect(updated.items.data[0]?.quantity).toBe(2)
  expect((await shop.stripe.invoices.retrieve(invoice.id)).status).toBe('void')
  expect((await paymentOf(shop.stripe, invoice.id)).status).toBe('canceled')
  expect(charges(shop.sandbox)).toHaveLength(2)
})

test('voiding its invoice gives a change up', async () => {
  const shop = await openShop()
  const { subscription, invoice, small } = await upgradeWith('pm_card_chargeCustomerFail', shop)
  await shop.stripe.invoices.voidInvoice(invoice.id)
  const after = await shop.stripe.subscriptions.retrieve(subscription.id)
  expect(after).toMatchObject({ pending_update: null, status: 'active' })
  expect(after.items.data[0]?.price.id).toBe(small.id)
  expect(await eventTypes(shop)).toContain('customer.subscription.pending_update_expired')
  const error = await refusal(shop.stripe.invoices.pay(invoice.id))
  expect(error.statusCode).toBe(400)
})

test('a change expires after 23 hours and not before', async () => {
  const shop = await openShop()
  const { subscription, invoice } = await upgradeWith('pm_card_chargeCustomerFail', shop)
  await shop.sandbox.clock.advance(23 * HOUR - 1000)
  expect((await shop.stripe.subscriptions.retrieve(subscription.id)).pending_update).not.toBeNull()
  await shop.sandbox.clock.advance(1000)
  expect((await shop.stripe.subscriptions.retrieve(subscription.id)).pending_update).toBeNull()
  const voided = await shop.stripe.invoices.retrieve(invoice.id)
  expect(voided.status).toBe('void')
  expect(voided.status_transitions.voided_at).toBe((START + 10 * DAY + 23 * HOUR) / 1000)
})

test('a change never outlives the billing period', async () => {
  const shop = await openShop()
  const plan = await price(shop.stripe, 'Seats', 1000)
  const { subscription, item, customer } = await subscribed(shop.stripe, plan)
  await useCard(shop.stripe, customer.id, 'pm_card_chargeCustomerFail')
  await shop.sandbox.clock.advance(item.current_period_end * 1000 - START - 5 * HOUR)
  const updated = await shop.stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 400 }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  expect(updated.pending_update?.expires_at).toBe(item.current_period_end)
})

test('what waited for an invoice waits again when the change is given up', async () => {
  const shop = await openShop()
  const plan = await price(shop.stripe, 'Seats', 1000)
  const { subscription, item, customer } = await subscribed(shop.stripe, plan)
  await shop.stripe.invoiceItems.create({ customer: customer.id, amount: 700, currency: 'usd', description: 'Setup' })
  await shop.stripe.customers.update(customer.id, { balance: -200 })
  await useCard(shop.stripe, customer.id, 'pm_card_chargeCustomerFail')
  const updated = await shop.stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 2 }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  const invoice = await latestInvoice(shop.stripe, updated)
  expect(invoice).toMatchObject({ total: 1700, amount_due: 1500, starting_balance: -200, ending_balance: 0 })
  await shop.stripe.invoices.voidInvoice(invoice.id)
  expect((await shop.stripe.customers.retrieve(customer.id)) as object).toMatchObject({ balance: -200 })
  const waiting = await shop.stripe.invoiceItems.list({ customer: customer.id, pending: true })
  expect(waiting.data.map(({ description }) => description)).toEqual(['Setup'])
})

test('parameters that cannot wait are refused', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Seats', 1000)
  const { subscription, item, customer } = await subscribed(stripe, plan)
  const error = await refusal(
    stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, quantity: 2 }],
      default_payment_method: 'pm_card_visa',
      payment_behavior: 'pending_if_incomplete',
    }),
  )
  expect(error).toMatchObject({ statusCode: 400, param: 'default_payment_method' })
  const onCreate = await refusal(
    stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: plan.id }],
      payment_behavior: 'pending_if_incomplete',
    }),
  )
  expect(onCreate).toMatchObject({ statusCode: 400, param: 'payment_behavior' })
})
