import type { Account, State, Upgrade } from '@softgate/sdk/contract'
import { createStripeSandbox } from '@softgate/server/sandbox'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { buy, quoteFor } from '../support/buying.ts'
import { confirm, openFree, payOn, quoteStart } from '../support/checkout.ts'
import { cleanup } from '../support/cleanup.ts'
import { day, type Harness, minute, openHarness, subscribe } from '../support/harness.ts'

const planOf = async ({ host }: Harness, id = 'acme') => (await host.ok<Account>('GET', `/accounts/${id}`)).plan

/** The same server under a key of another account of Stripe's, as when test keys make way for live ones. */
async function underAnotherKey(harness: Harness) {
  const other = createStripeSandbox({ now: harness.clock.now })
  cleanup(() => other.close())
  const { url: apiUrl } = await other.listen(0)
  const stripe = { secretKey: 'sk_test_other', apiUrl, webhookSecret: 'whsec_other', maxNetworkRetries: 0 }
  const { app, services } = await harness.again({ stripe })
  const priya = createApi((url, init) => app.request(url, init), '/v1', harness.token('acme', 'priya'))
  return { priya, services, charges: () => other.control.journal().filter(({ kind }) => kind === 'charge') }
}

test('an upgrade whose subscription Stripe no longer knows is over, and holds nothing up', async () => {
  const harness = await openHarness()
  await subscribe(harness, { card: 'pm_card_authenticationRequired' })
  const { upgrade } = await buy(harness.as('acme', 'priya'), { kind: 'add', quantity: 2 })
  expect(upgrade.status).toBe('requires_action')
  await harness.clock.advance(minute)
  const { priya, services } = await underAnotherKey(harness)
  await services.sweep()
  expect(await priya.refused('GET', `/upgrades/${upgrade.id}`)).toMatchObject({
    code: 'subscription_not_ready',
    detail: expect.stringContaining('Stripe has no subscription'),
  })
  expect((await priya.ok<State>('GET', '/state')).upgrade).toBeNull()
})

test('a quote made under another key of Stripe is refused at the click, and may be followed by others', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const quotes = [
    await quoteFor(harness.as('acme', 'priya'), { kind: 'add', quantity: 2 }),
    await quoteFor(harness.as('acme', 'priya'), { kind: 'add', quantity: 3 }),
  ]
  const { priya, charges } = await underAnotherKey(harness)
  for (const { id } of quotes)
    expect((await priya.refused('POST', '/upgrades', { quote: id })).code).toBe('subscription_not_ready')
  expect(charges()).toEqual([])
})

test('a customer that was deleted before anything was bought is replaced by a new one, also where the news is lost', async () => {
  const harness = await openHarness()
  await openFree(harness)
  const ben = () => harness.as('birch', 'ben')
  const { id } = await confirm(harness, await quoteStart(harness))
  await ben().ok('DELETE', `/upgrades/${id}`)
  const { stripeCustomerId: former } = await harness.host.ok<Account>('GET', '/accounts/birch')
  harness.sandbox.control.webhooks.dropNext(1_000)
  await harness.stripe.customers.del(former ?? '')
  const { url, id: anew } = await confirm(harness, await quoteStart(harness))
  await payOn(url)
  expect((await ben().ok<Upgrade>('GET', `/upgrades/${anew}`)).status).toBe('applied')
  expect([await planOf(harness, 'birch'), harness.failures]).toEqual(['starter', []])
})

test('an account that is given another customer, or none, holds what that one pays for and no more', async () => {
  const harness = await openHarness()
  const { host, stripe } = harness
  const { customer } = await subscribe(harness)
  const late = await quoteFor(harness.as('acme', 'priya'), { kind: 'add', quantity: 2 })
  const { id: other } = await stripe.customers.create({ name: 'the right one' })
  await host.ok('PUT', '/accounts/acme', { stripeCustomerId: other })
  expect(await planOf(harness)).toBe('free')
  // What was quoted for the former customer's subscription cannot bring it back.
  await harness.as('acme', 'priya')('POST', '/upgrades', { quote: late.id })
  expect(await planOf(harness)).toBe('free')
  await host.ok('PUT', '/accounts/acme', { stripeCustomerId: customer })
  expect(await planOf(harness)).toBe('starter')
  await host.ok('PUT', '/accounts/acme', { stripeCustomerId: null })
  await harness.clock.advance(2 * day)
  await harness.softgate.services.sweep()
  expect(await planOf(harness)).toBe('free')
})

test('a customer that is named while Stripe does not answer is not kept, and what it pays for counts once it is named again', async () => {
  const harness = await openHarness()
  const { customer } = await subscribe(harness)
  const { host, sandbox } = harness
  await host.ok('PUT', '/accounts/acme', { stripeCustomerId: null })
  const named = { stripeCustomerId: customer, name: 'Acme Inc' }
  sandbox.control.failNext({ kind: 'error_500_before', match: { path: '/v1/subscriptions' } })
  expect((await host.refused('PUT', '/accounts/acme', named)).code).toBe('billing_unavailable')
  expect(await host.ok('GET', '/accounts/acme')).toMatchObject({ name: 'acme', stripeCustomerId: null })
  await host.ok('PUT', '/accounts/acme', named)
  expect([await planOf(harness), harness.failures.length]).toEqual(['starter', 1])
})
