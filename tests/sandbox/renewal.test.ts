import { expect, test } from 'vitest'
import { boundary, periodAround } from '../../server/sandbox/billing/periods.ts'
import { charges, DAY, latestInvoice, only, openShop, price, subscribed, useCard } from './shop.ts'

test('months keep the day of the anchor, or take their last', async () => {
  const { stripe, sandbox } = await openShop({ now: () => Date.UTC(2026, 0, 31, 9, 30) })
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription } = await subscribed(stripe, plan)
  const ends: string[] = []
  for (let month = 0; month < 4; month += 1) {
    const [item] = (await stripe.subscriptions.retrieve(subscription.id)).items.data
    const end = (item?.current_period_end ?? 0) * 1000
    ends.push(new Date(end).toISOString())
    await sandbox.clock.advance(end - sandbox.clock.now())
  }
  expect(ends).toEqual([
    '2026-02-28T09:30:00.000Z',
    '2026-03-31T09:30:00.000Z',
    '2026-04-30T09:30:00.000Z',
    '2026-05-31T09:30:00.000Z',
  ])
  expect(charges(sandbox)).toEqual([1000, 1000, 1000, 1000, 1000])
})

test('a leap day returns every fourth year', () => {
  const anchor = Date.UTC(2024, 1, 29) / 1000
  const year = { interval: 'year', interval_count: 1 } as const
  expect(boundary(anchor, year, 1)).toBe(Date.UTC(2025, 1, 28) / 1000)
  expect(boundary(anchor, year, 4)).toBe(Date.UTC(2028, 1, 29) / 1000)
  expect(periodAround(anchor, year, Date.UTC(2027, 5, 1) / 1000)).toEqual({
    start: Date.UTC(2027, 1, 28) / 1000,
    end: Date.UTC(2028, 1, 29) / 1000,
  })
})

test('every renewal that was slept through is billed at its own time', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription } = await subscribed(stripe, plan)
  await sandbox.clock.advance(95 * DAY)
  const invoices = await stripe.invoices.list({ subscription: subscription.id })
  expect(invoices.data.map(({ created }) => new Date(created * 1000).toISOString().slice(0, 10))).toEqual([
    '2026-04-20',
    '2026-03-20',
    '2026-02-20',
    '2026-01-20',
  ])
  expect(invoices.data[0]?.billing_reason).toBe('subscription_cycle')
})

test('time that passes on the outside clock is caught up with at the next request', async () => {
  let now = Date.UTC(2026, 0, 20)
  const { stripe } = await openShop({ now: () => now })
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, item } = await subscribed(stripe, plan)
  now = item.current_period_end * 1000
  const renewed = await stripe.subscriptions.retrieve(subscription.id)
  expect(only(renewed.items.data).current_period_start).toBe(item.current_period_end)
})

test('a renewal that cannot be paid leaves the subscription past due until it is', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const { subscription, customer } = await subscribed(stripe, plan)
  await useCard(stripe, customer.id, 'pm_card_chargeCustomerFail')
  await sandbox.clock.advance(31 * DAY)
  const late = await stripe.subscriptions.retrieve(subscription.id)
  expect(late.status).toBe('past_due')
  expect((await latestInvoice(stripe, late)).status).toBe('open')
  await useCard(stripe, customer.id, 'pm_card_visa')
  await stripe.invoices.pay(String(late.latest_invoice))
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
})

test('a canceled subscription ends with its period, a resumed one goes on', async () => {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 1000)
  const ending = await subscribed(stripe, plan)
  const resumed = await subscribed(stripe, plan)
  const canceled = await stripe.subscriptions.update(ending.subscription.id, { cancel_at_period_end: true })
  expect(canceled.cancel_at).toBe(ending.item.current_period_end)
  await stripe.subscriptions.update(resumed.subscription.id, { cancel_at_period_end: true })
  await stripe.subscriptions.update(resumed.subscription.id, { cancel_at_period_end: false })
  await sandbox.clock.advance(31 * DAY)
  expect((await stripe.subscriptions.retrieve(ending.subscription.id)).status).toBe('canceled')
  expect((await stripe.subscriptions.retrieve(resumed.subscription.id)).status).toBe('active')
  expect(charges(sandbox)).toHaveLength(3)
})

test('a subscription may also end at a time, and be kept by clearing it', async () => {
  const { stripe, sandbox } = await openShop()
  const { subscription, item } = await subscribed(stripe, await price(stripe, 'Standard', 1000))
  const ending = await stripe.subscriptions.update(subscription.id, {
    cancel_at: 'min_period_end',
    cancellation_details: { comment: 'too quiet' },
  })
  expect(ending).toMatchObject({
    cancel_at: item.current_period_end,
    cancel_at_period_end: false,
    cancellation_details: { comment: 'too quiet', reason: 'cancellation_requested' },
  })
  expect((await stripe.subscriptions.update(subscription.id, { cancel_at: '' })).cancel_at).toBeNull()
  await sandbox.clock.advance(31 * DAY)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('active')
})
