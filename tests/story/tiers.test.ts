import type { PlansAnswer, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { costOf } from '../../server/src/catalog/rate.ts'
import { buy, offerOf } from '../support/buying.ts'
import { openFree, payOn } from '../support/checkout.ts'
import { charges } from '../support/edge-cases.ts'
import { type AccountSpec, day, type Harness, type HarnessOptions, openHarness, subscribe } from '../support/harness.ts'
import { repriced } from '../support/repriced.ts'
import { monthly, starterFor, steps, tiered } from '../support/tiers.ts'

const modes = ['graduated', 'volume'] as const
/** What 21 of the 31 days of the period come to. */
const rest = (amount: number): number => Math.round((amount * 21) / 31)

/** So many seats of Starter at this rate, ten days into the month. */
async function opened(config: ReturnType<typeof starterFor>, spec: AccountSpec, options: HarnessOptions = {}) {
  const harness = await openHarness({ config, ...options })
  const account = await subscribe(harness, { taken: 3, ...spec })
  await harness.clock.advance(10 * day)
  return { harness, ...account, priya: harness.as('acme', 'priya'), before: charges(harness).length }
}

const amountDue = async ({ stripe }: Harness, { invoice }: Upgrade): Promise<number> =>
  (await stripe.invoices.retrieve(invoice?.id ?? '')).amount_due

for (const mode of modes) {
  const rate = tiered(mode)
  const config = starterFor([monthly(rate)])

  test(`${mode}: seats across a bound are quoted by the tiers, and exactly that is charged, once`, async () => {
    const { harness, priya, before } = await opened(config, { seats: 8 })
    const offer = await offerOf(priya, { kind: 'add' })
    expect(offer.tiers).toMatchObject({ mode, text: 'from $8.00 a seat' })
    expect(offer.tiers?.steps.map(({ upTo, unit }) => [upTo, unit.amount])).toEqual([
      [5, 1_200],
      [10, 1_000],
      [null, 800],
    ])
    const { quote, upgrade } = await buy(priya, { kind: 'add', quantity: 4 })
    const due = rest(costOf(rate, 12)) - rest(costOf(rate, 8))
    expect(quote).toMatchObject({
      dueNow: { amount: due },
      lines: [{ description: '4 seats, March 22 to April 12', detail: '21 of 31 days', amount: due }],
      previous: { amount: costOf(rate, 8) },
      recurring: { amount: costOf(rate, 12) },
    })
    expect([upgrade.status, await amountDue(harness, upgrade), charges(harness).slice(before)]).toEqual([
      'applied',
      due,
      [due],
    ])
    expect(harness.failures).toEqual([])
  })

  test(`${mode}: fewer seats across a bound wait for the renewal, which charges the lower tiers`, async () => {
    const { harness, priya } = await opened(config, { seats: 12 })
    const { quote } = await buy(priya, { kind: 'remove', quantity: 8 })
    expect([quote.dueNow.amount, quote.nextInvoice.total.amount]).toEqual([0, costOf(rate, 4)])
    await harness.clock.advance(22 * day)
    await harness.sandbox.clock.advance(0)
    expect(charges(harness).at(-1)).toBe(costOf(rate, 4))
  })

  test(`${mode}: fewer seats at once are credited as the tiers reckon them`, async () => {
    const { harness, priya, before } = await opened(starterFor([monthly(rate)], { quantityDown: 'prorate' }), {
      seats: 12,
    })
    const { quote, upgrade } = await buy(priya, { kind: 'remove', quantity: 8 })
    const credit = rest(costOf(rate, 12)) - rest(costOf(rate, 4))
    expect(quote.dueNow.amount).toBe(0)
    expect(quote.lines.map(({ amount }) => amount)).toEqual([-credit, credit])
    expect([upgrade.status, charges(harness).length]).toEqual(['applied', before])
    const { balance } = (await harness.stripe.customers.retrieve((await customerOf(harness)) ?? '')) as {
      balance: number
    }
    expect(balance).toBe(-credit)
  })

  test(`${mode}: a first subscription is quoted tier by tier and charged so on the page`, async () => {
    const harness = await openHarness({ config })
    await openFree(harness)
    const ben = harness.as('birch', 'ben')
    const { plans } = await ben.ok<PlansAnswer>('GET', '/plans')
    expect(plans.find(({ key }) => key === 'starter')?.prices).toMatchObject([
      { interval: 'month', price: { amount: 800 }, tiers: { mode, text: 'from $8.00 a seat' } },
    ])
    const { quote, upgrade } = await buy(ben, { kind: 'switch', title: 'Starter', quantity: 7 })
    expect(quote.lines[0]?.detail).toBe(
      mode === 'graduated' ? '5 at $12.00, 2 at $10.00 each month' : '7 at $10.00 each month',
    )
    await payOn(upgrade.url)
    expect((await ben.ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)).status).toBe('applied')
    expect([quote.dueNow.amount, charges(harness)]).toEqual([costOf(rate, 7), [costOf(rate, 7)]])
    expect(harness.failures).toEqual([])
  })
}

