import type { Account, Decision, GateAnswer, Quote, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { createApi } from '../support/api.ts'
import {
  chargesOf,
  confirm,
  offersOf,
  openFree,
  openPages,
  payOn,
  quoteStart,
  standingAt,
} from '../support/checkout.ts'
import { day, type Harness, hour, minute, openHarness } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'

async function opened(taken = 2): Promise<Harness> {
  const harness = await openHarness()
  await openFree(harness, { taken })
  return harness
}

const ben = (harness: Harness) => harness.as('birch', 'ben')
const upgradeOf = (harness: Harness, { id }: Upgrade) => ben(harness).ok<Upgrade>('GET', `/upgrades/${id}`)
const account = ({ host }: Harness) => host.ok<Account>('GET', '/accounts/birch')

test('an account without a subscription is offered each plan by the month and by the year, for its seats or more', async () => {
  const harness = await opened(4)
  const offers = await offersOf(harness)
  expect(offers.map(({ kind, title, interval }) => `${kind} ${title} ${interval}`)).toEqual(
    ['Starter', 'Professional', 'Business'].flatMap((title) => [`switch ${title} month`, `switch ${title} year`]),
  )
  for (const { quantity, unit } of offers) {
    expect(quantity).toEqual({ min: 4, max: 1_000, step: 1, default: 4 })
    expect(unit).toBe('seat')
  }
  expect((await harness.as('birch', 'mia').ok<State>('GET', '/state')).offers).toEqual([])
  const { prompt } = await ben(harness).ok<GateAnswer>('POST', '/gates', { feature: 'seats', quantity: 2 })
  expect(prompt).toMatchObject({ way: 'buy', offer: { title: 'Starter', interval: 'month', quantity: { default: 6 } } })
  expect(prompt?.copy.action).toBe('Add 2 seats')
})

test('from free to paid: the quote is what the page charges, and the account has its plan', async () => {
  const harness = await opened()
  const quote = await quoteStart(harness, { quantity: 3 })
  expect(quote).toMatchObject({
    quantity: 3,
    dueNow: { amount: 3_600, currency: 'usd' },
    lines: [{ description: 'Starter, 3 seats, March 12 to April 12', amount: 3_600 }],
    recurring: { amount: 3_600, interval: 'month' },
    nextInvoice: { at: '2027-04-12T14:00:00.000Z', total: { amount: 3_600 } },
  })
  const upgrade = await confirm(harness, quote)
  expect(upgrade).toMatchObject({ status: 'checkout', invoice: null, quote: quote.id })
  expect(await confirm(harness, quote)).toEqual(upgrade)
  expect(await upgradeOf(harness, upgrade)).toEqual(upgrade)
  expect((await ben(harness).ok<State>('GET', '/state')).upgrade).toEqual(upgrade)
  expect(await openPages(harness)).toEqual([upgrade.url])

  const back = await payOn(upgrade.url)
  expect(back.headers.get('location')).toBe(`${config.checkoutReturn}?softgate_upgrade=${upgrade.id}`)
  expect(await upgradeOf(harness, upgrade)).toMatchObject({
    status: 'applied',
    invoice: { status: 'paid', amountPaid: quote.dueNow },
  })
  expect(await account(harness)).toMatchObject({
    plan: 'starter',
    subscription: { status: 'active', interval: 'month', quantities: { seats: 3 } },
  })
  const seats = await ben(harness).ok<Decision>('POST', '/check', { feature: 'seats' })
  expect(seats).toMatchObject({ allowed: true, limit: 3, used: 2 })
  expect(chargesOf(harness)).toEqual([3_600])
  expect(harness.failures).toEqual([])
})

test('the customer is made with the first page, kept, and named for the account', async () => {
  const harness = await opened()
  expect((await account(harness)).stripeCustomerId).toBeNull()
  const first = await confirm(harness, await quoteStart(harness))
  const { stripeCustomerId } = await account(harness)
  const customers = await harness.stripe.customers.list()
  expect(customers.data).toMatchObject([
    { id: stripeCustomerId, email: 'ben@birch.example', metadata: { softgate_account: 'birch' } },
  ])
  await ben(harness).ok('DELETE', `/upgrades/${first.id}`)
  await confirm(harness, await quoteStart(harness, { interval: 'year' }))
  expect((await harness.stripe.customers.list()).data).toHaveLength(1)
})

test('a year is charged for a year', async () => {
  const harness = await opened()
  const quote = await quoteStart(harness, { title: 'Professional', interval: 'year' })
  expect(quote).toMatchObject({ dueNow: { amount: 40_000 }, recurring: { amount: 40_000, interval: 'year' } })
  const upgrade = await confirm(harness, quote)
  await payOn(upgrade.url)
  await expect.poll(async () => (await account(harness)).plan).toBe('professional')
  expect(chargesOf(harness)).toEqual([40_000])
})

test('what the customer has in credit is used up, and quoted so', async () => {
  const harness = await opened()
  const customer = await harness.stripe.customers.create({ balance: -1_000 })
  await harness.host.ok('PUT', '/accounts/birch', { stripeCustomerId: customer.id })
  const quote = await quoteStart(harness)
  expect(quote).toMatchObject({ dueNow: { amount: 1_400 }, credit: { amount: 1_000 }, recurring: { amount: 2_400 } })
  await harness.stripe.customers.update(customer.id, { balance: 0 })
  expect((await ben(harness).refused('POST', '/upgrades', { quote: quote.id })).code).toBe('quote_stale')
  const anew = await confirm(harness, await quoteStart(harness))
  await payOn(anew.url)
  expect(await upgradeOf(harness, anew)).toMatchObject({ status: 'applied' })
  expect(chargesOf(harness)).toEqual([2_400])
})

for (const [how, learn] of [
  ['the webhook', async (harness: Harness) => harness.sandbox.control.webhooks.resume()],
  ['the sweep', async (harness: Harness) => harness.softgate.services.sweep()],
] as const)
  test(`that the page was paid is learned by ${how} alone`, async () => {
    const harness = await opened()
    const upgrade = await confirm(harness, await quoteStart(harness))
    harness.sandbox.control.webhooks.pause()
    await payOn(upgrade.url)
    expect((await account(harness)).plan).toBe('free')
    await learn(harness)
    await expect.poll(async () => (await account(harness)).plan).toBe('starter')
    await expect.poll(async () => (await ben(harness).ok<State>('GET', '/state')).upgrade).toBeNull()
    harness.sandbox.control.webhooks.pause()
    expect(await upgradeOf(harness, upgrade)).toMatchObject({ status: 'applied' })
  })

test('a page that is not paid expires with its session, and only then', async () => {
  const harness = await opened()
  const upgrade = await confirm(harness, await quoteStart(harness))
  await harness.clock.advance(24 * hour - minute)
  expect(await upgradeOf(harness, upgrade)).toMatchObject({ status: 'checkout', url: upgrade.url })
  await harness.clock.advance(minute)
  await harness.sandbox.clock.advance(0)
  await harness.softgate.services.sweep()
  expect(await upgradeOf(harness, upgrade)).toMatchObject({ status: 'expired' })
  expect([(await payOn(upgrade.url)).status, chargesOf(harness)]).toEqual([410, []])
  expect(await confirm(harness, await quoteStart(harness))).toMatchObject({ status: 'checkout' })
})

test('a canceled page can never be paid; one that was paid first cannot be canceled any more', async () => {
  const harness = await opened()
  const first = await confirm(harness, await quoteStart(harness))
  expect(await ben(harness).ok('DELETE', `/upgrades/${first.id}`)).toMatchObject({ status: 'canceled' })
  expect([(await payOn(first.url)).status, chargesOf(harness)]).toEqual([410, []])
  const second = await confirm(harness, await quoteStart(harness))
  harness.sandbox.control.webhooks.pause()
  await payOn(second.url)
  expect(await ben(harness).ok('DELETE', `/upgrades/${second.id}`)).toMatchObject({ status: 'applied' })
  expect((await account(harness)).plan).toBe('starter')
})

test('two pages two minutes apart, the second paid, a third attempt within eleven seconds: one subscription, one charge', async () => {
  const harness = await opened()
  harness.sandbox.control.webhooks.pause()
  const early = await quoteStart(harness, { quantity: 5 })
  const a = await confirm(harness, await quoteStart(harness))
  await harness.clock.advance(2 * minute + 13_000)
  const b = await confirm(harness, await quoteStart(harness, { title: 'Professional' }))
  expect(await openPages(harness)).toEqual([b.url])
  expect((await payOn(a.url)).status).toBe(410)
  await payOn(b.url)
  await harness.clock.advance(11_000)
  expect((await ben(harness).refused('POST', '/upgrades', { quote: early.id })).code).toBe('quote_stale')
  expect(await openPages(harness)).toEqual([])
  expect((await payOn(a.url)).status).toBe(410)
  expect(await standingAt(harness)).toHaveLength(1)
  expect(chargesOf(harness)).toEqual([4_000])
  expect(await upgradeOf(harness, a)).toMatchObject({ status: 'canceled', reason: { code: 'replaced' } })
  expect(await upgradeOf(harness, b)).toMatchObject({ status: 'applied' })
  expect(await account(harness)).toMatchObject({ plan: 'professional', subscription: { quantities: { seats: 2 } } })
})

test('the third attempt made right after the payment is told that there is a subscription by now', async () => {
  const harness = await opened()
  const offers = await offersOf(harness)
  const upgrade = await confirm(harness, await quoteStart(harness))
  harness.sandbox.control.webhooks.pause()
  await payOn(upgrade.url)
  const problem = await ben(harness).refused('POST', '/quotes', { offer: offers[0]?.id })
  expect(problem.code).toBe('subscription_not_ready')
  expect((await account(harness)).plan).toBe('starter')
})

test('a subscription that was made elsewhere is adopted, not doubled', async () => {
  const harness = await opened()
  const quote = await quoteStart(harness)
  const customer = await harness.stripe.customers.create({})
  await harness.host.ok('PUT', '/accounts/birch', { stripeCustomerId: customer.id })
  const page = await harness.stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price: harness.prices.get('softgate_business_month_usd') ?? '', quantity: 4 }],
    success_url: 'http://app.test/other',
  })
  harness.sandbox.control.webhooks.pause()
  await payOn(page.url ?? '')
  expect((await ben(harness).refused('POST', '/upgrades', { quote: quote.id })).code).toBe('quote_stale')
  expect(await account(harness)).toMatchObject({ plan: 'business', subscription: { quantities: { seats: 4 } } })
  expect([await standingAt(harness), await openPages(harness)]).toEqual([[expect.any(String)], []])
})

