import type { Quote, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { buy, quoteFor } from '../support/buying.ts'
import { charges } from '../support/edge-cases.ts'
import { type Harness, hour, minute, openHarness, start, subscribe } from '../support/harness.ts'

/** Starter with five seats, begun at `from` (epoch ms), in the account's own time zone. */
async function begunAt(from: number, timeZone = 'America/New_York') {
  const harness = await openHarness()
  await harness.clock.advance(from - start)
  await harness.sandbox.clock.advance(0)
  const { subscription, customer } = await subscribe(harness, { taken: 3 })
  await harness.host.ok('PUT', '/accounts/acme', { timeZone })
  const turnTo = async (at: number): Promise<void> => {
    await harness.clock.advance(at - harness.clock.now())
    await harness.sandbox.clock.advance(0)
    await harness.sandbox.control.webhooks.flush()
    await harness.softgate.services.sweep()
  }
  const periodEnd = async (): Promise<number> => {
    const { items } = await harness.stripe.subscriptions.retrieve(subscription)
    return (items.data[0]?.current_period_end ?? 0) * 1_000
  }
  const seats = async (): Promise<number | undefined> => {
    const { items } = await harness.stripe.subscriptions.retrieve(subscription)
    return items.data[0]?.quantity
  }
  return { harness, subscription, customer, priya: () => harness.as('acme', 'priya'), turnTo, periodEnd, seats }
}

const confirm = async (harness: Harness, quote: Quote) => {
  const { status, body } = await harness.as('acme', 'priya')<object>('POST', '/upgrades', { quote: quote.id })
  return { status, body: body as { status?: unknown; code?: string } }
}

/** Where calendars are odd: the instant at which the subscription begins, and the day of its first renewal as the account reads it. */
const calendars = [
  { name: 'no odd day', from: Date.UTC(2027, 2, 12, 14), timeZone: 'UTC', turns: 'April 12' },
  { name: 'the end of January', from: Date.UTC(2028, 0, 31, 20), timeZone: 'America/New_York', turns: 'February 29' },
  { name: 'a leap day', from: Date.UTC(2028, 1, 29, 3), timeZone: 'Asia/Tokyo', turns: 'March 29' },
  // 04:30 UTC is the evening before in New York; in March its clocks go forward.
  {
    name: 'clocks that go forward',
    from: Date.UTC(2028, 1, 14, 4, 30),
    timeZone: 'America/New_York',
    turns: 'March 14',
  },
  { name: 'clocks that go back', from: Date.UTC(2028, 9, 20, 23), timeZone: 'Europe/Berlin', turns: 'November 21' },
]

for (const { name, from, timeZone, turns } of calendars)
  test(`a quote from before the renewal never lives beyond it, and one from after it is for the new period: ${name}`, async () => {
    const { harness, priya, turnTo, periodEnd, seats } = await begunAt(from, timeZone)
    const end = await periodEnd()
    await turnTo(end - 4 * minute)
    const quote = await quoteFor(priya(), { kind: 'add', quantity: 2 })
    // Ten minutes would be more than is left of the period.
    expect([Date.parse(quote.expiresAt), Date.parse(quote.nextInvoice.at)]).toEqual([end, end])
    const later = await quoteFor(priya(), { kind: 'remove', quantity: 1 })
    expect(later.notices[0]).toBe(`Takes effect on ${turns}. Until then nothing changes and nothing is charged.`)

    await turnTo(end + minute)
    const before = charges(harness).length
    for (const stale of [quote, later]) {
      const { status, body } = await confirm(harness, stale)
      expect([status, body.code]).toEqual([409, 'quote_expired'])
    }
    expect([charges(harness).length, await seats()]).toEqual([before, 5])
    const fresh = await buy(priya(), { kind: 'add', quantity: 2 })
    expect([fresh.upgrade.status, charges(harness).slice(before)]).toEqual(['applied', [fresh.quote.dueNow.amount]])
    // All but a minute of the period is left.
    expect(fresh.quote.dueNow.amount).toBe(2_400)
    const next = await periodEnd()
    expect(Date.parse(fresh.quote.nextInvoice.at)).toBe(next)
    await turnTo(next + minute)
    expect(charges(harness).at(-1)).toBe(7 * 1_200)
    expect(harness.failures).toEqual([])
  })

test('an upgrade that waits for its payment when the period turns is over with it; nothing of it is charged', async () => {
  const { harness, priya, turnTo, periodEnd, seats, customer } = await begunAt(Date.UTC(2028, 0, 31, 20))
  const { stripe } = harness
  const end = await periodEnd()
  await turnTo(end - 3 * hour)
  const method = await stripe.paymentMethods.attach('pm_card_authenticationRequired', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
  const { upgrade } = await buy(priya(), { kind: 'add', quantity: 200 })
  expect(upgrade.status).toBe('requires_action')
  const good = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: good.id } })
  const before = charges(harness).length
  await turnTo(end + minute)
  const after = await priya().ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
  expect(after).toMatchObject({ status: 'expired', reason: { code: 'expired' } })
  expect([await seats(), charges(harness).slice(before)]).toEqual([5, [5 * 1_200]])
  const again = await buy(priya(), { kind: 'add', quantity: 2 })
  expect([again.upgrade.status, charges(harness).slice(before + 1)]).toEqual(['applied', [again.quote.dueNow.amount]])
})

test('a reply that is lost just before the period turns: what was charged in the old period is provisioned in the new one, once', async () => {
  for (const kind of ['reset_before', 'reset_after'] as const) {
    const { harness, priya, turnTo, periodEnd, seats } = await begunAt(Date.UTC(2028, 1, 29, 3), 'Asia/Tokyo')
    const end = await periodEnd()
    await turnTo(end - 3 * hour)
    const quote = await quoteFor(priya(), { kind: 'add', quantity: 200 })
    const before = charges(harness).length
    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path: '/v1/subscriptions' }, times: 2 })
    const cut = await confirm(harness, quote)
    const charged = charges(harness).slice(before)
    await turnTo(end + minute)
    const { status, body } = await confirm(harness, quote)
    // Where nothing had arrived, the new period makes it another price: asked again, not charged by guess.
    if (kind === 'reset_before') {
      expect([charged, status, body.code, await seats()]).toEqual([[], 409, 'quote_stale', 5])
      expect(charges(harness).slice(before)).toEqual([5 * 1_200])
    } else {
      expect([cut.body.status, status, body.status, await seats()]).toEqual(['applied', 200, 'applied', 205])
      expect(charges(harness).slice(before)).toEqual([quote.dueNow.amount, 205 * 1_200])
    }
    expect(harness.failures.filter((failure) => failure.startsWith('comparing'))).toEqual([])
  }
})