const customerOf = async ({ host }: Harness): Promise<string | null> =>
  (await host.ok<{ stripeCustomerId: string | null }>('GET', '/accounts/acme')).stripeCustomerId

test('volume: one seat more can make all of them cheaper; the difference is credit, and nothing is charged', async () => {
  const rate = tiered('volume')
  const { harness, priya, before } = await opened(starterFor([monthly(rate)]), { seats: 10 })
  const { quote, upgrade } = await buy(priya, { kind: 'add', quantity: 1 })
  expect([quote.dueNow.amount, quote.recurring.amount]).toEqual([0, 8_800])
  expect(quote.lines.map(({ amount }) => amount)).toEqual([rest(8_800) - rest(10_000), rest(10_000) - rest(8_800)])
  expect([upgrade.status, charges(harness).length]).toEqual(['applied', before])
})

test('who bought by older tiers keeps them, reads them and pays them; whoever comes now meets the new ones', async () => {
  const old = tiered('graduated')
  const { harness } = await opened(starterFor([monthly(old)]), { seats: 8 }, { inlineWriter: false })
  await openFree(harness)
  const dearer = tiered(
    'graduated',
    steps.map(({ upTo, unit }) => ({ upTo, unit: unit + 100 })),
  )
  const { as } = await repriced(harness, starterFor([monthly(dearer)]))
  expect((await offerOf(as('birch', 'ben'), { kind: 'switch', title: 'Starter' })).tiers?.text).toBe(
    'from $9.00 a seat',
  )
  const priya = as('acme', 'priya')
  expect((await offerOf(priya, { kind: 'add' })).tiers?.text).toBe('from $8.00 a seat')
  const { quote, upgrade } = await buy(priya, { kind: 'add', quantity: 4 })
  expect([upgrade.status, quote.recurring.amount]).toEqual(['applied', costOf(old, 12)])
})

test('a currency without cents has its tiers in whole units of it', async () => {
  const rate = tiered('graduated', [
    { upTo: 5, unit: 1_500 },
    { upTo: null, unit: 1_100, flat: 300 },
  ])
  const harness = await openHarness({ config: starterFor([monthly({ unitAmount: 1_200 }), monthly(rate, 'jpy')]) })
  await openFree(harness, { id: 'edo' })
  await harness.host.ok('PUT', '/accounts/edo', { currency: 'jpy' })
  const { quote, upgrade } = await buy(harness.as('edo', 'ben'), { kind: 'switch', title: 'Starter', quantity: 7 })
  expect(quote).toMatchObject({
    dueNow: { amount: 10_000, currency: 'jpy' },
    lines: [{ detail: '5 at ¥1,500, 2 at ¥1,100 plus ¥300 each month' }],
  })
  await payOn(upgrade.url)
  await harness.as('edo', 'ben').ok('GET', `/upgrades/${upgrade.id}`)
  await harness.clock.advance(10 * day)
  const more = await buy(harness.as('edo', 'ben'), { kind: 'add', quantity: 1 })
  expect([more.upgrade.status, more.quote.dueNow]).toEqual([
    'applied',
    { amount: rest(11_100) - rest(10_000), currency: 'jpy' },
  ])
  expect(charges(harness)).toEqual([10_000, more.quote.dueNow.amount])
  expect(harness.failures).toEqual([])
})
