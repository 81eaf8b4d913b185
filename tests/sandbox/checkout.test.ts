import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { charges, customer, DAY, HOUR, only, openShop, price, refusal, type Shop } from './shop.ts'

const pages = { success_url: 'http://app.test/back?session={CHECKOUT_SESSION_ID}', cancel_url: 'http://app.test/back' }

interface Begun extends Shop {
  session: Stripe.Checkout.Session
  plan: Stripe.Price
  owner: Stripe.Customer
}

async function begin(more: Partial<Stripe.Checkout.SessionCreateParams> = {}): Promise<Begun> {
  const shop = await openShop()
  const plan = await price(shop.stripe, 'Starter', 1_200)
  const owner = await shop.stripe.customers.create({ email: 'ada@example.com' })
  const session = await shop.stripe.checkout.sessions.create({
    mode: 'subscription',
    ui_mode: 'hosted_page',
    customer: owner.id,
    line_items: [{ price: plan.id, quantity: 3 }],
    subscription_data: { metadata: { softgate_quote: 'qt_1' }, billing_mode: { type: 'flexible' } },
    metadata: { softgate_quote: 'qt_1' },
    ...pages,
    ...more,
  })
  return { ...shop, session, plan, owner }
}

const pay = (session: Stripe.Checkout.Session, number: string, bank?: 'approve' | 'decline'): Promise<Response> =>
  fetch(session.url ?? '', {
    method: 'POST',
    body: new URLSearchParams({ number, ...(bank && { bank }) }),
    redirect: 'manual',
  })

const subscriptions = async ({ stripe, owner }: Begun) =>
  (await stripe.subscriptions.list({ customer: owner.id, status: 'all' })).data

test('a session is open with the address of its page, and lists what it sells', async () => {
  const { stripe, session, plan } = await begin()
  expect(session).toMatchObject({
    object: 'checkout.session',
    mode: 'subscription',
    status: 'open',
    payment_status: 'unpaid',
    amount_total: 3_600,
    currency: 'usd',
    subscription: null,
    expires_at: session.created + 86_400,
  })
  expect((await stripe.checkout.sessions.listLineItems(session.id)).data).toMatchObject([
    { price: { id: plan.id }, quantity: 3, amount_total: 3_600, description: 'Starter' },
  ])
  const shown = await stripe.checkout.sessions.retrieve(session.id, { expand: ['line_items', 'customer'] })
  expect(shown).toMatchObject({ line_items: { data: [{ quantity: 3 }] }, customer: { email: 'ada@example.com' } })
  const page = await (await fetch(session.url ?? '')).text()
  expect(page).toContain('Pay $36.00')
  expect(page).toContain('3 × Starter')
  expect(page).toContain('http://app.test/back')
})

test('paying begins the subscription, with the card as its default, and leads back', async () => {
  const begun = await begin()
  const { stripe, session, sandbox } = begun
  const response = await pay(session, '4242 4242 4242 4242')
  expect([response.status, response.headers.get('location')]).toEqual([
    303,
    `http://app.test/back?session=${session.id}`,
  ])
  const done = await stripe.checkout.sessions.retrieve(session.id, {
    expand: ['subscription.default_payment_method', 'invoice'],
  })
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    url: null,
    subscription: {
      status: 'active',
      metadata: { softgate_quote: 'qt_1' },
      billing_mode: { type: 'flexible' },
      default_payment_method: { card: { last4: '4242' } },
    },
    invoice: { status: 'paid', amount_paid: 3_600, billing_reason: 'subscription_create' },
  })
  expect(charges(sandbox)).toEqual([3_600])
  const types = (await stripe.events.list({ limit: 100 })).data.map(({ type }) => type)
  expect(types.filter((type) => type.startsWith('checkout') || type === 'customer.subscription.created')).toEqual([
    'checkout.session.completed',
    'customer.subscription.created',
  ])
  expect((await pay(session, '4242424242424242')).status).toBe(303)
  expect([charges(sandbox), (await subscriptions(begun)).length]).toEqual([[3_600], 1])
})

for (const [number, says] of [
  ['4000000000000002', 'Your card was declined.'],
  ['4000000000009995', 'Your card has insufficient funds.'],
  ['4111111111111111', 'Your card number is incorrect.'],
] as const)
  test(`the card ${number} is refused on the page, leaves nothing behind, and another one pays`, async () => {
    const begun = await begin()
    const refused = await pay(begun.session, number)
    expect(refused.status).toBe(402)
    expect(await refused.text()).toContain(says)
    expect([await subscriptions(begun), charges(begun.sandbox)]).toEqual([[], []])
    expect((await pay(begun.session, '5555555555554444')).status).toBe(303)
    expect(only(await subscriptions(begun)).status).toBe('active')
  })

