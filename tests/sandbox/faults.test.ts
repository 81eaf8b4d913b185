import { expect, test } from 'vitest'
import { charges, clientAt, DAY, openShop, price, refusal, type Shop, subscribed } from './shop.ts'

const portOf = ({ url }: Shop): number => Number(new URL(url).port)

/** A subscription and a way to raise its seats under one key, with a client that gives up soon and never retries. */
async function seats(shop: Shop) {
  const plan = await price(shop.stripe, 'Standard', 1000)
  const { subscription, item } = await subscribed(shop.stripe, plan)
  const hasty = clientAt(portOf(shop), { timeout: 300 })
  const raise = () =>
    hasty.subscriptions.update(
      subscription.id,
      { items: [{ id: item.id, quantity: 3 }], proration_behavior: 'always_invoice' },
      { idempotencyKey: 'raise' },
    )
  return { subscription, raise }
}

/** The official client repeats a request once after a reset, whatever its settings. */
const timesFor = (kind: string): number => (kind.startsWith('reset') ? 2 : 1)

const MUTATION = { method: 'POST', path: '/v1/subscriptions' }

test.each(['timeout_after', 'reset_after'] as const)(
  '%s: the effect is there, and the same key tells of it',
  async (kind) => {
    const shop = await openShop()
    const { subscription, raise } = await seats(shop)
    shop.sandbox.control.failNext({ kind, times: timesFor(kind), match: MUTATION })
    expect((await refusal(raise())).type).toBe('StripeConnectionError')
    expect(charges(shop.sandbox)).toEqual([1000, 2000])
    const told = await raise()
    expect(told.lastResponse.headers['idempotent-replayed']).toBe('true')
    expect(told.items.data[0]?.quantity).toBe(3)
    expect(told.id).toBe(subscription.id)
    expect(charges(shop.sandbox)).toEqual([1000, 2000])
  },
)

test.each(['timeout_before', 'reset_before'] as const)(
  '%s: nothing happened, and the same key makes it happen',
  async (kind) => {
    const shop = await openShop()
    const { raise } = await seats(shop)
    shop.sandbox.control.failNext({ kind, times: timesFor(kind), match: MUTATION })
    expect((await refusal(raise())).type).toBe('StripeConnectionError')
    expect(charges(shop.sandbox)).toEqual([1000])
    const told = await raise()
    expect(told.lastResponse.headers['idempotent-replayed']).toBeUndefined()
    expect(charges(shop.sandbox)).toEqual([1000, 2000])
  },
)

test('error_500_after: the effect is there, and the same key repeats the 500', async () => {
  const shop = await openShop()
  const { subscription, raise } = await seats(shop)
  shop.sandbox.control.failNext({ kind: 'error_500_after', match: MUTATION })
  expect((await refusal(raise())).statusCode).toBe(500)
  const again = await refusal(raise())
  expect(again.statusCode).toBe(500)
  expect(again.headers?.['idempotent-replayed']).toBe('true')
  expect((await shop.stripe.subscriptions.retrieve(subscription.id)).items.data[0]?.quantity).toBe(3)
  expect(charges(shop.sandbox)).toEqual([1000, 2000])
})

test('error_500_before: nothing happened, and the same key makes it happen', async () => {
  const shop = await openShop()
  const { raise } = await seats(shop)
  shop.sandbox.control.failNext({ kind: 'error_500_before', match: MUTATION })
  expect((await refusal(raise())).statusCode).toBe(500)
  expect(charges(shop.sandbox)).toEqual([1000])
  expect((await raise()).items.data[0]?.quantity).toBe(3)
})

test.each([
  ['rate_limit', 'rate_limit'],
  ['lock_timeout', 'lock_timeout'],
] as const)('%s is a 429 that is not remembered', async (kind, code) => {
  const shop = await openShop()
  const { raise } = await seats(shop)
  shop.sandbox.control.failNext({ kind, times: 2, match: MUTATION })
  expect(await refusal(raise())).toMatchObject({ statusCode: 429, code })
  expect(await refusal(raise())).toMatchObject({ statusCode: 429, code })
  expect((await raise()).items.data[0]?.quantity).toBe(3)
})

test('a client that retries by itself gets through a lost reply and charges once', async () => {
  const shop = await openShop()
  const plan = await price(shop.stripe, 'Standard', 1000)
  const { subscription, item } = await subscribed(shop.stripe, plan)
  shop.sandbox.control.failNext({ kind: 'reset_after', match: MUTATION })
  const patient = clientAt(portOf(shop), { retries: 2 })
  const updated = await patient.subscriptions.update(subscription.id, {
    items: [{ id: item.id, quantity: 2 }],
    proration_behavior: 'always_invoice',
  })
  expect(updated.items.data[0]?.quantity).toBe(2)
  expect(charges(shop.sandbox)).toEqual([1000, 1000])
})

test('in process, a lost reply rejects', async () => {
  const { sandbox, url } = await openShop()
  sandbox.control.failNext({ kind: 'reset_after' })
  const create = () =>
    sandbox.fetch(
      new Request(`${url}/v1/customers`, {
        method: 'POST',
        headers: { authorization: 'Bearer sk_test_x' },
        body: 'name=Ada',
      }),
    )
  await expect(create()).rejects.toThrow('the reply was lost')
  expect((await create()).status).toBe(200)
})

test('faults strike only what they match', async () => {
  const { stripe, sandbox } = await openShop()
  sandbox.control.failNext({ kind: 'error_500_before', match: { method: 'POST', path: '/v1/prices' } })
  await stripe.customers.create({})
  await stripe.prices.list()
  expect((await refusal(price(stripe, 'Standard', 1))).statusCode).toBe(500)
})

test('the journal tells what really happened', async () => {
  const shop = await openShop()
  const { raise } = await seats(shop)
  shop.sandbox.control.failNext({ kind: 'timeout_after', match: MUTATION })
  await refusal(raise())
  await raise()
  const requests = shop.sandbox.control
    .journal()
    .flatMap((entry) => (entry.kind === 'request' && entry.idempotencyKey === 'raise' ? [entry] : []))
  expect(requests.map(({ status, replayed, fault }) => [status, replayed, fault])).toEqual([
    [200, false, 'timeout_after'],
    [200, true, null],
  ])
})

test('the same controls are there over HTTP', async () => {
  const shop = await openShop()
  const control = async (path: string, body?: object) => {
    const response = await fetch(`${shop.url}/_sandbox/${path}`, body && { method: 'POST', body: JSON.stringify(body) })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  }
  const { subscription, raise } = await seats(shop)
  expect((await control('fail', { kind: 'error_500_before', match: MUTATION })).status).toBe(200)
  expect((await refusal(raise())).statusCode).toBe(500)
  const before = shop.sandbox.clock.now()
  expect((await control('clock/advance', { ms: 40 * DAY })).body).toEqual({ now: before + 40 * DAY })
  expect((await shop.stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(2)
  expect((await control('journal')).body).toEqual({ data: shop.sandbox.control.journal() })
  expect((await control('fail', { kind: 'flood' })).status).toBe(400)
  expect((await control('clock/advance', { ms: -1 })).status).toBe(400)
  expect((await control('payment_intents/pi_none/authenticate', {})).status).toBe(400)
})
