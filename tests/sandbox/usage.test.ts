import { expect, test } from 'vitest'
import { charges, customer, DAY, latestInvoice, only, openShop, price, refusal, START } from './shop.ts'

async function metered(formula: 'count' | 'last' | 'sum' = 'sum') {
  const { stripe, sandbox } = await openShop()
  const owner = await customer(stripe)
  const meter = await stripe.billing.meters.create({
    display_name: 'API calls',
    event_name: 'api_calls',
    default_aggregation: { formula },
    customer_mapping: { type: 'by_id', event_payload_key: 'stripe_customer_id' },
    value_settings: { event_payload_key: 'value' },
  })
  const calls = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'API calls' },
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    unit_amount: 5,
  })
  const use = (value: number, identifier: string, timestamp?: number) =>
    stripe.billing.meterEvents.create({
      event_name: 'api_calls',
      payload: { stripe_customer_id: owner.id, value: String(value) },
      identifier,
      ...(timestamp !== undefined && { timestamp }),
    })
  return { stripe, sandbox, owner, meter, calls, use }
}

test('usage is billed when its period is over, foretold by a preview', async () => {
  const { stripe, sandbox, owner, calls, use, meter } = await metered()
  const base = await price(stripe, 'Base', 1000)
  const subscription = await stripe.subscriptions.create({
    customer: owner.id,
    items: [{ price: base.id }, { price: calls.id }],
  })
  expect(charges(sandbox)).toEqual([1000])
  expect(subscription.items.data[1]?.quantity).toBeUndefined()
  await sandbox.clock.advance(5 * DAY)
  await use(100, 'a')
  await use(150, 'b')
  const preview = await stripe.invoices.createPreview({ subscription: subscription.id })
  expect(preview.lines.data.map(({ amount, quantity }) => [amount, quantity])).toEqual([
    [1250, 250],
    [1000, 1],
  ])
  await sandbox.clock.advance(26 * DAY)
  const invoice = await latestInvoice(stripe, await stripe.subscriptions.retrieve(subscription.id))
  expect(invoice.total).toBe(2250)
  expect(invoice.lines.data[0]?.period).toEqual({ start: START / 1000, end: (START + 31 * DAY) / 1000 })
  const summary = await stripe.billing.meters.listEventSummaries(meter.id, {
    customer: owner.id,
    start_time: START / 1000,
    end_time: START / 1000 + 31 * 86_400,
  })
  expect(only(summary.data).aggregated_value).toBe(250)
  expect((await stripe.invoices.createPreview({ subscription: subscription.id })).total).toBe(1000)
})

test('an event counts once, within its time, and can be taken back', async () => {
  const { stripe, owner, calls, use, sandbox } = await metered()
  const subscription = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: calls.id }] })
  await sandbox.clock.advance(DAY)
  const now = sandbox.clock.now() / 1000
  await use(10, 'once')
  expect(await refusal(use(10, 'once'))).toMatchObject({ code: 'duplicate_meter_event' })
  expect(await refusal(use(1, 'old', now - 36 * 86_400))).toMatchObject({ param: 'timestamp' })
  expect(await refusal(use(1, 'ahead', now + 301))).toMatchObject({ param: 'timestamp' })
  await use(7, 'mistake')
  await stripe.billing.meterEventAdjustments.create({
    event_name: 'api_calls',
    type: 'cancel',
    cancel: { identifier: 'mistake' },
  })
  expect((await stripe.invoices.createPreview({ subscription: subscription.id })).total).toBe(50)
})

test.each([
  ['count', 15],
  ['last', 20],
  ['sum', 35],
] as const)('a meter counts by %s', async (formula, total) => {
  const { stripe, owner, calls, use } = await metered(formula)
  const subscription = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: calls.id }] })
  await use(1, 'a')
  await use(2, 'b')
  await use(4, 'c')
  expect((await stripe.invoices.createPreview({ subscription: subscription.id })).total).toBe(total)
})

test('what was used is billed when a subscription is canceled and invoiced at once', async () => {
  const { stripe, sandbox, owner, calls, use } = await metered()
  const subscription = await stripe.subscriptions.create({ customer: owner.id, items: [{ price: calls.id }] })
  await use(40, 'a')
  await sandbox.clock.advance(1000)
  await stripe.subscriptions.cancel(subscription.id, { invoice_now: true })
  expect(charges(sandbox)).toEqual([200])
})

