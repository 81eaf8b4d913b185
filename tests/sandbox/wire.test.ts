import { expect, test } from 'vitest'
import { charges, customer, latestInvoice, only, openShop, price, refusal, type Shop, subscribed } from './shop.ts'

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }

/** A bare request, without the client's own ideas about retries and encoding. */
const post = ({ url }: Shop, path: string, body: string, headers: Record<string, string> = {}): Request =>
  new Request(url + path, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_sandbox', ...FORM, ...headers },
    body,
  })

test('the same key and parameters give the first answer again and change nothing', async () => {
  const { stripe } = await openShop()
  const create = () => stripe.customers.create({ name: 'Ada', metadata: { a: '1', b: '2' } }, { idempotencyKey: 'k1' })
  const [first, second] = [await create(), await create()]
  expect(second.id).toBe(first.id)
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined()
  expect(second.lastResponse.headers['idempotent-replayed']).toBe('true')
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test('the same key with other parameters is refused', async () => {
  const { stripe } = await openShop()
  await stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k1' })
  const error = await refusal(stripe.customers.create({ name: 'Bob' }, { idempotencyKey: 'k1' }))
  expect(error).toMatchObject({ statusCode: 400, type: 'StripeIdempotencyError' })
  expect((await stripe.customers.list()).data).toHaveLength(1)
})

test('of two requests under one key at the same time, one acts and the other is told so', async () => {
  const shop = await openShop()
  const request = () => shop.sandbox.fetch(post(shop, '/v1/customers', 'name=Ada', { 'idempotency-key': 'k1' }))
  const answers = await Promise.all([request(), request()])
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  const refused = answers.find(({ status }) => status === 409)
  expect(await refused?.json()).toMatchObject({ error: { type: 'idempotency_error', code: 'idempotency_key_in_use' } })
  expect((await request()).headers.get('idempotent-replayed')).toBe('true')
  expect((await shop.stripe.customers.list()).data).toHaveLength(1)
})

test('requests under one key over HTTP, in whatever order they arrive, act once', async () => {
  const { stripe } = await openShop()
  const create = () => stripe.customers.create({ name: 'Ada' }, { idempotencyKey: 'k1', maxNetworkRetries: 5 })
  const made = await Promise.all([create(), create(), create(), create()])
  expect(new Set(made.map(({ id }) => id)).size).toBe(1)
})

test('a refused parameter may be corrected under the same key, a declined card may not', async () => {
  const { stripe } = await openShop()
  const owner = await customer(stripe)
  const options = { idempotencyKey: 'k1' }
  expect(
    (await refusal(stripe.subscriptions.create({ customer: owner.id, items: [{ price: 'none' }] }, options)))
      .statusCode,
  ).toBe(400)
  const plan = await price(stripe, 'Standard', 1000)
  const made = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: plan.id }] }, options)
  expect(made.status).toBe('active')

  const poor = await customer(stripe, 'pm_card_chargeCustomerFail')
  const begin = () =>
    refusal(
      stripe.subscriptions.create(
        { customer: poor.id, items: [{ price: plan.id }], payment_behavior: 'error_if_incomplete' },
        { idempotencyKey: 'k2' },
      ),
    )
  const [first, second] = [await begin(), await begin()]
  expect([first.statusCode, second.statusCode]).toEqual([402, 402])
  expect(second.headers?.['idempotent-replayed']).toBe('true')
})

test('two changes of one subscription at the same time are made one after the other', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, item } = await subscribed(stripe, plan)
  const seats = (quantity: number) =>
    stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, quantity }],
      proration_behavior: 'always_invoice',
    })
  await Promise.all([seats(3), seats(5)])
  const invoices = await stripe.invoices.list({ subscription: subscription.id })
  const billed = invoices.data.reduce((sum, invoice) => sum + invoice.total, 0)
  const quantity = only((await stripe.subscriptions.retrieve(subscription.id)).items.data).quantity ?? 0
  expect(billed).toBe(quantity * 1000)
  expect(charges(sandbox).length).toBeGreaterThanOrEqual(2)
})