test('a card with 3-D Secure asks the bank first; a refusal there leaves nothing behind', async () => {
  const begun = await begin()
  const asks = await pay(begun.session, '4000002760003184')
  expect([asks.status, await asks.text()]).toEqual([200, expect.stringContaining('Your bank asks')])
  expect(await subscriptions(begun)).toEqual([])
  expect((await pay(begun.session, '4000002760003184', 'decline')).status).toBe(402)
  expect(await subscriptions(begun)).toEqual([])
  expect((await pay(begun.session, '4000008260003178', 'approve')).status).toBe(402)
  expect((await pay(begun.session, '4000002760003184', 'approve')).status).toBe(303)
  expect([only(await subscriptions(begun)).status, charges(begun.sandbox)]).toEqual(['active', [3_600]])
})

test('a session expires after a day, or when it is told to, and sells nothing afterwards', async () => {
  const begun = await begin()
  const { stripe, sandbox, session, plan } = begun
  const second = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: plan.id }],
    expires_at: session.created + 1_800,
    ...pages,
  })
  await sandbox.clock.advance(HOUR)
  expect((await stripe.checkout.sessions.retrieve(second.id)).status).toBe('expired')
  expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe('open')
  expect((await stripe.checkout.sessions.list({ status: 'open' })).data.map(({ id }) => id)).toEqual([session.id])
  await sandbox.clock.advance(DAY - HOUR)
  const page = await pay(session, '4242424242424242')
  expect([page.status, await page.text()]).toEqual([410, expect.stringContaining('Nothing was charged')])
  expect((await refusal(stripe.checkout.sessions.expire(session.id))).message).toContain('status of expired')
  expect(charges(sandbox)).toEqual([])
  const third = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: plan.id }],
    ...pages,
  })
  expect(await stripe.checkout.sessions.expire(third.id)).toMatchObject({ status: 'expired', url: null })
  const expired = await stripe.events.list({ type: 'checkout.session.expired' })
  expect(expired.data.map(({ data }) => (data.object as { id: string }).id)).toEqual([third.id, session.id, second.id])
})

test('a session without a customer makes one from its email', async () => {
  const { stripe, session } = await begin({ customer: undefined as never, customer_email: 'new@example.com' })
  await pay(session, '4242424242424242')
  const done = await stripe.checkout.sessions.retrieve(session.id, { expand: ['customer'] })
  expect(done.customer).toMatchObject({ email: 'new@example.com' })
})

test('what Stripe would refuse is refused: unknown parameters, no items, odd addresses, times out of range', async () => {
  const { stripe, plan, session } = await begin()
  const line_items = [{ price: plan.id, quantity: 1 }]
  const create = (params: object) =>
    refusal(stripe.checkout.sessions.create({ mode: 'subscription', line_items, ...pages, ...params } as never))
  expect(await create({ payment_method_types: ['card'] })).toMatchObject({
    code: 'parameter_unknown',
    param: 'payment_method_types',
  })
  expect(await create({ subscription_data: { trial_days: 3 } })).toMatchObject({ code: 'parameter_unknown' })
  expect(await create({ mode: 'payment' })).toMatchObject({ param: 'mode' })
  expect(await create({ ui_mode: 'hosted' })).toMatchObject({ param: 'ui_mode' })
  expect(await create({ line_items: [] })).toMatchObject({ param: 'line_items' })
  expect(await create({ line_items: [{ price: 'price_none' }] })).toMatchObject({ code: 'resource_missing' })
  expect(await create({ success_url: '/back' })).toMatchObject({ code: 'url_invalid' })
  expect(await create({ customer: 'cus_none' })).toMatchObject({ code: 'resource_missing' })
  for (const seconds of [1_799, 86_401])
    expect(await create({ expires_at: session.created + seconds })).toMatchObject({ param: 'expires_at' })
  expect(await refusal(stripe.checkout.sessions.retrieve('cs_none'))).toMatchObject({ statusCode: 404 })
})

test('the page asks for what is charged: the price less the credit of the customer', async () => {
  const begun = await begin()
  await begun.stripe.customers.update(begun.owner.id, { balance: -1_000 })
  const page = await (await fetch(begun.session.url ?? '')).text()
  expect(page).toContain('Pay $26.00')
  expect(page).toContain('-$10.00')
  await pay(begun.session, '4242424242424242')
  expect(charges(begun.sandbox)).toEqual([2_600])
})

