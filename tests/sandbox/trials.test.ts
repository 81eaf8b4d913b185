import type Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { charges, customer, DAY, latestInvoice, only, openShop, price, refusal, START, useCard } from './shop.ts'

const ENDS = (START + 14 * DAY) / 1000

async function onTrial(
  more: Partial<Stripe.SubscriptionCreateParams> = {},
  token?: string,
  mode: 'classic' | 'flexible' = 'flexible',
) {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 3000)
  const owner = token === 'none' ? await stripe.customers.create({}) : await customer(stripe, token)
  const subscription = await stripe.subscriptions.create({
    customer: owner.id,
    items: [{ price: plan.id, quantity: 2 }],
    billing_mode: { type: mode },
    ...('trial_period_days' in more ? {} : { trial_end: ENDS }),
    ...more,
  })
  return { stripe, sandbox, plan, owner, subscription, item: only(subscription.items.data) }
}

test('a trial begins with an invoice for nothing and is paid for from its end on', async () => {
  const { stripe, sandbox, subscription, item } = await onTrial()
  expect(subscription).toMatchObject({
    status: 'trialing',
    trial_start: START / 1000,
    trial_end: ENDS,
    billing_cycle_anchor: ENDS,
    trial_settings: { end_behavior: { missing_payment_method: 'create_invoice' } },
  })
  expect(item).toMatchObject({ current_period_start: START / 1000, current_period_end: ENDS })
  const first = await latestInvoice(stripe, subscription)
  expect(first).toMatchObject({ status: 'paid', total: 0, billing_reason: 'subscription_create' })
  expect(only(first.lines.data).description).toBe('Trial period for 2 × Standard')
  expect((await stripe.invoices.createPreview({ subscription: subscription.id })).amount_due).toBe(6000)
  await sandbox.clock.advance(14 * DAY)
  const after = await stripe.subscriptions.retrieve(subscription.id)
  expect(after).toMatchObject({ status: 'active', trial_end: ENDS })
  expect(only(after.items.data).current_period_start).toBe(ENDS)
  expect(await latestInvoice(stripe, after)).toMatchObject({ billing_reason: 'subscription_cycle', total: 6000 })
  expect(charges(sandbox)).toEqual([6000])
})

test('a trial may be told in days, or be what the price has', async () => {
  const { subscription, stripe, owner } = await onTrial({ trial_period_days: 7 })
  expect(subscription.trial_end).toBe((START + 7 * DAY) / 1000)
  const plan = await stripe.prices.create({
    currency: 'usd',
    product_data: { name: 'Taste' },
    recurring: { interval: 'month', trial_period_days: 30 },
    unit_amount: 900,
  })
  const items = [{ price: plan.id }]
  const tasting = await stripe.subscriptions.create({ customer: owner.id, items, trial_from_plan: true })
  expect(tasting.trial_end).toBe((START + 30 * DAY) / 1000)
  expect((await stripe.subscriptions.create({ customer: owner.id, items })).status).toBe('active')
})

test('three days before its end a trial is spoken of, once', async () => {
  const { stripe, sandbox, subscription } = await onTrial()
  const told = async () =>
    (await stripe.events.list({ type: 'customer.subscription.trial_will_end' })).data.map(({ created }) => created)
  await sandbox.clock.advance(11 * DAY - 1000)
  expect(await told()).toEqual([])
  await sandbox.clock.advance(1000)
  expect(await told()).toEqual([ENDS - 3 * 86_400])
  await sandbox.clock.advance(4 * DAY)
  expect(await told()).toHaveLength(1)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
})

test('what changes in a trial costs nothing before its end', async () => {
  const { stripe, sandbox, subscription, item } = await onTrial()
  await sandbox.clock.advance(5 * DAY)
  const yearly = await price(stripe, 'Premium', 50_000, { interval: 'year' })
  const updated = await stripe.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: yearly.id, quantity: 3 }],
    proration_behavior: 'always_invoice',
  })
  expect(updated).toMatchObject({ status: 'trialing', trial_end: ENDS, latest_invoice: subscription.latest_invoice })
  expect(only(updated.items.data)).toMatchObject({ current_period_end: ENDS, quantity: 3 })
  const next = await stripe.invoices.createPreview({ subscription: subscription.id })
  await sandbox.clock.advance(9 * DAY)
  expect(charges(sandbox)).toEqual([150_000])
  expect(next.amount_due).toBe(150_000)
})

