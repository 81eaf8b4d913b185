import type { SubscriptionAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { buy } from '../support/buying.ts'
import { openFree } from '../support/checkout.ts'
import { day, type Harness, openHarness, subscribe, useCard } from '../support/harness.ts'

const read = async (harness: Harness, account = 'acme', user = 'priya') =>
  (await harness.as(account, user).ok<SubscriptionAnswer>('GET', '/subscription')).subscription

const renewal = '2027-04-12T14:00:00.000Z'

test('who may buy reads what is paid for, how much, when next and with which card', async () => {
  const harness = await openHarness()
  const { subscription } = await subscribe(harness)
  const rate = await harness.stripe.taxRates.create({ display_name: 'VAT', percentage: 20, inclusive: false })
  await harness.stripe.subscriptions.update(subscription, { default_tax_rates: [rate.id] })
  expect(await read(harness)).toEqual({
    title: 'Starter, 5 seats, by the month',
    plan: { key: 'starter', title: 'Starter' },
    status: 'active',
    trialEndsAt: null,
    recurring: { amount: 7_200, currency: 'usd', interval: 'month' },
    nextInvoice: { at: renewal, total: { amount: 7_200, currency: 'usd' } },
    paymentMethod: expect.objectContaining({ brand: 'visa', last4: '4242' }),
    unpaid: null,
  })
})

test('the next invoice is that of the change that waits for it; where the plan ends there is none', async () => {
  const harness = await openHarness()
  await subscribe(harness, { taken: 3 })
  const priya = harness.as('acme', 'priya')
  await buy(priya, { kind: 'remove', quantity: 2 })
  expect(await read(harness)).toMatchObject({
    recurring: { amount: 6_000 },
    nextInvoice: { at: renewal, total: { amount: 3_600 } },
  })
  await buy(priya, { kind: 'cancel' })
  expect(await read(harness)).toMatchObject({ recurring: { amount: 6_000 }, nextInvoice: null })
})

test('an overdue payment names the invoice that waits; an account that pays nothing has no subscription', async () => {
  const harness = await openHarness()
  const { customer } = await subscribe(harness)
  await useCard(harness, customer, 'pm_card_chargeCustomerFail')
  await harness.clock.advance(32 * day)
  await harness.sandbox.clock.advance(0)
  expect(await read(harness)).toMatchObject({ status: 'past_due', unpaid: { amountDue: { amount: 6_000 } } })
  await openFree(harness)
  expect(await read(harness, 'birch', 'ben')).toBeNull()
})
