import type { Quote, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { openHarness, subscribe } from '../support/harness.ts'

test('a quote names each tax beside what comes on top, and says what was paid until now with tax', async () => {
  const harness = await openHarness()
  const { subscription } = await subscribe(harness)
  const { stripe } = harness
  const rates = await Promise.all([
    stripe.taxRates.create({ display_name: 'Sales tax', percentage: 8, inclusive: false }),
    stripe.taxRates.create({ display_name: 'City tax', percentage: 1.5, inclusive: false }),
  ])
  await stripe.subscriptions.update(subscription, { default_tax_rates: rates.map(({ id }) => id) })
  const priya = harness.as('acme', 'priya')
  const { offers } = await priya.ok<State>('GET', '/state')
  const quote = await priya.ok<Quote>('POST', '/quotes', { offer: offers[0]?.id, quantity: 2 })

  expect(quote.taxes).toMatchObject([
    { description: 'Sales tax', percentage: 8, inclusive: false },
    { description: 'City tax', percentage: 1.5, inclusive: false },
  ])
  const sum = (entries: { amount: number }[]): number => entries.reduce((total, { amount }) => total + amount, 0)
  expect(sum(quote.taxes)).toBe(quote.tax.amount)
  expect(quote.tax.amount).toBeGreaterThan(0)
  expect(sum(quote.lines) + quote.tax.amount - quote.credit.amount).toBe(quote.dueNow.amount)
  expect(quote.previous).toEqual({ amount: 6_570, currency: 'usd', interval: 'month' })
  expect(quote.recurring).toEqual({ amount: 9_198, currency: 'usd', interval: 'month' })

  const upgrade = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect(upgrade.invoice?.amountPaid).toEqual(quote.dueNow)
})