describe.each(['classic', 'flexible'] as const)('%s: a trial that is ended by an upgrade', (mode) => {
  test('is billed in full for a cycle that starts now, as previewed', async () => {
    const { stripe, sandbox, subscription, item } = await onTrial({}, undefined, mode)
    await sandbox.clock.advance(5 * DAY)
    const details = {
      items: [{ id: item.id, quantity: 5 }],
      trial_end: 'now' as const,
      proration_behavior: 'always_invoice' as const,
    }
    const preview = await stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: details,
    })
    const updated = await stripe.subscriptions.update(subscription.id, {
      ...details,
      payment_behavior: 'pending_if_incomplete',
    })
    const now = (START + 5 * DAY) / 1000
    expect(updated).toMatchObject({ status: 'active', trial_end: now, billing_cycle_anchor: now, pending_update: null })
    expect(await latestInvoice(stripe, updated)).toMatchObject({ total: 15_000, billing_reason: 'subscription_update' })
    expect(preview.amount_due).toBe(15_000)
    expect(charges(sandbox)).toEqual([15_000])
  })

  test('goes on while its payment waits', async () => {
    const { stripe, sandbox, subscription, owner } = await onTrial({}, undefined, mode)
    await useCard(stripe, owner.id, 'pm_card_chargeCustomerFail')
    const updated = await stripe.subscriptions.update(subscription.id, {
      trial_end: 'now',
      payment_behavior: 'pending_if_incomplete',
    })
    expect(updated).toMatchObject({ status: 'trialing', trial_end: ENDS, pending_update: { trial_end: START / 1000 } })
    const card = await stripe.paymentMethods.attach('pm_card_visa', { customer: owner.id })
    await stripe.invoices.pay(String(updated.latest_invoice), { payment_method: card.id })
    expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
      status: 'active',
      trial_end: START / 1000,
      pending_update: null,
    })
    expect(charges(sandbox)).toEqual([6000])
  })
})

test('a trial can be made longer, and begun anew by one who pays already', async () => {
  const { stripe, sandbox, subscription } = await onTrial()
  const later = (START + 20 * DAY) / 1000
  expect(await stripe.subscriptions.update(subscription.id, { trial_end: later })).toMatchObject({
    status: 'trialing',
    trial_end: later,
    trial_start: START / 1000,
    latest_invoice: subscription.latest_invoice,
  })
  await sandbox.clock.advance(20 * DAY)
  expect(charges(sandbox)).toEqual([6000])
  const free = (START + 30 * DAY) / 1000
  const again = await stripe.subscriptions.update(subscription.id, {
    trial_end: free,
    proration_behavior: 'always_invoice',
  })
  expect(again).toMatchObject({ status: 'trialing', trial_start: later, billing_cycle_anchor: free })
  expect((await latestInvoice(stripe, again)).total).toBe(-6000)
  const past = stripe.subscriptions.update(subscription.id, { trial_end: later - 5 })
  expect(await refusal(past)).toMatchObject({ param: 'trial_end' })
})

test.each([
  ['create_invoice', 'past_due'],
  ['cancel', 'canceled'],
  ['pause', 'paused'],
] as const)('a trial that ends without a card: %s', async (missing_payment_method, status) => {
  const { stripe, sandbox, subscription, owner } = await onTrial(
    { trial_settings: { end_behavior: { missing_payment_method } } },
    'none',
  )
  await sandbox.clock.advance(14 * DAY)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe(status)
  expect(charges(sandbox)).toEqual([])
  if (status !== 'paused') return
  expect((await stripe.events.list({ type: 'customer.subscription.paused' })).data).toHaveLength(1)
  await useCard(stripe, owner.id, 'pm_card_visa')
  await sandbox.clock.advance(3 * DAY)
  const resumed = await stripe.subscriptions.resume(subscription.id)
  expect(resumed).toMatchObject({ status: 'active', billing_cycle_anchor: (START + 17 * DAY) / 1000 })
  expect(charges(sandbox)).toEqual([6000])
})