test('a page that somebody else opened for the customer is closed before ours opens', async () => {
  const harness = await opened()
  const customer = await harness.stripe.customers.create({})
  await harness.host.ok('PUT', '/accounts/birch', { stripeCustomerId: customer.id })
  await harness.stripe.checkout.sessions.create({
    mode: 'subscription',
    customer: customer.id,
    line_items: [{ price: harness.prices.get('softgate_business_month_usd') ?? '', quantity: 4 }],
    success_url: 'http://app.test/other',
  })
  const upgrade = await confirm(harness, await quoteStart(harness))
  expect(await openPages(harness)).toEqual([upgrade.url])
})

test('forty callers at once with one quote get one page; forty quotes at once leave one page open', async () => {
  const harness = await opened()
  const quote = await quoteStart(harness)
  const answers = await Promise.all(Array.from({ length: 40 }, () => confirm(harness, quote)))
  expect(new Set(answers.map((answer) => answer.url)).size).toBe(1)
  const quotes: Quote[] = []
  for (let quantity = 2; quantity < 12; quantity++) quotes.push(await quoteStart(harness, { quantity }))
  await harness.clock.advance(0)
  const driven = Promise.all(quotes.map((one) => confirm(harness, one)))
  let done = false
  void driven.finally(() => {
    done = true
  })
  // Those who wait for another's lease look again by the clock.
  while (!done) {
    await harness.clock.advance(100)
    await openPages(harness)
  }
  const pages = (await driven).map((answer) => answer.url)
  const open = await openPages(harness)
  expect(open).toHaveLength(1)
  expect(pages).toContain(open[0])
  for (const url of new Set(pages)) await payOn(url)
  expect([chargesOf(harness).length, (await standingAt(harness)).length]).toEqual([1, 1])
})

