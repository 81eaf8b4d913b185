import type Stripe from 'stripe'
import { expect, test } from 'vitest'
import { charges, DAY, latestInvoice, only, openShop, price, refusal, START, subscribed } from './shop.ts'

const NOW = START / 1000
const MONTH_LATER = Date.UTC(2026, 1, 20, 12)

async function scheduled() {
  const { stripe, sandbox } = await openShop()
  const pro = await price(stripe, 'Pro', 3000)
  const team = await price(stripe, 'Team', 1000)
  const { subscription, item, customer } = await subscribed(stripe, pro, 4)
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id })
  return { stripe, sandbox, pro, team, subscription, item, customer, schedule }
}

const nextPhase = (
  stripe: Stripe,
  { phases: [current], id }: Stripe.SubscriptionSchedule,
  next: Partial<Stripe.SubscriptionScheduleUpdateParams.Phase> & {
    items: Stripe.SubscriptionScheduleUpdateParams.Phase.Item[]
  },
  more: Stripe.SubscriptionScheduleUpdateParams = {},
): Promise<Stripe.SubscriptionSchedule> => {
  if (!current) throw new Error('the schedule has no phase')
  const items = current.items.map((item) => ({ price: String(item.price), quantity: item.quantity ?? 1 }))
  return stripe.subscriptionSchedules.update(id, {
    end_behavior: 'release',
    proration_behavior: 'none',
    ...more,
    phases: [
      { items, start_date: current.start_date, end_date: current.end_date },
      { duration: { interval: 'month', interval_count: 1 }, proration_behavior: 'none', ...next },
    ],
  })
}

test('a schedule made from a subscription has its present period as the only phase', async () => {
  const { stripe, schedule, subscription, pro } = await scheduled()
  expect(schedule).toMatchObject({ status: 'active', end_behavior: 'release', subscription: subscription.id })
  expect(only(schedule.phases)).toMatchObject({
    start_date: NOW,
    end_date: MONTH_LATER / 1000,
    items: [{ price: pro.id, quantity: 4 }],
  })
  expect(schedule.current_phase).toEqual({ start_date: NOW, end_date: MONTH_LATER / 1000 })
  expect((await stripe.subscriptions.retrieve(subscription.id)).schedule).toBe(schedule.id)
  expect(await refusal(stripe.subscriptionSchedules.create({ from_subscription: subscription.id }))).toMatchObject({
    statusCode: 400,
    message: expect.stringContaining('already attached to a schedule'),
  })
})

