import type { Problem, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import type { Catalog } from '../../server/src/catalog/model.ts'
import { buy, quoteFor } from '../support/buying.ts'
import { charges } from '../support/edge-cases.ts'
import { day, minute, openHarness, start, subscribe } from '../support/harness.ts'
import { call, openMetered, recall, withCalls, withoutUse } from '../support/metered.ts'

const following = (policy: 'prorate' | 'full'): Catalog => {
  const catalog = withCalls()
  const { changes } = catalog
  return {
    ...catalog,
    changes: { ...changes, planUp: policy, planDown: policy, intervalUp: policy, intervalDown: policy },
  }
}

const ways = [
  { title: 'Starter', interval: 'year' },
  { title: 'Professional', interval: 'month' },
  { title: 'Professional', interval: 'year' },
] as const

for (const billing of ['classic', 'flexible'] as const)
  for (const policy of ['prorate', 'full'] as const)
    test(`whatever is switched to, what was used until then is billed once, with the switch: ${billing}, ${policy}`, async () => {
      for (const to of ways) {
        const { harness, priya, sweep, stripe, customer } = await openMetered(following(policy), { billing })
        await call(harness, 1_300)
        await sweep()
        await harness.clock.advance(minute)
        const { quote, upgrade } = await buy(priya, { kind: 'switch', ...to })
        expect([upgrade.status, upgrade.invoice?.amountPaid.amount]).toEqual(['applied', quote.dueNow.amount])
        expect(quote.lines.filter(({ amount }) => amount === 300 * 5)).toHaveLength(1)
        await harness.clock.advance((to.interval === 'year' ? 372 : 32) * day)
        await harness.sandbox.clock.advance(0)
        const { data } = await stripe.invoices.list({ customer, limit: 100 })
        const ofUse = data.map(({ lines }) =>
          lines.data
            .filter(({ description }) => description?.includes('API calls'))
            .reduce((sum, one) => sum + one.amount, 0),
        )
        expect(ofUse, `${to.title} by the ${to.interval}`).toEqual([0, 300 * 5, 0])
        expect(harness.failures).toEqual([])
      }
    })

test('a lower plan at the renewal bills the month that ends in classic billing as well', async () => {
  const { harness, priya, sweep } = await openMetered(withCalls(), { plan: 'professional', billing: 'classic' })
  await call(harness, 5_600)
  await sweep()
  await buy(priya, { kind: 'switch', title: 'Starter', interval: 'month' })
  await harness.clock.advance(22 * day)
  await harness.sandbox.clock.advance(0)
  expect(charges(harness).at(-1)).toBe(3_600 + 600 * 2)
  expect(harness.failures).toEqual([])
})

test.each(['flexible', 'classic'] as const)(
  'what is used between quote and click is given away if it is little, else asked about again at what it comes to: %s',
  async (billing) => {
    const { harness, priya, sweep, metered } = await openMetered(following('prorate'), { billing })
    await call(harness, 1_300)
    await sweep()
    const wanted = { kind: 'switch', title: 'Professional', interval: 'month' } as const
    const stale = await quoteFor(priya, wanted)
    const before = charges(harness).length
    await call(harness, 200)
    const asked = await priya<Problem>('POST', '/upgrades', { quote: stale.id })
    expect([asked.status, asked.body.code]).toEqual([409, 'quote_stale'])
    expect(asked.body.detail).toContain('More has been used since the quote')
    expect(charges(harness).length).toBe(before)

    const fresh = await quoteFor(priya, wanted)
    expect([fresh.dueNow.amount - stale.dueNow.amount, await metered()]).toEqual([200 * 5, 500])
    await call(harness, 12)
    const { status, invoice } = await priya.ok<Upgrade>('POST', '/upgrades', { quote: fresh.id })
    expect([status, invoice?.amountPaid.amount]).toEqual(['applied', fresh.dueNow.amount])
    // Within the larger limit by now: nothing is billed of it, and nothing is missed.
    await harness.clock.advance(20 * minute)
    await sweep()
    await harness.clock.advance(22 * day)
    await harness.sandbox.clock.advance(0)
    await sweep()
    expect([charges(harness).at(-1), harness.failures]).toEqual([6_000, []])
  },
)

test('of a month that a year has ended, what came too late to be quoted is told to whoever looks after it', async () => {
  const { harness, priya, sweep } = await openMetered()
  await call(harness, 1_300)
  await sweep()
  const quote = await quoteFor(priya, { kind: 'switch', title: 'Starter', interval: 'year' })
  await call(harness, 10)
  expect((await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })).status).toBe('applied')
  await harness.clock.advance(20 * minute)
  await sweep()
  expect(harness.failures).toEqual([
    expect.stringMatching(/^billing the use of acme: 10 units of calls .* came too late\.$/),
  ])
})