/** A base price, and calls at 5 cents with another price of 2 cents to change to. */
async function twoPrices(billing: 'classic' | 'flexible') {
  const shop = await metered()
  const { stripe, owner, calls, meter, sandbox } = shop
  const base = await price(stripe, 'Base', 3100)
  const cheaper = await stripe.prices.create({
    currency: 'usd',
    product: String(calls.product),
    recurring: { interval: 'month', usage_type: 'metered', meter: meter.id },
    unit_amount: 2,
  })
  const subscription = await stripe.subscriptions.create({
    customer: owner.id,
    items: [{ price: base.id, quantity: 1 }, { price: calls.id }],
    billing_mode: { type: billing },
  })
  await sandbox.clock.advance(10 * DAY)
  await shop.use(100, 'before')
  await sandbox.clock.advance(1000)
  const item = subscription.items.data.find((one) => one.price.id === calls.id)
  return { ...shop, base, cheaper, subscription, item: item?.id ?? '' }
}

test.each([
  ['flexible', 'always_invoice', 500],
  ['flexible', 'none', 0],
  ['classic', 'always_invoice', 0],
] as const)('a metered price that goes is billed until then: %s, %s', async (billing, proration_behavior, amount) => {
  const { stripe, sandbox, subscription, item, cheaper, use } = await twoPrices(billing)
  const change = { items: [{ id: item, price: cheaper.id }], proration_behavior }
  const details = { subscription: subscription.id, subscription_details: change }
  const foretold = amount === 0 ? 0 : (await stripe.invoices.createPreview(details)).total
  await stripe.subscriptions.update(subscription.id, change)
  expect([foretold, charges(sandbox).slice(1)]).toEqual([amount, amount === 0 ? [] : [amount]])
  await use(50, 'after')
  await sandbox.clock.advance(22 * DAY)
  expect(charges(sandbox).at(-1)).toBe(3100 + 50 * 2)
})

test('seats that are added leave usage for the end of the period, and so does a metered price that comes', async () => {
  const { stripe, sandbox, subscription, use } = await twoPrices('flexible')
  const [seats] = subscription.items.data
  await stripe.subscriptions.update(subscription.id, {
    items: [{ id: seats?.id ?? '', quantity: 2 }],
    proration_behavior: 'always_invoice',
  })
  expect(charges(sandbox).slice(1)).toEqual([2100])
  await use(20, 'later')
  await sandbox.clock.advance(22 * DAY)
  expect(charges(sandbox).at(-1)).toBe(6200 + 120 * 5)
})

test('a new cycle ends the present one: what was used in it is on the invoice that begins the new one', async () => {
  const { stripe, sandbox, subscription, use } = await twoPrices('flexible')
  await stripe.subscriptions.update(subscription.id, {
    billing_cycle_anchor: { type: 'now' },
    proration_behavior: 'none',
  })
  expect(charges(sandbox).at(-1)).toBe(3100 + 500)
  await use(1, 'next')
  await sandbox.clock.advance(32 * DAY)
  expect(charges(sandbox).at(-1)).toBe(3100 + 5)
})

test('a phase that brings another metered price bills what was used of the old one, at the turn', async () => {
  const { stripe, sandbox, subscription, base, cheaper, calls } = await twoPrices('flexible')
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
  const [present] = schedule.phases
  expect(present?.items.map(({ quantity }) => quantity)).toEqual([1, undefined])
  await stripe.subscriptionSchedules.update(schedule.id, {
    end_behavior: 'release',
    phases: [
      {
        items: [{ price: base.id, quantity: 1 }, { price: calls.id }],
        start_date: present?.start_date ?? 0,
        end_date: present?.end_date ?? 0,
      },
      {
        items: [{ price: base.id, quantity: 1 }, { price: cheaper.id }],
        duration: { interval: 'month', interval_count: 1 },
        proration_behavior: 'create_prorations',
      },
    ],
  })
  await sandbox.clock.advance(22 * DAY)
  expect(charges(sandbox).at(-1)).toBe(3100 + 500)
})
