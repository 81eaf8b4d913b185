import type { PurchaseCap, Quote, State, Upgrade } from '@softgate/sdk/contract'
import { mintToken } from '@softgate/sdk/host'
import { expect, test } from 'vitest'
import { type Api, createApi } from '../support/api.ts'
import { day, type Harness, openHarness, secretKey, subscribe, useCard } from '../support/harness.ts'

/** An account with two admins, priya and tom, at the start of its month: a seat costs 1,200 there and a little less each day. */
async function opened(): Promise<{ harness: Harness; customer: string }> {
  const harness = await openHarness()
  const { customer } = await subscribe(harness)
  await harness.host.ok('PUT', '/accounts/acme/users/tom', { role: 'admin' })
  return { harness, customer }
}

/** Who holds a token with this cap, made anew as the clock moves on. */
function holder({ softgate, clock }: Harness, cap: PurchaseCap, user = 'priya'): Api {
  const { token } = mintToken({ secretKey, account: 'acme', user, may: ['purchase'], cap, now: clock.now() })
  return createApi((url, init) => softgate.app.request(url, init), '/v1', token)
}

async function seats({ as }: Harness, quantity: number): Promise<{ offer: string | undefined; quantity: number }> {
  const { offers } = await as('acme', 'priya').ok<State>('GET', '/state')
  return { offer: offers.find(({ kind }) => kind === 'add')?.id, quantity }
}

async function buy(harness: Harness, quantity: number, api = harness.as('acme', 'priya')): Promise<Upgrade> {
  const quote = await api.ok<Quote>('POST', '/quotes', await seats(harness, quantity))
  return api.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
}

const usd = (amount: number, days?: number): PurchaseCap => ({
  amount,
  currency: 'usd',
  ...(days !== undefined && { days }),
})

const charged = ({ sandbox }: Harness): number =>
  sandbox.control.journal().filter((entry) => entry.kind === 'charge').length

test('a cap with a period bounds what one user buys within it; without one, each charge by itself', async () => {
  const { harness } = await opened()
  await harness.clock.advance(day)
  const bought = (await buy(harness, 2, holder(harness, usd(3_000, 30)))).invoice?.amountDue.amount ?? 0
  expect(bought).toBeGreaterThan(2_000)
  const input = await seats(harness, 1)
  const refused = await holder(harness, usd(3_000, 30)).refused('POST', '/quotes', input)
  expect(refused.code).toBe('purchase_cap_exceeded')
  expect(refused.detail).toMatch(
    new RegExp(
      `at most 3000 usd \\(minor units\\) in 30 days; priya has spent ${bought} of it, and this costs \\d+\\.$`,
    ),
  )
  expect(await holder(harness, usd(3_000)).ok('POST', '/quotes', input)).toMatchObject({ quantity: 1 })
  expect(await holder(harness, usd(3_000, 30), 'tom').ok('POST', '/quotes', input)).toMatchObject({ quantity: 1 })
})

test('the cap holds to the cent, and what was bought before the period counts no more', async () => {
  const { harness } = await opened()
  await harness.clock.advance(day)
  const bought = (await buy(harness, 2)).invoice?.amountDue.amount ?? 0
  await harness.clock.advance(5 * day)
  const input = await seats(harness, 1)
  const { dueNow } = await harness.as('acme', 'priya').ok<Quote>('POST', '/quotes', input)
  const sum = bought + dueNow.amount
  expect((await holder(harness, usd(sum - 1, 6)).refused('POST', '/quotes', input)).code).toBe('purchase_cap_exceeded')
  expect(await holder(harness, usd(sum - 1, 4)).ok('POST', '/quotes', input)).toMatchObject({ dueNow })
  expect(await buy(harness, 1, holder(harness, usd(sum, 6)))).toMatchObject({ status: 'applied' })
})

