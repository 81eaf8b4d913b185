import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { HOUR, only, openShop, price, type Shop, START, subscribed, useCard } from './shop.ts'

interface Received {
  readonly body: string
  readonly signature: string
}

/** A receiver in place of the network; `answers` are its statuses in turn, 200 once they are used up. */
function receiver(...answers: number[]) {
  const received: Received[] = []
  const send: typeof fetch = async (_url, init) => {
    const headers = new Headers(init?.headers)
    received.push({ body: String(init?.body), signature: headers.get('stripe-signature') ?? '' })
    return new Response(null, { status: answers.shift() ?? 200 })
  }
  return { received, send, types: () => received.map(({ body }) => (JSON.parse(body) as Stripe.Event).type) }
}

const listen = ({ stripe }: Shop, ...enabled: Stripe.WebhookEndpointCreateParams.EnabledEvent[]) =>
  stripe.webhookEndpoints.create({ url: 'http://receiver.test/hook', enabled_events: enabled })

test('events arrive in order, signed as the official client expects', async () => {
  const { received, send, types } = receiver()
  const shop = await openShop({ fetch: send })
  const { secret } = await listen(shop, '*')
  await shop.stripe.customers.create({ name: 'Ada' })
  await price(shop.stripe, 'Standard', 1000)
  await shop.sandbox.control.webhooks.flush()
  expect(types()).toEqual(['customer.created', 'product.created', 'price.created'])
  for (const { body, signature } of received) {
    const event = shop.stripe.webhooks.constructEvent(body, signature, secret ?? '', 300, undefined, START)
    expect(event.livemode).toBe(false)
  }
  const [first] = received
  const spoilt = `${first?.body} `
  expect(() =>
    shop.stripe.webhooks.constructEvent(spoilt, first?.signature ?? '', secret ?? '', 300, undefined, START),
  ).toThrow(Stripe.errors.StripeSignatureVerificationError)
})

test('an update tells what was before', async () => {
  const { received, send } = receiver()
  const shop = await openShop({ fetch: send })
  await listen(shop, 'customer.updated')
  const { id } = await shop.stripe.customers.create({ name: 'Ada', metadata: { a: '1', b: '2' } })
  await shop.stripe.customers.update(id, { name: 'Bob', metadata: { b: '3' } }, { idempotencyKey: 'k' })
  await shop.sandbox.control.webhooks.flush()
  const event = JSON.parse(only(received).body) as Stripe.Event
  expect(event).toMatchObject({
    type: 'customer.updated',
    data: { object: { id, name: 'Bob' }, previous_attributes: { name: 'Ada', metadata: { b: '2' } } },
    request: { idempotency_key: 'k' },
  })
})

test('a failed delivery is tried again later, a few times', async () => {
  const { received, send } = receiver(500, 503, 500, 500, 500)
  const shop = await openShop({ fetch: send })
  await listen(shop, 'customer.created')
  await shop.stripe.customers.create({})
  await shop.sandbox.clock.advance(0)
  expect(received).toHaveLength(1)
  const undelivered = await shop.stripe.events.list({ delivery_success: false })
  expect(only(undelivered.data).pending_webhooks).toBe(1)
  await shop.sandbox.clock.advance(5_000)
  expect(received).toHaveLength(2)
  await shop.sandbox.clock.advance(60_000)
  expect(received).toHaveLength(3)
  await shop.sandbox.clock.advance(600_000)
  await shop.sandbox.clock.advance(24 * HOUR)
  expect(received).toHaveLength(4)
  expect(new Set(received.map(({ body }) => (JSON.parse(body) as Stripe.Event).id)).size).toBe(1)
  expect((await shop.stripe.events.list({ delivery_success: false })).data).toHaveLength(1)
})

test('a receiver that cannot be reached is tried again', async () => {
  let down = true
  const { received, send } = receiver()
  const shop = await openShop({
    fetch: (url, init) => (down ? Promise.reject(new TypeError('fetch failed')) : send(url, init)),
  })
  await listen(shop, 'customer.created')
  await shop.stripe.customers.create({})
  await shop.sandbox.clock.advance(0)
  down = false
  await shop.sandbox.clock.advance(5_000)
  expect(received).toHaveLength(1)
  expect((await shop.stripe.events.list({ delivery_success: true })).data).toHaveLength(1)
})

test('paused events are kept and come in order afterwards', async () => {
  const { send, types } = receiver()
  const shop = await openShop({ fetch: send })
  await listen(shop, 'customer.created', 'product.created')
  shop.sandbox.control.webhooks.pause()
  await shop.stripe.customers.create({})
  await shop.stripe.products.create({ name: 'A' })
  await shop.sandbox.clock.advance(HOUR)
  expect(types()).toEqual([])
  await shop.sandbox.control.webhooks.resume()
  expect(types()).toEqual(['customer.created', 'product.created'])
})

test('a dropped event never arrives but can be listed', async () => {
  const { send, types } = receiver()
  const shop = await openShop({ fetch: send })
  await listen(shop, '*')
  shop.sandbox.control.webhooks.dropNext()
  await shop.stripe.customers.create({})
  await shop.stripe.products.create({ name: 'A' })
  await shop.sandbox.clock.advance(24 * HOUR)
  expect(types()).toEqual(['product.created'])
  const missed = await shop.stripe.events.list({ delivery_success: false, types: ['customer.created'] })
  expect(missed.data).toHaveLength(1)
  expect(await shop.stripe.events.retrieve(only(missed.data).id)).toMatchObject({ type: 'customer.created' })
})

test('a disabled or deleted endpoint hears nothing more', async () => {
  const { received, send } = receiver()
  const shop = await openShop({ fetch: send })
  const one = await listen(shop, '*')
  const two = await listen(shop, '*')
  expect((await shop.stripe.webhookEndpoints.list()).data).toHaveLength(2)
  expect((await shop.stripe.webhookEndpoints.retrieve(one.id)).secret).toBeUndefined()
  await shop.stripe.webhookEndpoints.update(one.id, { disabled: true })
  await shop.stripe.webhookEndpoints.del(two.id)
  await shop.stripe.customers.create({})
  await shop.sandbox.control.webhooks.flush()
  expect(received).toEqual([])
})

test('a paid upgrade is told in the order in which it happened', async () => {
  const { send, types } = receiver()
  const shop = await openShop({ fetch: send })
  const plan = await price(shop.stripe, 'Standard', 1000)
  const { subscription, item, customer } = await subscribed(shop.stripe, plan)
  await useCard(shop.stripe, customer.id, 'pm_card_threeDSecure2Required')
  const updated = await shop.stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 3 }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  await listen(shop, '*')
  const payments = await shop.stripe.invoicePayments.list({ invoice: String(updated.latest_invoice), status: 'open' })
  await shop.sandbox.control.authenticate(String(only(payments.data).payment.payment_intent))
  await shop.sandbox.control.webhooks.flush()
  expect(types()).toEqual([
    'charge.succeeded',
    'payment_intent.succeeded',
    'invoice.paid',
    'invoice.payment_succeeded',
    'invoice_payment.paid',
    'customer.subscription.updated',
    'customer.subscription.pending_update_applied',
  ])
})