test('unknown parameters are named, at any depth', async () => {
  const shop = await openShop()
  const refused = async (path: string, body: string) => (await shop.sandbox.fetch(post(shop, path, body))).json()
  expect(await refused('/v1/customers', 'nam=Ada')).toMatchObject({
    error: { type: 'invalid_request_error', code: 'parameter_unknown', param: 'nam' },
  })
  expect(await refused('/v1/customers', 'invoice_settings[card]=1')).toMatchObject({
    error: { code: 'parameter_unknown', param: 'invoice_settings[card]' },
  })
  expect(await refused('/v1/subscriptions', 'customer=c&items[0][prize]=1')).toMatchObject({
    error: { code: 'parameter_unknown', param: 'items[0][prize]' },
  })
  expect(await refused('/v1/subscriptions', 'items[0][price]=1')).toMatchObject({
    error: { code: 'parameter_missing', param: 'customer' },
  })
  expect(await refused('/v1/customers', 'balance=12x')).toMatchObject({ error: { code: 'parameter_invalid_integer' } })
  expect(await refused('/v1/prices', 'currency=us&unit_amount=1')).toMatchObject({ error: { param: 'currency' } })
  expect(await refused('/v1/prices', 'currency=usd&unit_amount=-1')).toMatchObject({ error: { param: 'unit_amount' } })
  expect(await refused('/v1/customers', '__proto__[x]=1')).toMatchObject({ error: { code: 'parameter_unknown' } })
})

test('unknown endpoints and objects are 404', async () => {
  const { stripe } = await openShop()
  expect(await refusal(stripe.topups.list())).toMatchObject({ statusCode: 404, type: 'StripeInvalidRequestError' })
  expect(await refusal(stripe.customers.retrieve('cus_none'))).toMatchObject({
    statusCode: 404,
    code: 'resource_missing',
  })
})

test('a key is needed, and only the one that was set', async () => {
  const shop = await openShop({ secretKey: 'sk_test_mine' })
  const get = (authorization?: string) =>
    shop.sandbox.fetch(new Request(`${shop.url}/v1/customers`, { headers: authorization ? { authorization } : {} }))
  expect((await get()).status).toBe(401)
  expect((await get('Bearer sk_test_other')).status).toBe(401)
  expect((await get('Bearer sk_test_mine')).status).toBe(200)
  expect((await get(`Basic ${btoa('sk_test_mine:')}`)).status).toBe(200)
  const error = await refusal(shop.stripe.customers.list())
  expect(error).toMatchObject({ type: 'StripeAuthenticationError', statusCode: 401 })
})

test('every answer names its request and version', async () => {
  const { stripe } = await openShop()
  const { lastResponse } = await stripe.customers.create({})
  expect(lastResponse.requestId).toMatch(/^req_/)
  expect(lastResponse.apiVersion).toBe('2026-10-28.endive')
})

test('lists come newest first, in pages that meet without gaps', async () => {
  const { stripe } = await openShop()
  const made: string[] = []
  for (const name of ['a', 'b', 'c', 'd', 'e']) made.unshift((await stripe.customers.create({ name })).id)
  const seen: string[] = []
  for await (const one of stripe.customers.list({ limit: 2 })) seen.push(one.id)
  expect(seen).toEqual(made)
  const middle = await stripe.customers.list({ limit: 2, ending_before: made[4] ?? '' })
  expect(middle.data.map(({ id }) => id)).toEqual([made[2], made[3]])
  expect(middle.has_more).toBe(true)
  const last = await stripe.customers.list({ limit: 2, starting_after: made[2] ?? '' })
  expect(last.data.map(({ id }) => id)).toEqual([made[3], made[4]])
  expect(last.has_more).toBe(false)
  expect((await refusal(stripe.customers.list({ limit: 0 }))).statusCode).toBe(400)
})