const upwards = { kind: 'switch', title: 'Professional', interval: 'month' } as const

for (const billing of ['classic', 'flexible'] as const)
  test(`a switch is taken back only while neither price has any use to bill, so that none is lost: ${billing}`, async () => {
    const { harness, priya, sweep } = await openMetered(withCalls(), { billing })
    const offered = async () => (await priya.ok<State>('GET', '/state')).offers.some(({ kind }) => kind === 'undo')
    await call(harness, 900)
    const { quote: bought } = await buy(priya, upwards)
    const more = await call(harness, 90)
    const late = await quoteFor(priya, { kind: 'undo' })
    const over = await call(harness, 11)
    const refused = await priya.refused('POST', '/upgrades', { quote: late.id })
    expect([refused.code, refused.detail]).toEqual(['quote_stale', expect.stringContaining('in use by now')])
    expect(await offered()).toBe(false)
    await recall(harness, over, 10)
    const { upgrade } = await buy(priya, { kind: 'undo' })
    expect([upgrade.status, charges(harness).at(-1)]).toEqual(['applied', bought.dueNow.amount])
    // Back on the former plan, its own price counts on from where it stood.
    await recall(harness, more, 150)
    await harness.clock.advance(20 * minute)
    await sweep()
    await harness.clock.advance(22 * day)
    await harness.sandbox.clock.advance(0)
    expect([charges(harness).at(-1), harness.failures]).toEqual([3_600 + 60 * 5, []])
  })

test.each(['classic', 'flexible'] as const)(
  'nor is one that was paid together with what was used: %s',
  async (billing) => {
    const { harness, priya, sweep } = await openMetered(withCalls(), { billing })
    await call(harness, 1_300)
    await sweep()
    await buy(priya, upwards)
    expect((await priya.ok<State>('GET', '/state')).offers.map(({ kind }) => kind)).not.toContain('undo')
  },
)

test.each(['classic', 'flexible'] as const)(
  'a switch whose payment goes back is taken back with what was used of it billed: %s',
  async (billing) => {
    const { harness, priya, sweep, stripe, subscription } = await openMetered(withCalls(), { billing })
    const { upgrade } = await buy(priya, upwards)
    await call(harness, 5_100)
    await harness.clock.advance(day)
    await sweep()
    const { data } = await stripe.invoicePayments.list({ invoice: upgrade.invoice?.id ?? '' })
    await stripe.refunds.create({ payment_intent: String(data[0]?.payment.payment_intent) })
    await harness.sandbox.control.webhooks.flush()
    await sweep()
    const held = async () => (await stripe.subscriptions.retrieve(subscription)).items.data[0]?.price.lookup_key
    await expect.poll(held).toBe('softgate_starter_month_usd')
    await harness.clock.advance(22 * day)
    await harness.sandbox.clock.advance(0)
    expect([charges(harness).at(-1), harness.failures]).toEqual([3_600 + 100 * 2, []])
  },
)

const downwards = { kind: 'switch', title: 'Starter', interval: 'month' } as const

test('a lower plan at the renewal keeps the day; where classic billing has use to bill with the turn it does not, and says so', async () => {
  for (const { billing, metered } of [
    { billing: 'flexible', metered: true },
    { billing: 'classic', metered: false },
    { billing: 'classic', metered: true },
  ] as const) {
    const harness = await openHarness({ config: metered ? withCalls() : withoutUse })
    await harness.clock.advance(Date.UTC(2027, 4, 31, 14) - start)
    const { subscription } = await subscribe(harness, { plan: 'professional', taken: 3, billing })
    const { quote } = await buy(harness.as('acme', 'priya'), downwards)
    const moves = billing === 'classic' && metered
    const told = 'It is billed on day 30 of the month from then on, no longer on day 31.'
    expect([quote.notices.includes(told), quote.nextInvoice.at]).toEqual([moves, '2027-06-30T14:00:00.000Z'])
    await harness.clock.advance(70 * day)
    await harness.sandbox.clock.advance(0)
    const { items } = await harness.stripe.subscriptions.retrieve(subscription)
    expect(items.data[0]?.current_period_end).toBe(Date.UTC(2027, 7, moves ? 30 : 31, 14) / 1_000)
  }
})
