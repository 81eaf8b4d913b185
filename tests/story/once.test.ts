import type { Decision, GateAnswer, Quote, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { day, type Harness, hour, minute, openHarness, subscribe, useCard } from '../support/harness.ts'

const quoteSeats = async (harness: Harness, quantity = 2): Promise<Quote> => {
  const priya = harness.as('acme', 'priya')
  const { prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'seats', quantity })
  return priya.ok<Quote>('POST', '/quotes', { offer: prompt?.offer?.id, quantity })
}

const charges = ({ sandbox }: Harness) => sandbox.control.journal().filter((entry) => entry.kind === 'charge')
const limit = async ({ host }: Harness): Promise<number | null> =>
  (await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats' })).limit

/** Opens the harness with a paid account ten days into its month, and returns how many charges there were before. */
async function opened(
  card?: string,
  timeoutMs = 15_000,
): Promise<{ harness: Harness; before: number; customer: string }> {
  const harness = await openHarness({ timeoutMs })
  const { customer } = await subscribe(harness, card === undefined ? {} : { card })
  await harness.clock.advance(10 * day)
  return { harness, customer, before: charges(harness).length }
}

test('the quote is what Stripe charges, to the cent, ten days into the month', async () => {
  const { harness } = await opened()
  const quote = await quoteSeats(harness)
  expect(quote.dueNow.amount).toBeGreaterThan(0)
  expect(quote.dueNow.amount).toBeLessThan(2_400)
  expect(quote.lines).toEqual([
    {
      description: '2 seats, March 22 to April 12',
      detail: '21 of 31 days at $12.00 a seat',
      amount: quote.dueNow.amount,
    },
  ])
  const upgrade = await harness.as('acme', 'priya').ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  const invoice = await harness.stripe.invoices.retrieve(upgrade.invoice?.id ?? '')
  expect([upgrade.status, upgrade.invoice?.amountPaid, invoice.amount_paid, charges(harness).at(-1)?.amount]).toEqual([
    'applied',
    quote.dueNow,
    quote.dueNow.amount,
    quote.dueNow.amount,
  ])
  expect(harness.failures).toEqual([])
})

test('sent twice, one after the other: one charge, one answer', async () => {
  const { harness, before } = await opened()
  const quote = await quoteSeats(harness)
  const priya = harness.as('acme', 'priya')
  const first = await priya.ok('POST', '/upgrades', { quote: quote.id })
  const second = await priya.ok('POST', '/upgrades', { quote: quote.id })
  expect(second).toEqual(first)
  expect(charges(harness)).toHaveLength(before + 1)
  expect(await limit(harness)).toBe(7)
})

test('sent by forty callers at once, of two users: one charge, one answer', async () => {
  const { harness, before } = await opened()
  await harness.host.ok('PUT', '/accounts/acme/users/tom', { role: 'admin' })
  const quote = await quoteSeats(harness)
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      harness.as('acme', i % 2 ? 'tom' : 'priya').ok<Upgrade>('POST', '/upgrades', { quote: quote.id }),
    ),
  )
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
  expect(answers[0]?.status).toBe('applied')
  expect(charges(harness)).toHaveLength(before + 1)
})

for (const kind of ['reset_after', 'timeout_after', 'error_500_after'] as const)
  test(`a reply lost after the effect (${kind}): one charge, and the repeat gets the answer`, async () => {
    const { harness, before } = await opened(undefined, kind === 'timeout_after' ? 2_000 : undefined)
    const quote = await quoteSeats(harness)
    const priya = harness.as('acme', 'priya')
    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path: '/v1/subscriptions' } })
    const first = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
    const again = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
    expect(again).toMatchObject({ id: first.id, status: 'applied', invoice: { amountPaid: quote.dueNow } })
    expect(charges(harness)).toHaveLength(before + 1)
    expect(await limit(harness)).toBe(7)
  })

