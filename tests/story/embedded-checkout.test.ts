import type { Account, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { chargesOf, confirm, openFree, payIn, quoteStart, standingAt } from '../support/checkout.ts'
import { day, type Harness, type HarnessOptions, openHarness } from '../support/harness.ts'

async function opened(options: HarnessOptions = {}): Promise<Harness> {
  const harness = await openHarness({ config: { ...config, checkout: 'embedded' }, ...options })
  await openFree(harness)
  return harness
}

const ben = (harness: Harness) => harness.as('birch', 'ben')
const upgradeOf = (harness: Harness, { id }: Upgrade) => ben(harness).ok<Upgrade>('GET', `/upgrades/${id}`)
const planOf = async ({ host }: Harness) => (await host.ok<Account>('GET', '/accounts/birch')).plan
const openSessions = async ({ stripe }: Harness) =>
  (await stripe.checkout.sessions.list({ status: 'open', limit: 100 })).data

test('Checkout in the page: a secret for the browser instead of an address, and the plan once it is paid', async () => {
  const harness = await opened()
  const quote = await quoteStart(harness, { quantity: 3 })
  const upgrade = await confirm(harness, quote)
  expect(upgrade).toEqual({
    id: upgrade.id,
    quote: quote.id,
    status: 'checkout',
    invoice: null,
    dueNow: quote.dueNow,
    clientSecret: expect.stringMatching(/^cs_test_\w+_secret_/),
    publishableKey: 'pk_test_local',
  })
  const [session] = await openSessions(harness)
  expect(session).toMatchObject({
    ui_mode: 'embedded_page',
    redirect_on_completion: 'if_required',
    return_url: `${config.checkoutReturn}?softgate_upgrade=${upgrade.id}`,
    client_secret: upgrade.clientSecret,
  })
  expect((await payIn(harness, upgrade)).status).toBe(200)
  expect(await upgradeOf(harness, upgrade)).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
  expect(await planOf(harness)).toBe('starter')
  expect(chargesOf(harness)).toEqual([3_600])
  expect(harness.failures).toEqual([])
})

test('who reloads or comes back finds the same page; a member and the host see no secret of it', async () => {
  const harness = await opened()
  const quote = await quoteStart(harness)
  const upgrade = await confirm(harness, quote)
  expect(await confirm(harness, quote)).toEqual(upgrade)
  expect(await upgradeOf(harness, upgrade)).toEqual(upgrade)
  expect((await ben(harness).ok<State>('GET', '/state')).upgrade).toEqual(upgrade)
  expect((await harness.as('birch', 'mia', []).ok<State>('GET', '/state')).upgrade).toBeNull()
  expect(await openSessions(harness)).toHaveLength(1)
})

test('paid while nobody looks, the news of it twice and late: one subscription, provisioned once', async () => {
  const harness = await opened()
  const upgrade = await confirm(harness, await quoteStart(harness))
  harness.sandbox.control.webhooks.pause()
  await payIn(harness, upgrade)
  await Promise.all([
    upgradeOf(harness, upgrade),
    upgradeOf(harness, upgrade),
    harness.softgate.services.sweep(),
    harness.sandbox.control.webhooks.resume(),
  ])
  await harness.softgate.services.sweep()
  expect(await upgradeOf(harness, upgrade)).toMatchObject({ status: 'applied' })
  expect([await planOf(harness), chargesOf(harness), (await standingAt(harness)).length]).toEqual([
    'starter',
    [2_400],
    1,
  ])
})

test('a second choice closes the page of the first, which can never be paid then; nor can one that was canceled', async () => {
  const harness = await opened()
  const first = await confirm(harness, await quoteStart(harness))
  const second = await confirm(harness, await quoteStart(harness, { title: 'Professional' }))
  expect((await payIn(harness, first)).status).toBe(410)
  expect(await upgradeOf(harness, first)).toMatchObject({ status: 'canceled', reason: { code: 'replaced' } })
  await ben(harness).ok('DELETE', `/upgrades/${second.id}`)
  expect((await payIn(harness, second)).status).toBe(410)
  expect([chargesOf(harness), await standingAt(harness)]).toEqual([[], []])
  const third = await confirm(harness, await quoteStart(harness))
  await harness.clock.advance(day)
  await harness.sandbox.clock.advance(0)
  expect(await upgradeOf(harness, third)).toMatchObject({ status: 'expired' })
})

test('a lost reply while the page is opened leaves one page, and the repeat has its secret', async () => {
  const harness = await opened()
  const quote = await quoteStart(harness)
  harness.sandbox.control.failNext({
    kind: 'error_500_after',
    match: { method: 'POST', path: '/v1/checkout/sessions' },
  })
  await ben(harness)('POST', '/upgrades', { quote: quote.id })
  const again = await confirm(harness, quote)
  const open = await openSessions(harness)
  expect(open.map(({ client_secret }) => client_secret)).toEqual([again.clientSecret])
})

test('without a publishable key no page could show it, so Checkout is Stripe’s own page', async () => {
  const harness = await opened({ inlineWriter: false })
  const { stripeUrl } = harness
  const plain = await harness.again({
    stripe: { secretKey: 'sk_test_local', apiUrl: stripeUrl, webhookSecret: '', maxNetworkRetries: 0 },
  })
  const quote = await quoteStart(harness)
  const answer = await plain.app.request('/v1/upgrades', {
    method: 'POST',
    headers: { authorization: `Bearer ${harness.token('birch', 'ben')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ quote: quote.id }),
  })
  const upgrade = (await answer.json()) as Upgrade
  expect(upgrade).toMatchObject({ status: 'checkout', url: expect.stringContaining('/checkout/') })
  expect(upgrade.clientSecret).toBeUndefined()
})