for (const kind of ['reset_after', 'timeout_after', 'error_500_after', 'lock_timeout'] as const)
  test(`a lost reply while the page is opened (${kind}) leaves one page, and the repeat finds it`, async () => {
    const harness = await openHarness({ timeoutMs: kind === 'timeout_after' ? 2_000 : 15_000 })
    await openFree(harness)
    const quote = await quoteStart(harness)
    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path: '/v1/checkout/sessions' } })
    await ben(harness)('POST', '/upgrades', { quote: quote.id })
    const again = await confirm(harness, quote)
    expect(again).toMatchObject({ status: 'checkout' })
    expect(await openPages(harness)).toEqual([again.url])
    await payOn(again.url)
    expect(await upgradeOf(harness, again)).toMatchObject({ status: 'applied' })
    expect(chargesOf(harness)).toEqual([2_400])
  })

test('a second choice made while the first one is on its way waits for no clock', async () => {
  const harness = await opened()
  const quotes = [await quoteStart(harness), await quoteStart(harness, { title: 'Professional' })]
  const answers = await Promise.all(quotes.map((quote) => confirm(harness, quote)))
  expect(await openPages(harness)).toHaveLength(1)
  for (const { url } of answers) await payOn(url)
  expect(chargesOf(harness)).toHaveLength(1)
})