for (const kind of ['reset_before', 'timeout_before', 'lock_timeout', 'rate_limit'] as const)
  test(`a call that never arrived (${kind}) is sent again under the same key: one charge`, async () => {
    const { harness, before } = await opened(undefined, kind === 'timeout_before' ? 2_000 : undefined)
    const quote = await quoteSeats(harness)
    const priya = harness.as('acme', 'priya')
    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path: '/v1/subscriptions' } })
    const first = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
    // The official client tries a reset connection once more by itself; whatever it does, it keeps the key.
    expect(first.status).toBe(kind === 'reset_before' ? 'applied' : 'processing')
    expect(charges(harness)).toHaveLength(before + (kind === 'reset_before' ? 1 : 0))
    await harness.softgate.services.sweep()
    const after = await priya.ok<Upgrade>('GET', `/upgrades/${first.id}`)
    expect(after).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
    expect(charges(harness)).toHaveLength(before + 1)
    expect(await limit(harness)).toBe(7)
  })

test('a stored failure that never took effect ends the upgrade, charges nothing, and a new quote goes through', async () => {
  const { harness, before } = await opened()
  const priya = harness.as('acme', 'priya')
  const quote = await quoteSeats(harness)
  harness.sandbox.control.failNext({ kind: 'error_500_before', match: { method: 'POST', path: '/v1/subscriptions' } })
  const first = await priya('POST', '/upgrades', { quote: quote.id })
  await harness.softgate.services.sweep()
  const repeated = await priya('POST', '/upgrades', { quote: quote.id })
  const settled = [first, repeated].map((answer) => answer.status)
  expect(settled.every((status) => [200, 502].includes(status))).toBe(true)
  const paid = charges(harness).length - before
  expect(paid).toBe(repeated.status === 200 ? 1 : 0)
  if (paid === 0) {
    const anew = await quoteSeats(harness)
    expect(await priya.ok<Upgrade>('POST', '/upgrades', { quote: anew.id })).toMatchObject({ status: 'applied' })
  }
  expect(charges(harness)).toHaveLength(before + 1)
})

test('a declined card ends in its own state, and a new card brings it to paid', async () => {
  const { harness, before, customer } = await opened('pm_card_chargeCustomerFail')
  const priya = harness.as('acme', 'priya')
  const quote = await quoteSeats(harness)
  const declined = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect(declined).toMatchObject({
    status: 'payment_failed',
    publishableKey: 'pk_test_local',
    reason: { code: expect.any(String) },
  })
  expect(declined.clientSecret).toMatch(/_secret_/)
  expect(declined.reason?.detail).toContain('Nothing was charged')
  expect([charges(harness).length, await limit(harness)]).toEqual([before, 5])
  expect(await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })).toMatchObject({ status: 'payment_failed' })

  await useCard(harness, customer, 'pm_card_mastercard')
  const paid = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect(paid).toMatchObject({ id: declined.id, status: 'applied', invoice: { amountPaid: quote.dueNow } })
  expect([charges(harness).length, await limit(harness)]).toEqual([before + 1, 7])
})

test('a declined payment that the page pays with another card is applied by the webhook alone', async () => {
  const { harness, before } = await opened('pm_card_chargeCustomerFail')
  const priya = harness.as('acme', 'priya')
  const quote = await quoteSeats(harness)
  const declined = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  const [intent = ''] = declined.clientSecret?.split('_secret_') ?? []
  await harness.stripe.paymentIntents.confirm(intent, { payment_method: 'pm_card_visa' })
  await harness.sandbox.control.webhooks.flush()
  await expect.poll(() => limit(harness)).toBe(7)
  expect(await priya.ok('GET', `/upgrades/${declined.id}`)).toMatchObject({
    status: 'applied',
    invoice: { amountPaid: quote.dueNow },
  })
  expect(charges(harness)).toHaveLength(before + 1)
})

test('3-D Secure waits for the user; approved it is paid, and nothing is given before', async () => {
  const { harness, before } = await opened('pm_card_authenticationRequired')
  const priya = harness.as('acme', 'priya')
  const quote = await quoteSeats(harness)
  const waiting = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect(waiting).toMatchObject({ status: 'requires_action', publishableKey: 'pk_test_local', url: expect.any(String) })
  expect([charges(harness).length, await limit(harness)]).toEqual([before, 5])

  const [intent = ''] = waiting.clientSecret?.split('_secret_') ?? []
  await harness.sandbox.control.authenticate(intent)
  expect(await priya.ok('GET', `/upgrades/${waiting.id}`)).toMatchObject({
    status: 'applied',
    invoice: { amountPaid: quote.dueNow },
  })
  expect([charges(harness).length, await limit(harness)]).toEqual([before + 1, 7])
})