test('a downgrade waits for the end of the period, is billed in full there, and then the schedule lets go', async () => {
  const { stripe, sandbox, schedule, subscription, team } = await scheduled()
  await nextPhase(stripe, schedule, { items: [{ price: team.id, quantity: 2 }] })
  expect(only((await stripe.subscriptions.retrieve(subscription.id)).items.data).quantity).toBe(4)
  await sandbox.clock.advance(MONTH_LATER - START)
  const after = await stripe.subscriptions.retrieve(subscription.id, { expand: ['schedule'] })
  expect(only(after.items.data)).toMatchObject({ price: { id: team.id }, quantity: 2 })
  expect(after.schedule).toMatchObject({ status: 'active', current_phase: { start_date: MONTH_LATER / 1000 } })
  const invoice = await latestInvoice(stripe, after)
  expect(invoice).toMatchObject({ billing_reason: 'subscription_cycle', total: 2000, status: 'paid' })
  expect(only(invoice.lines.data).description).toBe('2 × Team (at $10.00 / month)')
  expect(charges(sandbox)).toEqual([12_000, 2000])
  await sandbox.clock.advance(28 * DAY)
  expect((await stripe.subscriptions.retrieve(subscription.id)).schedule).toBeNull()
  expect(await stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({
    status: 'released',
    released_subscription: subscription.id,
    subscription: null,
  })
  expect(charges(sandbox)).toEqual([12_000, 2000, 2000])
})

test('what is released goes on as it is', async () => {
  const { stripe, sandbox, schedule, subscription, team, pro } = await scheduled()
  await nextPhase(stripe, schedule, { items: [{ price: team.id, quantity: 2 }] })
  expect(await stripe.subscriptionSchedules.release(schedule.id)).toMatchObject({ status: 'released' })
  await sandbox.clock.advance(MONTH_LATER - START)
  const after = await stripe.subscriptions.retrieve(subscription.id)
  expect(only(after.items.data)).toMatchObject({ price: { id: pro.id }, quantity: 4 })
  expect(await refusal(stripe.subscriptionSchedules.release(schedule.id))).toMatchObject({ statusCode: 400 })
})

test('a yearly phase that starts its own cycle is billed in full when it begins', async () => {
  const { stripe, sandbox, schedule, subscription } = await scheduled()
  const yearly = await price(stripe, 'Yearly', 30_000, { interval: 'year' })
  await nextPhase(stripe, schedule, {
    items: [{ price: yearly.id }],
    billing_cycle_anchor: 'phase_start',
    duration: { interval: 'year' },
  })
  await sandbox.clock.advance(MONTH_LATER - START)
  const after = await stripe.subscriptions.retrieve(subscription.id)
  expect(after.billing_cycle_anchor).toBe(MONTH_LATER / 1000)
  expect(only(after.items.data).current_period_end).toBe(Date.UTC(2027, 1, 20, 12) / 1000)
  expect(charges(sandbox)).toEqual([12_000, 30_000])
})

test('what the present phase changes happens at once', async () => {
  const { stripe, sandbox, schedule, subscription, pro } = await scheduled()
  await sandbox.clock.advance(10 * DAY)
  const current = only(schedule.phases)
  const bounds = { start_date: current.start_date, end_date: current.end_date }
  await stripe.subscriptionSchedules.update(schedule.id, {
    phases: [{ ...bounds, items: [{ price: pro.id, quantity: 5 }] }],
    proration_behavior: 'always_invoice',
  })
  const after = await stripe.subscriptions.retrieve(subscription.id)
  expect(only(after.items.data).quantity).toBe(5)
  expect((await latestInvoice(stripe, after)).billing_reason).toBe('subscription_update')
  const moved = { ...bounds, start_date: bounds.start_date + 1, items: [{ price: pro.id, quantity: 5 }] }
  expect(await refusal(stripe.subscriptionSchedules.update(schedule.id, { phases: [moved] }))).toMatchObject({
    message: expect.stringContaining('You can not modify the start date of the current phase'),
  })
})

test('a schedule that cancels says when on its subscription, which ends then', async () => {
  const { stripe, sandbox, schedule, subscription } = await scheduled()
  await stripe.subscriptionSchedules.update(schedule.id, { end_behavior: 'cancel' })
  expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at).toBe(MONTH_LATER / 1000)
  await sandbox.clock.advance(MONTH_LATER - START)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
  expect((await stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe('completed')
  expect(charges(sandbox)).toEqual([12_000])
})

test('the end of a scheduled subscription is the business of its schedule', async () => {
  const { stripe, subscription } = await scheduled()
  for (const change of [{ cancel_at_period_end: true }, { cancel_at: '' as const }]) {
    expect(await refusal(stripe.subscriptions.update(subscription.id, change))).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('is managed by the subscription schedule'),
    })
  }
})

test('canceling a schedule cancels its subscription, gives unused time back and bills what waits', async () => {
  const { stripe, sandbox, schedule, subscription, customer } = await scheduled()
  await sandbox.clock.advance(MONTH_LATER - START - 1000 * 31 * 21_600)
  const canceled = await stripe.subscriptionSchedules.cancel(schedule.id)
  expect(canceled.status).toBe('canceled')
  const after = await stripe.subscriptions.retrieve(subscription.id)
  expect(after).toMatchObject({ status: 'canceled', schedule: null })
  expect((await latestInvoice(stripe, after)).total).toBe(-3000)
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -3000 })
})

test('schedules tell of what becomes of them', async () => {
  const { stripe, schedule } = await scheduled()
  await nextPhase(stripe, schedule, { items: [{ price: String(schedule.phases[0]?.items[0]?.price), quantity: 1 }] })
  await stripe.subscriptionSchedules.release(schedule.id)
  const { data } = await stripe.events.list({ type: 'subscription_schedule.*' })
  expect(data.map(({ type }) => type.split('.')[1]).reverse()).toEqual(['created', 'updated', 'released'])
})