test('a subscription that has ended makes room for a new one', async () => {
  const harness = await opened()
  const first = await confirm(harness, await quoteStart(harness))
  await payOn(first.url)
  const { subscription } = await upgradeOf(harness, first).then(() => account(harness))
  await harness.stripe.subscriptions.cancel(subscription?.id ?? '')
  await expect.poll(async () => (await account(harness)).plan).toBe('free')
  const again = await confirm(harness, await quoteStart(harness))
  await payOn(again.url)
  expect(await upgradeOf(harness, again)).toMatchObject({ status: 'applied' })
  expect(await standingAt(harness)).toHaveLength(1)
})

test('two server processes at once: one page, one subscription, one charge, and both know', async () => {
  const database = await freshPostgres()
  const harness = await openHarness({ database })
  await openFree(harness)
  const quotes = [await quoteStart(harness), await quoteStart(harness, { title: 'Professional' })]
  const servers = await Promise.all([startServer(harness, database), startServer(harness, database)])
  const token = harness.token('birch', 'ben')
  const apis = servers.map(({ url }) => createApi(fetch, `${url}/v1`, token))
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, i) =>
      apis[i % 2]?.<Upgrade>('POST', '/upgrades', { quote: quotes[i % 4 < 2 ? 0 : 1]?.id }),
    ),
  )
  const pages = answers.flatMap((answer) => answer?.body.url ?? [])
  const open = await openPages(harness)
  expect(open).toHaveLength(1)
  expect(pages).toContain(open[0])
  for (const url of new Set(pages)) await payOn(url)
  expect([chargesOf(harness).length, (await standingAt(harness)).length]).toEqual([1, 1])
  for (const api of apis) {
    const ids = [...new Set(answers.map((answer) => answer?.body.id ?? ''))]
    const statuses = () =>
      Promise.all(ids.map(async (id) => (await api<Upgrade>('GET', `/upgrades/${id}`)).body.status))
    await expect.poll(async () => (await statuses()).sort()).toEqual(['applied', 'canceled'])
    const seats = await api.ok<Decision>('POST', '/check', { feature: 'seats' })
    expect(seats).toMatchObject({ limit: 2, used: 2 })
  }
})

test('a token with a cap opens no page for more', async () => {
  const harness = await opened()
  await harness.clock.advance(day)
  const [first] = await offersOf(harness)
  const { token } = await harness.host.ok<{ token: string }>('POST', '/tokens', {
    account: 'birch',
    user: 'ben',
    may: ['purchase'],
    cap: { amount: 2_399, currency: 'usd' },
  })
  const api = createApi((url, init) => harness.softgate.app.request(url, init), '/v1', token)
  expect((await api.refused('POST', '/quotes', { offer: first?.id })).code).toBe('purchase_cap_exceeded')
})
