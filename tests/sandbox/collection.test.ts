import { describe, expect, test } from 'vitest'
import {
  charges,
  customer,
  DAY,
  latestInvoice,
  only,
  openShop,
  paymentOf,
  price,
  refusal,
  START,
  subscribed,
  useCard,
} from './shop.ts'

const MONTH = 31 * DAY

async function failing() {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, customer: owner } = await subscribed(stripe, plan)
  await useCard(stripe, owner.id, 'pm_card_chargeCustomerFail')
  const now = () => stripe.subscriptions.retrieve(subscription.id)
  return { stripe, sandbox, subscription, owner, now }
}

describe('a renewal that fails', () => {
  test('is tried again after days, until a good card pays', async () => {
    const { stripe, sandbox, owner, now } = await failing()
    await sandbox.clock.advance(MONTH)
    const owed = await latestInvoice(stripe, await now())
    expect(owed).toMatchObject({ status: 'open', attempt_count: 1 })
    expect(owed.next_payment_attempt).toBe((START + MONTH + 3 * DAY) / 1000)
    await sandbox.clock.advance(3 * DAY)
    expect(await stripe.invoices.retrieve(owed.id)).toMatchObject({ attempt_count: 2 })
    await useCard(stripe, owner.id, 'pm_card_visa')
    await sandbox.clock.advance(5 * DAY)
    expect((await now()).status).toBe('active')
    expect(await stripe.invoices.retrieve(owed.id)).toMatchObject({ status: 'paid', next_payment_attempt: null })
    expect(charges(sandbox)).toEqual([1000, 1000])
  })

  test.each([
    ['cancel', 'canceled'],
    ['unpaid', 'unpaid'],
    ['past_due', 'past_due'],
  ] as const)('after the last try: %s', async (afterwards, status) => {
    const { sandbox, now } = await failing()
    sandbox.control.setDunning({ retryAfterDays: [1, 2], afterwards })
    await sandbox.clock.advance(MONTH + DAY)
    expect((await now()).status).toBe('past_due')
    await sandbox.clock.advance(2 * DAY)
    expect((await now()).status).toBe(status)
    if (status === 'canceled') expect((await now()).cancellation_details?.reason).toBe('payment_failed')
  })
})

test('an invoice that is sent is due after its days, and is paid on its page or by other means', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const owner = await stripe.customers.create({ email: 'ada@example.com' })
  const begin = { customer: owner.id, items: [{ price: plan.id }], collection_method: 'send_invoice' as const }
  expect(await refusal(stripe.subscriptions.create(begin))).toMatchObject({ param: 'days_until_due' })
  const subscription = await stripe.subscriptions.create({ ...begin, days_until_due: 14 })
  expect(subscription).toMatchObject({ status: 'active', collection_method: 'send_invoice', days_until_due: 14 })
  const invoice = await latestInvoice(stripe, subscription)
  expect(invoice).toMatchObject({ status: 'open', due_date: (START + 14 * DAY) / 1000 })
  const upgrade = stripe.subscriptions.update(subscription.id, {
    items: [{ id: only(subscription.items.data).id, quantity: 2 }],
    payment_behavior: 'pending_if_incomplete',
  })
  expect(await refusal(upgrade)).toMatchObject({ param: 'payment_behavior' })
  await sandbox.clock.advance(14 * DAY)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('past_due')
  const paid = await fetch(String(invoice.hosted_invoice_url), {
    method: 'POST',
    body: new URLSearchParams({ number: '4242424242424242' }),
    redirect: 'manual',
  })
  expect(paid.status).toBe(303)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
  await sandbox.clock.advance(17 * DAY)
  const next = await latestInvoice(stripe, await stripe.subscriptions.retrieve(subscription.id))
  await stripe.invoices.pay(next.id, { paid_out_of_band: true })
  expect((await stripe.invoices.retrieve(next.id)).status).toBe('paid')
  expect(charges(sandbox)).toEqual([1000])
})

