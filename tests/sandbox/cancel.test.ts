import { expect, test } from 'vitest'
import { charges, DAY, latestInvoice, only, openShop, price, refusal, START, subscribed } from './shop.ts'

const MONTH_LATER = Date.UTC(2026, 1, 20, 12)

async function running(mode: 'classic' | 'flexible' = 'flexible') {
  const { stripe, sandbox } = await openShop()
  const plan = await price(stripe, 'Standard', 3100)
  return { stripe, sandbox, plan, ...(await subscribed(stripe, plan, 1, mode)) }
}

test('a subscription that is to end can be taken up again until it does', async () => {
  const { stripe, sandbox, subscription } = await running()
  const ending = await stripe.subscriptions.update(subscription.id, {
    cancel_at_period_end: true,
    cancellation_details: { feedback: 'too_expensive', comment: 'Next year.' },
  })
  expect(ending).toMatchObject({
    cancel_at_period_end: true,
    cancel_at: MONTH_LATER / 1000,
    cancellation_details: { feedback: 'too_expensive', comment: 'Next year.', reason: 'cancellation_requested' },
  })
  const resumed = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false })
  expect(resumed).toMatchObject({ cancel_at_period_end: false, cancel_at: null, canceled_at: null })
  await sandbox.clock.advance(MONTH_LATER - START)
  expect(charges(sandbox)).toEqual([3100, 3100])
})

test('cancel_at takes a time, the first or the last end of a period, and is cleared by nothing', async () => {
  const { stripe, sandbox, subscription } = await running()
  const yearly = await price(stripe, 'Archive', 12_000, { interval: 'year' })
  await stripe.subscriptions.update(subscription.id, { items: [{ price: yearly.id }], proration_behavior: 'none' })
  const at = async (cancel_at: '' | 'min_period_end' | 'max_period_end' | number) =>
    (await stripe.subscriptions.update(subscription.id, { cancel_at })).cancel_at
  expect(await at('min_period_end')).toBe(MONTH_LATER / 1000)
  expect(await at('max_period_end')).toBe(Date.UTC(2027, 0, 20, 12) / 1000)
  expect(await at('')).toBeNull()
  expect(await refusal(at(START / 1000))).toMatchObject({ param: 'cancel_at' })
  expect(await at((START + 40 * DAY) / 1000)).toBe((START + 40 * DAY) / 1000)
  await sandbox.clock.advance(40 * DAY)
  expect(await stripe.subscriptions.retrieve(subscription.id)).toMatchObject({
    status: 'canceled',
    ended_at: (START + 40 * DAY) / 1000,
  })
  expect(charges(sandbox)).toEqual([3100, 3100])
})

test('prorations that wait are billed when the period of a subscription that ends is over', async () => {
  const { stripe, sandbox, subscription, item } = await running()
  await stripe.subscriptions.update(subscription.id, { items: [{ id: item.id, quantity: 2 }] })
  await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true })
  await sandbox.clock.advance(MONTH_LATER - START)
  expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
  expect(charges(sandbox)).toEqual([3100, 3100])
})

test.each(['classic', 'flexible'] as const)('%s: canceling at once gives time back only if asked to', async (mode) => {
  const { stripe, sandbox, subscription, customer } = await running(mode)
  await sandbox.clock.advance(10 * DAY)
  const ended = await stripe.subscriptions.cancel(subscription.id, {
    prorate: true,
    invoice_now: true,
    cancellation_details: { comment: 'Done.' },
  })
  expect(ended).toMatchObject({ status: 'canceled', cancellation_details: { comment: 'Done.' } })
  const invoice = await latestInvoice(stripe, ended)
  expect(only(invoice.lines.data)).toMatchObject({ amount: -2100 })
  expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ balance: -2100 })
})

test('without invoice_now the credit of a canceled subscription waits for another invoice', async () => {
  const { stripe, sandbox, subscription, plan, customer } = await running()
  await sandbox.clock.advance(10 * DAY)
  const ended = await stripe.subscriptions.cancel(subscription.id, { prorate: true })
  expect(ended.latest_invoice).toBe(subscription.latest_invoice)
  expect(only((await stripe.invoiceItems.list({ customer: customer.id, pending: true })).data).amount).toBe(-2100)
  expect(await refusal(stripe.subscriptions.cancel(subscription.id))).toMatchObject({ code: 'resource_missing' })
  expect(plan.active).toBe(true)
})
