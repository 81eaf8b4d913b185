import type { State, Upgrade } from '@softgate/sdk/contract'
import { mintToken } from '@softgate/sdk/host'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { buy, quoteFor } from '../support/buying.ts'
import { createTestClock } from '../support/clock.ts'
import { charges } from '../support/edge-cases.ts'
import { day, minute, openHarness, secretKey, start, subscribe, useCard } from '../support/harness.ts'

/** An account whose customer lives by a test clock of Stripe's, which runs ahead of the server's by `ahead` ms. */
async function openAhead(ahead: number) {
  const harness = await openHarness()
  const { stripe, host, clock, prices, sandbox, softgate } = harness
  const former = await subscribe(harness, { taken: 3 })
  await stripe.subscriptions.cancel(former.subscription)
  const { testClocks } = stripe.testHelpers
  const seconds = (ms: number): number => Math.floor(ms / 1_000)
  const { id: test_clock } = await testClocks.create({ frozen_time: seconds(clock.now()) })
  const customer = await stripe.customers.create({ name: 'ahead', test_clock })
  await useCard(harness, customer.id, 'pm_card_visa')
  const price = prices.get('softgate_starter_month_usd') ?? ''
  const { id: subscription } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price, quantity: 5 }],
  })
  await host.ok('PUT', '/accounts/acme', { stripeCustomerId: customer.id })
  const advance = async (ms: number): Promise<void> => {
    const { frozen_time: now } = await testClocks.retrieve(test_clock)
    await testClocks.advance(test_clock, { frozen_time: now + seconds(ms) })
    await stripe.subscriptions.retrieve(subscription)
    await sandbox.control.webhooks.flush()
    await softgate.services.sweep()
  }
  await advance(ahead)
  return { harness, priya: harness.as('acme', 'priya'), advance, customer: customer.id }
}

test('whoever is driven through time by a test clock of Stripe’s is quoted, charged and renewed by its time', async () => {
  const { harness, priya, advance } = await openAhead(41 * day)
  const before = charges(harness).length
  // Ten days into the second month, which has thirty days.
  const added = await buy(priya, { kind: 'add', quantity: 2 })
  expect([added.quote.dueNow.amount, added.upgrade.status]).toEqual([1_600, 'applied'])
  expect(Date.parse(added.quote.expiresAt) - harness.clock.now()).toBe(10 * minute)
  expect(added.quote.nextInvoice).toMatchObject({ at: '2027-05-12T14:00:00.000Z', total: { amount: 8_400 } })
  const fewer = await buy(priya, { kind: 'remove', quantity: 4 })
  expect(fewer.quote.notices[0]).toBe('Takes effect on May 12. Until then nothing changes and nothing is charged.')
  expect((await priya.ok<State>('GET', '/state')).pending).toMatchObject({ at: '2027-05-12T14:00:00.000Z' })
  await advance(21 * day)
  expect(charges(harness).slice(before)).toEqual([1_600, 3_600])
  expect((await priya.ok<State>('GET', '/state')).pending).toBeNull()
  const year = await buy(priya, { kind: 'switch', title: 'Starter', interval: 'year' })
  expect([charges(harness).at(-1), year.upgrade.status]).toEqual([year.quote.dueNow.amount, 'applied'])
  expect(harness.failures).toEqual([])
})

test('a quote made minutes before the period ends by the test clock does not outlive it, be that clock ahead or behind', async () => {
  const { harness } = await openAhead(31 * day - 4 * minute)
  for (const clock of [harness.clock, createTestClock(start + 100 * day)]) {
    const { app } = await harness.again({ clock })
    const { token } = mintToken({ secretKey, account: 'acme', user: 'priya', may: ['purchase'], now: clock.now() })
    const priya = createApi((url, init) => app.request(url, init), '/v1', token)
    const quote = await quoteFor(priya, { kind: 'add', quantity: 1 })
    expect(Date.parse(quote.expiresAt) - clock.now()).toBe(4 * minute)
    expect((await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })).status).toBe('applied')
  }
})