test('quoted twice and confirmed at once, only one passes the cap', async () => {
  const { harness } = await opened()
  await harness.clock.advance(day)
  const before = charged(harness)
  const api = holder(harness, usd(3_000, 30))
  const quotes = [await seats(harness, 1), await seats(harness, 2)].map((input) =>
    api.ok<Quote>('POST', '/quotes', input),
  )
  const ids = (await Promise.all(quotes)).map(({ id }) => id)
  await Promise.all(ids.map((quote) => api<Upgrade>('POST', '/upgrades', { quote })))
  expect(charged(harness)).toBe(before + 1)
  const late = await Promise.all(ids.map((quote) => api<{ code?: string }>('POST', '/upgrades', { quote })))
  expect(late.map(({ body }) => body.code ?? 'bought').sort()).toEqual(['bought', 'purchase_cap_exceeded'])
  expect(charged(harness)).toBe(before + 1)
})

test('what waits for its payment lets nothing pass beside it, is paid by nobody whose cap is below it, and counts no more once canceled', async () => {
  const { harness, customer } = await opened()
  await harness.clock.advance(day)
  const api = holder(harness, usd(3_000, 30))
  const second = await api.ok<Quote>('POST', '/quotes', await seats(harness, 1))
  await useCard(harness, customer, 'pm_card_chargeCustomerFail')
  const open = await buy(harness, 2, api)
  expect(open.status).toBe('payment_failed')
  expect((await api.refused('POST', '/upgrades', { quote: second.id })).code).toBe('upgrade_open')
  const saved = await harness.stripe.paymentMethods.list({ customer })
  const card = { card: saved.data[0]?.id }
  const poor = await holder(harness, usd(1_000), 'tom').refused('POST', `/upgrades/${open.id}/card`, card)
  expect(poor.code).toBe('purchase_cap_exceeded')
  expect(await api.ok('DELETE', `/upgrades/${open.id}`)).toMatchObject({ status: 'canceled' })
  await useCard(harness, customer, 'pm_card_visa')
  expect(await buy(harness, 1, api)).toMatchObject({ status: 'applied' })
})

test('what was refunded counts against the cap all the same', async () => {
  const { harness } = await opened()
  await harness.clock.advance(day)
  const upgrade = await buy(harness, 2)
  const charge = harness.sandbox.control.journal().findLast((entry) => entry.kind === 'charge')
  await harness.stripe.refunds.create({ payment_intent: charge?.paymentIntent ?? '', amount: 500 })
  const amount = upgrade.invoice?.amountDue.amount ?? 0
  const input = await seats(harness, 1)
  expect((await holder(harness, usd(amount + 500, 30)).refused('POST', '/quotes', input)).code).toBe(
    'purchase_cap_exceeded',
  )
})

test('a cap in another currency buys nothing and says why, and a foolish one is refused where it is made', async () => {
  const { harness } = await opened()
  const input = await seats(harness, 1)
  const euros = await holder(harness, { amount: 90_000, currency: 'eur', days: 30 }).refused('POST', '/quotes', input)
  expect(euros.detail).toBe('This token may spend at most 90000 eur (minor units); this is charged in usd.')
  expect(() => holder(harness, usd(1_000, 0))).toThrow('cap.days is 0; it must be a whole number from 1 to 366.')
  expect(() => holder(harness, usd(0.5))).toThrow('cap.amount is 0.5')
  const asked = { account: 'acme', user: 'priya', may: ['purchase'] }
  const { token } = await harness.host.ok<{ token: string }>('POST', '/tokens', { ...asked, cap: usd(1_000, 30) })
  const api = createApi((url, init) => harness.softgate.app.request(url, init), '/v1', token)
  expect((await api.refused('POST', '/quotes', input)).detail).toContain('in 30 days; priya has spent 0 of it')
  for (const days of [0, 1.5, 367])
    expect((await harness.host.refused('POST', '/tokens', { ...asked, cap: usd(1_000, days) })).code).toBe(
      'invalid_request',
    )
})
