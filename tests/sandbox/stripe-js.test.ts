import { runInNewContext } from 'node:vm'
import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { charges, latestInvoice, openShop, paymentOf, price, type Shop, subscribed, useCard } from './shop.ts'

interface Outcome {
  paymentIntent?: { status: string }
  error?: { code?: string; message: string }
}

interface StripeJs {
  handleNextAction(input: { clientSecret: string }): Promise<Outcome>
  confirmCardPayment(secret: string, input?: { payment_method?: unknown }): Promise<Outcome>
  retrievePaymentIntent(secret: string): Promise<Outcome>
}

/** Runs the script in a page of which only what it touches exists; `answer` is what the user does in the overlay. */
async function loadStripeJs({ url }: Shop, answer: 'approve' | 'decline' = 'approve', key = 'pk_test_local') {
  const listeners = new Set<(event: object) => void>()
  const window: { Stripe?: (key: string) => StripeJs } = {}
  const shown: string[] = []
  const element = () => ({
    style: { cssText: '' },
    contentWindow: {},
    src: '',
    setAttribute() {},
    append() {},
    remove() {},
  })
  const page = {
    window,
    URL,
    URLSearchParams,
    fetch,
    addEventListener: (_: string, listener: (event: object) => void) => listeners.add(listener),
    removeEventListener: (_: string, listener: (event: object) => void) => listeners.delete(listener),
    document: {
      currentScript: { src: `${url}/_sandbox/stripe.js` },
      querySelectorAll: () => [],
      body: {
        async append() {
          const frame = made.at(-1)
          shown.push(frame?.src ?? '')
          const page = await fetch(frame?.src ?? '', { method: 'POST', body: new URLSearchParams({ bank: answer }) })
          expect(await page.text()).toContain('postMessage')
          for (const listener of listeners) {
            listener({ source: {}, data: { source: 'stripe-sandbox-3ds' } })
            listener({ source: frame?.contentWindow, data: { source: 'stripe-sandbox-3ds' } })
          }
        },
      },
      createElement: () => {
        const one = element()
        made.push(one)
        return one
      },
    },
  }
  const made: ReturnType<typeof element>[] = []
  const response = await fetch(`${url}/_sandbox/stripe.js`)
  expect(response.headers.get('content-type')).toContain('javascript')
  runInNewContext(await response.text(), page)
  const stripe = window.Stripe?.(key)
  if (!stripe) throw new Error('the script defines no window.Stripe')
  return { stripe, shown }
}

/** An upgrade that waits for its payment, with this card. */
async function waiting(token: string): Promise<Shop & { secret: string; subscription: Stripe.Subscription }> {
  const shop = await openShop()
  const { stripe } = shop
  const { customer, subscription, item } = await subscribed(stripe, await price(stripe, 'Starter', 1_200))
  await useCard(stripe, customer.id, token)
  const updated = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 2 }],
    proration_behavior: 'always_invoice',
    payment_behavior: 'pending_if_incomplete',
  })
  const intent = await paymentOf(stripe, (await latestInvoice(stripe, updated)).id ?? '')
  return { ...shop, subscription, secret: intent.client_secret ?? '' }
}

test('3-D Secure is answered in an overlay, and the change applies', async () => {
  const shop = await waiting('pm_card_authenticationRequired')
  const { stripe, shown } = await loadStripeJs(shop)
  expect(await stripe.retrievePaymentIntent(shop.secret)).toMatchObject({
    paymentIntent: { status: 'requires_action' },
  })
  expect(await stripe.handleNextAction({ clientSecret: shop.secret })).toMatchObject({
    paymentIntent: { status: 'succeeded' },
  })
  expect(shown).toHaveLength(1)
  expect((await shop.stripe.subscriptions.retrieve(shop.subscription.id)).items.data[0]?.quantity).toBe(2)
  expect(charges(shop.sandbox)).toHaveLength(2)
})

test('a refusal at the bank comes back as an error, and another card pays', async () => {
  const shop = await waiting('pm_card_authenticationRequired')
  const { stripe } = await loadStripeJs(shop, 'decline')
  expect(await stripe.handleNextAction({ clientSecret: shop.secret })).toMatchObject({
    error: { code: 'payment_intent_authentication_failure' },
  })
  const declined = await stripe.confirmCardPayment(shop.secret, { payment_method: '4000 0000 0000 0002' })
  expect(declined).toMatchObject({ error: { code: 'card_declined' } })
  const odd = await stripe.confirmCardPayment(shop.secret, { payment_method: { card: { number: '1234' } } })
  expect(odd).toMatchObject({ error: { code: 'incorrect_number' } })
  expect(charges(shop.sandbox)).toHaveLength(1)
  expect(await stripe.confirmCardPayment(shop.secret, { payment_method: 'pm_card_visa' })).toMatchObject({
    paymentIntent: { status: 'succeeded' },
  })
  expect(charges(shop.sandbox)).toHaveLength(2)
})

test('a card that asks for 3-D Secure is confirmed and answered in one call', async () => {
  const shop = await waiting('pm_card_chargeCustomerFail')
  const { stripe, shown } = await loadStripeJs(shop)
  const paid = await stripe.confirmCardPayment(shop.secret, {
    payment_method: { card: { number: '4000002760003184' } },
  })
  expect([paid.paymentIntent?.status, shown.length]).toEqual(['succeeded', 1])
})

test('the credential is the client secret beside a publishable key, from any origin; nothing else opens a payment', async () => {
  const shop = await waiting('pm_card_authenticationRequired')
  const [id] = shop.secret.split('_secret_')
  const at = (query: Record<string, string>) =>
    fetch(`${shop.url}/_sandbox/payment_intents/${id}?${new URLSearchParams(query)}`, {
      headers: { origin: 'http://app.test' },
    })
  const shown = await at({ key: 'pk_test_any', client_secret: shop.secret })
  expect([shown.status, shown.headers.get('access-control-allow-origin')]).toEqual([200, '*'])
  expect((await at({ key: 'sk_test_sandbox', client_secret: shop.secret })).status).toBe(401)
  expect((await at({ client_secret: shop.secret })).status).toBe(401)
  expect((await at({ key: 'pk_test_any', client_secret: `${id}_secret_wrong` })).status).toBe(400)
  expect((await at({ key: 'pk_test_any' })).status).toBe(400)
  expect((await fetch(`${shop.url}/_sandbox/3ds/${id}?client_secret=wrong`)).status).toBe(404)
  const preflight = await fetch(`${shop.url}/_sandbox/payment_intents/${id}/confirm`, { method: 'OPTIONS' })
  expect([preflight.status, preflight.headers.get('access-control-allow-headers')]).toEqual([204, 'content-type'])
  await expect(loadStripeJs(shop, 'approve', 'sk_test_sandbox')).rejects.toThrow('publishable test key')
})