test.each([
  ['void', 'void'],
  ['mark_uncollectible', 'uncollectible'],
  ['keep_as_draft', 'draft'],
] as const)('while collection is paused an invoice is kept from the card: %s', async (behavior, status) => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription } = await subscribed(stripe, plan)
  const resumes_at = (START + 40 * DAY) / 1000
  await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior, resumes_at } })
  await sandbox.clock.advance(MONTH)
  const paused = await stripe.subscriptions.retrieve(subscription.id)
  expect(paused).toMatchObject({ status: 'active', pause_collection: { behavior, resumes_at } })
  const invoice = await latestInvoice(stripe, paused)
  expect(invoice.status).toBe(status)
  if (status === 'draft') expect((await stripe.invoices.finalizeInvoice(invoice.id)).status).toBe('open')
  await sandbox.clock.advance(28 * DAY)
  expect((await stripe.subscriptions.retrieve(subscription.id)).pause_collection).toBeNull()
  expect(charges(sandbox)).toEqual([1000, 1000])
})

test.each(['won', 'lost'] as const)('a dispute is opened and %s by the controls', async (outcome) => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription } = await subscribed(stripe, plan)
  const payment = await paymentOf(stripe, String(subscription.latest_invoice))
  const id = await sandbox.control.dispute(payment.id)
  expect(await stripe.disputes.retrieve(id)).toMatchObject({ status: 'needs_response', amount: 1000 })
  expect((await stripe.charges.retrieve(String(payment.latest_charge))).disputed).toBe(true)
  expect(await refusal(stripe.refunds.create({ payment_intent: payment.id }))).toMatchObject({
    code: 'charge_disputed',
  })
  await sandbox.control.closeDispute(id, outcome)
  expect((await stripe.disputes.retrieve(id)).status).toBe(outcome)
  const { data } = await stripe.events.list({ type: 'charge.dispute.*' })
  expect(data.map(({ type }) => type)).toContain('charge.dispute.closed')
  const disputes = sandbox.control.journal().filter(({ kind }) => kind === 'dispute')
  expect(disputes).toMatchObject([{ kind: 'dispute', amount: 1000 }])
})

test('a test clock is the time of the sandbox: what falls due has happened once it is ready', async () => {
  const { stripe } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START / 1000 })
  const owner = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa' },
  })
  const subscription = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: plan.id }] })
  expect(subscription.test_clock).toBe(clock.id)
  const later = (START + MONTH) / 1000
  expect((await stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: later })).status).toBe('advancing')
  expect(await stripe.testHelpers.testClocks.retrieve(clock.id)).toMatchObject({ status: 'ready', frozen_time: later })
  expect((await stripe.invoices.list({ customer: owner.id })).data).toHaveLength(2)
  const back = stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: later - 1 })
  expect(await refusal(back)).toMatchObject({ param: 'frozen_time' })
  await stripe.testHelpers.testClocks.del(clock.id)
  expect(await stripe.customers.retrieve(owner.id)).toMatchObject({ deleted: true })
})

test('webhooks come late, twice or in another order when they are asked to', async () => {
  const heard: string[] = []
  const { stripe, sandbox } = await openShop({
    fetch: async (_url, init) => {
      heard.push(JSON.parse(String(init?.body)).data.object.description)
      return new Response()
    },
  })
  await stripe.webhookEndpoints.create({ url: 'http://app.example/hook', enabled_events: ['customer.created'] })
  const { webhooks } = sandbox.control
  const create = async (...names: string[]) => {
    for (const description of names) await stripe.customers.create({ description })
    await sandbox.clock.advance(0)
  }
  webhooks.delayNext(60_000)
  await create('late', 'early')
  await sandbox.clock.advance(60_000)
  webhooks.repeatNext()
  await create('twice')
  webhooks.pause()
  await create('first', 'second')
  webhooks.reverse()
  await webhooks.resume()
  expect(heard).toEqual(['early', 'late', 'twice', 'twice', 'second', 'first'])
  webhooks.reverse(false)
  expect(await customer(stripe)).toMatchObject({ object: 'customer' })
})