test('an open invoice can be paid on its page, with 3-D Secure too', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Starter', 1_200)
  const owner = await customer(stripe, 'pm_card_chargeCustomerFail')
  const begin = async () => {
    const { latest_invoice } = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: plan.id }] })
    return stripe.invoices.retrieve(String(latest_invoice))
  }
  const send = (url: string, body: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(body), redirect: 'manual' })
  const first = (await begin()).hosted_invoice_url ?? ''
  expect(await (await fetch(first)).text()).toContain('Pay $12.00')
  expect((await send(first, { number: '4000000000000002' })).status).toBe(402)
  expect((await send(first, { number: '4242424242424242' })).status).toBe(303)
  expect(charges(sandbox)).toEqual([1_200])
  expect(await (await fetch(first)).text()).not.toContain('Pay $12.00')

  const second = (await begin()).hosted_invoice_url ?? ''
  const asked = await send(second, { number: '4000002760003184' })
  const bank = new URL(asked.headers.get('location') ?? '', second).href
  expect(await (await fetch(bank)).text()).toContain('Approve')
  const back = await send(bank, { bank: 'approve' })
  expect(new URL(back.headers.get('location') ?? '', second).href).toBe(second)
  expect(charges(sandbox)).toEqual([1_200, 1_200])
})

test('a session whose price is archived sells nothing, and is still shown and expired', async () => {
  const { stripe, session, plan } = await begin()
  await stripe.prices.update(plan.id, { active: false })
  const page = await fetch(session.url ?? '')
  expect(page.status).toBe(410)
  expect(await page.text()).toContain('inactive')
  expect((await pay(session, '4242424242424242')).status).toBe(410)
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'open', amount_total: 3_600 })
  expect((await stripe.checkout.sessions.expire(session.id)).status).toBe('expired')
})

test('a trial begins on the page without a charge, and without a card where none is needed', async () => {
  const begun = await begin({
    payment_method_collection: 'if_required',
    subscription_data: { trial_period_days: 14 },
  })
  expect(begun.session).toMatchObject({ amount_total: 0, payment_method_collection: 'if_required' })
  expect(await (await fetch(begun.session.url ?? '')).text()).toContain('Free until')
  expect((await pay(begun.session, '')).status).toBe(303)
  expect(only(await subscriptions(begun))).toMatchObject({ status: 'trialing', default_payment_method: null })
  const done = await begun.stripe.checkout.sessions.retrieve(begun.session.id)
  expect(done.payment_status).toBe('no_payment_required')
  expect(charges(begun.sandbox)).toEqual([])
})

test('tax asks for the country, and is charged with the rest', async () => {
  const { stripe, ...shop } = await openShop()
  const [plan, owner] = [await price(stripe, 'Starter', 1_200, { tax: 'exclusive' }), await stripe.customers.create()]
  const opening = {
    mode: 'subscription' as const,
    customer: owner.id,
    line_items: [{ price: plan.id, quantity: 3 }],
    automatic_tax: { enabled: true },
    success_url: pages.success_url,
  }
  expect(await refusal(stripe.checkout.sessions.create(opening))).toMatchObject({
    code: 'customer_tax_location_invalid',
  })
  const kept = { ...opening, customer_update: { address: 'auto' as const } }
  expect(
    (await refusal(stripe.checkout.sessions.create({ ...kept, tax_id_collection: { enabled: true } }))).param,
  ).toBe('customer_update[name]')
  const begun = { ...shop, stripe, session: await stripe.checkout.sessions.create(kept) }
  expect(begun.session.automatic_tax.status).toBe('requires_location_inputs')
  const send = (country: string) =>
    fetch(begun.session.url ?? '', {
      method: 'POST',
      body: new URLSearchParams({ number: '4242424242424242', country }),
      redirect: 'manual',
    })
  expect((await send('')).status).toBe(402)
  expect(await (await fetch(begun.session.url ?? '')).text()).not.toContain('Pay $')
  const told = await send('de')
  expect([told.status, charges(begun.sandbox)]).toEqual([200, []])
  expect(await told.text()).toContain('Pay $42.84')
  expect((await send('')).status).toBe(303)
  const done = await begun.stripe.checkout.sessions.retrieve(begun.session.id)
  expect(done).toMatchObject({ amount_subtotal: 3_600, amount_total: 4_284, total_details: { amount_tax: 684 } })
  expect(charges(begun.sandbox)).toEqual([4_284])
})
