import type { EstimateAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { quoteFor } from '../support/buying.ts'
import { openFree } from '../support/checkout.ts'
import { charges } from '../support/edge-cases.ts'
import { day, openHarness } from '../support/harness.ts'
import { call, type Metered, openMetered } from '../support/metered.ts'

const estimated = async ({ harness }: Metered) => {
  const { estimate } = await harness.as('acme', 'priya').ok<EstimateAnswer>('GET', '/estimate')
  const [use] = estimate?.use ?? []
  if (!estimate || !use) throw new Error('no estimate')
  return { ...estimate, use }
}

/** So many calls on each of the coming days. */
async function daily({ harness }: Metered, days: number, calls: (index: number) => number): Promise<void> {
  for (let index = 0; index < days; index++) {
    await call(harness, calls(index))
    await harness.clock.advance(day)
  }
}

test('what the period comes to: so far by Stripe’s own invoice, and at the end by the present rate, which comes true', async () => {
  const metered = await openMetered()
  const calls = (index: number) => 110 + (index % 3) * 10
  await daily(metered, 10, calls)
  const { period, invoice, use } = await estimated(metered)
  expect(period).toEqual({ start: '2027-03-12T14:00:00.000Z', end: '2027-04-12T14:00:00.000Z' })
  expect(use).toMatchObject({
    feature: 'calls',
    title: 'API calls',
    limit: 1_000,
    used: 1_190,
    overage: 190,
    price: '$0.05 a call',
    amount: { amount: 950, currency: 'usd' },
  })
  // Told to the meter before Stripe was asked.
  expect([invoice?.total.amount, invoice?.lines.map(({ amount }) => amount)]).toEqual([3_600 + 950, [950, 3_600]])
  if (!use.forecast) throw new Error('no forecast')
  const { least, amount, most } = use.forecast
  expect([least.amount <= amount.amount, amount.amount <= most.amount]).toEqual([true, true])

  await daily(metered, 10, (index) => calls(index + 10))
  // The last day of the period.
  await call(metered.harness, calls(20))
  const charged = (await estimated(metered)).invoice?.total.amount ?? 0
  expect(charged).toBe(3_600 + (await metered.metered()) * 5)
  expect(charged - 3_600).toBeGreaterThan(least.amount - 5 * 60)
  expect(charged - 3_600).toBeLessThan(most.amount + 5 * 60)
  expect(metered.harness.failures).toEqual([])
})

test('with too little to go by nothing is foreseen, and what is so far is said all the same', async () => {
  const metered = await openMetered()
  await call(metered.harness, 1_300)
  const { use } = await estimated(metered)
  expect(use).toMatchObject({ overage: 300, amount: { amount: 1_500 }, forecast: null })
})

test('before another plan is bought, the quote says what use will come to with it', async () => {
  const metered = await openMetered()
  await daily(metered, 10, () => 480)
  const quote = await quoteFor(metered.harness.as('acme', 'priya'), {
    kind: 'switch',
    title: 'Professional',
    interval: 'month',
  })
  const [use] = quote.use ?? []
  // 4,800 so far and 480 on each of the 11 days that are left: 5,080 beyond the 5,000 of the plan, at 2 cents.
  expect(use).toMatchObject({ feature: 'calls', limit: 5_000, used: 4_800, overage: 0, price: '$0.02 a call' })
  expect(Math.abs((use?.forecast?.overage ?? 0) - 5_080)).toBeLessThan(250)
  expect(quote.notices.join('\n')).toMatch(/API calls come to about \$\d+\.\d\d by April 12 at your present rate/)
})

test('who pays nothing yet has nothing to estimate', async () => {
  const harness = await openHarness()
  await openFree(harness)
  expect(await harness.as('birch', 'ben').ok('GET', '/estimate')).toEqual({ estimate: null })
  expect(charges(harness)).toEqual([])
})