test('3-D Secure refused is a failed payment, and another card still pays it', async () => {
  const { harness, before, customer } = await opened('pm_card_authenticationRequired')
  const priya = harness.as('acme', 'priya')
  const quote = await quoteSeats(harness)
  const waiting = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  const [intent = ''] = waiting.clientSecret?.split('_secret_') ?? []
  await harness.sandbox.control.authenticate(intent, 'fail')
  expect(await priya.ok('GET', `/upgrades/${waiting.id}`)).toMatchObject({ status: 'payment_failed' })
  await useCard(harness, customer, 'pm_card_visa')
  expect(await priya.ok('POST', '/upgrades', { quote: quote.id })).toMatchObject({ status: 'applied' })
  expect(charges(harness)).toHaveLength(before + 1)
})

test('an unpaid upgrade can be canceled; its invoice can never be charged, and a new one may begin', async () => {
  const { harness, before, customer } = await opened('pm_card_authenticationRequired')
  const priya = harness.as('acme', 'priya')
  const quote = await quoteSeats(harness)
  const waiting = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  const other = await quoteSeats(harness, 1)
  expect((await priya.refused('POST', '/upgrades', { quote: other.id })).code).toBe('upgrade_open')
  expect(await priya.ok('DELETE', `/upgrades/${waiting.id}`)).toMatchObject({ status: 'canceled' })
  expect((await harness.stripe.invoices.retrieve(waiting.invoice?.id ?? '')).status).toBe('void')
  await useCard(harness, customer, 'pm_card_visa')
  const anew = await quoteSeats(harness)
  expect(await priya.ok('POST', '/upgrades', { quote: anew.id })).toMatchObject({ status: 'applied' })
  expect(charges(harness)).toHaveLength(before + 1)
})

test('a payment that is not completed expires, and says so', async () => {
  const { harness, before } = await opened('pm_card_authenticationRequired')
  const priya = () => harness.as('acme', 'priya')
  const quote = await quoteSeats(harness)
  const waiting = await priya().ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  await harness.clock.advance(24 * hour)
  await harness.sandbox.clock.advance(0)
  expect(await priya().ok('GET', `/upgrades/${waiting.id}`)).toMatchObject({ status: 'expired' })
  expect([charges(harness).length, await limit(harness)]).toEqual([before, 5])
})

test('a quote expires, is single use, and is refused when the price or the subscription has changed', async () => {
  const { harness, before } = await opened()
  const priya = () => harness.as('acme', 'priya')
  const late = await quoteSeats(harness)
  await harness.clock.advance(10 * minute)
  expect((await priya().refused('POST', '/upgrades', { quote: late.id })).code).toBe('quote_expired')

  const first = await quoteSeats(harness, 1)
  const second = await quoteSeats(harness, 2)
  await priya().ok('POST', '/upgrades', { quote: first.id })
  const stale = await Promise.all([1, 2].map(() => priya().refused('POST', '/upgrades', { quote: second.id })))
  expect(stale.map((problem) => problem.code)).toEqual(['quote_stale', 'quote_stale'])
  expect((await priya().refused('POST', '/upgrades', { quote: second.id })).code).toBe('quote_stale')
  expect([charges(harness).length, await limit(harness)]).toEqual([before + 1, 6])
})

test('with every webhook lost, reconciliation brings the account to what Stripe says', async () => {
  const { harness } = await opened('pm_card_authenticationRequired')
  const priya = harness.as('acme', 'priya')
  harness.sandbox.control.webhooks.pause()
  const quote = await quoteSeats(harness)
  const waiting = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  const [intent = ''] = waiting.clientSecret?.split('_secret_') ?? []
  await harness.sandbox.control.authenticate(intent)
  await harness.softgate.services.sweep()
  expect(await limit(harness)).toBe(7)
  expect(await priya.ok('GET', '/state')).toMatchObject({ upgrade: null, features: { seats: { limit: 7 } } })
})