test('ids are expanded where asked, up to four levels', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription } = await subscribed(stripe, plan)
  const list = await stripe.subscriptions.list({ expand: ['data.customer', 'data.latest_invoice.payments'] })
  expect(only(list.data)).toMatchObject({
    customer: { object: 'customer' },
    latest_invoice: { object: 'invoice', payments: { data: [{ status: 'paid' }] } },
  })
  const one = await stripe.subscriptions.retrieve(subscription.id, { expand: ['items.data.price.product'] })
  expect(one).toMatchObject({ items: { data: [{ price: { product: { name: 'Standard' } } }] } })
  const deep = stripe.subscriptions.retrieve(subscription.id, {
    expand: ['latest_invoice.payments.data.payment.payment_intent'],
  })
  expect((await refusal(deep)).statusCode).toBe(400)
  const wrong = stripe.subscriptions.retrieve(subscription.id, { expand: ['status'] })
  expect((await refusal(wrong)).message).toContain('cannot be expanded')
})

test('an invoice shows its payments and its client secret only when asked', async () => {
  const { stripe } = await openShop()
  const { subscription } = await subscribed(stripe, await price(stripe, 'Standard', 1000))
  const invoice = await latestInvoice(stripe, subscription)
  expect(invoice.payments).toBeUndefined()
  expect(invoice.confirmation_secret).toBeUndefined()
  const full = await stripe.invoices.retrieve(invoice.id, { expand: ['payments', 'confirmation_secret'] })
  expect(full.payments?.data).toHaveLength(1)
  expect(full.confirmation_secret?.client_secret).toMatch(/^pi_/)
})

test('an invoice has a page', async () => {
  const { stripe } = await openShop()
  const { subscription } = await subscribed(stripe, await price(stripe, '<b>Bold</b>', 1000))
  const { hosted_invoice_url } = await latestInvoice(stripe, subscription)
  const page = await (await fetch(hosted_invoice_url ?? '')).text()
  expect(page).toContain('$10.00, paid')
  expect(page).not.toContain('<b>')
})

test('metadata is merged, and an empty value removes its name', async () => {
  const { stripe } = await openShop()
  const { id } = await stripe.customers.create({ metadata: { a: '1', b: '2' } })
  expect((await stripe.customers.update(id, { metadata: { b: '', c: '3' } })).metadata).toEqual({ a: '1', c: '3' })
  expect((await stripe.customers.update(id, { metadata: '' })).metadata).toEqual({})
})

test('a customer is found by address and gone once deleted', async () => {
  const { stripe } = await openShop()
  const owner = await customer(stripe)
  const { subscription } = await subscribed(stripe, await price(stripe, 'Standard', 1000))
  expect((await stripe.customers.list({ email: 'ada@example.com' })).data).toHaveLength(2)
  await stripe.customers.del(owner.id)
  expect(await stripe.customers.retrieve(owner.id)).toMatchObject({ id: owner.id, deleted: true })
  await stripe.customers.del(String(subscription.customer))
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
})

test('test cards are attached by number or magic id, each time a fresh one', async () => {
  const { stripe } = await openShop()
  const owner = await stripe.customers.create({})
  const card = await stripe.paymentMethods.create({
    type: 'card',
    card: { number: '4000000000009995', exp_month: 1, exp_year: 2030, cvc: '123' },
  })
  await stripe.paymentMethods.attach(card.id, { customer: owner.id })
  await stripe.paymentMethods.attach('pm_card_visa', { customer: owner.id })
  await stripe.paymentMethods.attach('pm_card_visa', { customer: owner.id })
  const cards = await stripe.customers.listPaymentMethods(owner.id)
  expect(cards.data.map((one) => one.card?.last4)).toEqual(['4242', '4242', '9995'])
  await stripe.paymentMethods.detach(card.id)
  expect((await stripe.paymentMethods.list({ customer: owner.id })).data).toHaveLength(2)
})
