import type { Decision, GateAnswer, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog, ChangeRules } from '../../server/src/catalog/model.ts'
import { buy, quoteFor, refusalOf } from '../support/buying.ts'
import { day, type Harness, minute, openHarness, subscribe } from '../support/harness.ts'
import { openOnLine } from '../support/line.ts'

const charges = ({ sandbox }: Harness): number[] =>
  sandbox.control.journal().flatMap((entry) => (entry.kind === 'charge' ? [entry.amount] : []))

const withRules = (changes: Partial<ChangeRules>): Catalog => ({
  ...teamflow,
  changes: { ...teamflow.changes, ...changes },
})

const reports: Catalog['addons'][string] = {
  title: 'Extra exports',
  grants: { exports: 100, workload: true },
  prices: [
    { interval: 'month', currency: 'usd', unitAmount: 900 },
    { interval: 'year', currency: 'usd', unitAmount: 9_000 },
  ],
  maxQuantity: 5,
}
const withAddons: Catalog = { ...teamflow, addons: { extra_exports: reports } }

/** Five seats, three of them taken, ten days into the month. */
async function opened(spec: Parameters<typeof subscribe>[1] = {}, config: Catalog = teamflow) {
  const harness = await openHarness({ config })
  const account = await subscribe(harness, { taken: 3, ...spec })
  await harness.clock.advance(10 * day)
  const priya = () => harness.as('acme', 'priya')
  const state = () => priya().ok<State>('GET', '/state')
  const item = async () => {
    const { items } = await harness.stripe.subscriptions.retrieve(account.subscription)
    const [first] = items.data
    return [first?.price.lookup_key, first?.quantity, first?.current_period_end]
  }
  const invoiced = async (id: string | undefined) => (await harness.stripe.invoices.retrieve(id ?? '')).amount_due
  return { harness, ...account, priya, state, item, invoiced }
}

for (const billing of ['classic', 'flexible'] as const) {
  test(`month to year, ${billing}: the month is credited, the year is paid today and begins today`, async () => {
    const { harness, priya, item, invoiced } = await opened({ billing })
    const before = charges(harness).length
    const { quote, upgrade } = await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'year' })
    // Ten of 31 days are used up.
    const credit = -Math.round((6_000 * 21) / 31)
    expect(quote.lines.map((line) => line.amount)).toEqual([60_000, credit])
    expect(quote).toMatchObject({
      dueNow: { amount: 60_000 + credit },
      recurring: { amount: 60_000, interval: 'year' },
      previous: { amount: 6_000, interval: 'month' },
      nextInvoice: { at: '2028-03-22T14:00:00.000Z', total: { amount: 60_000 } },
      notices: ['A new period begins today. What is left of the present one is credited.'],
    })
    expect(quote.lines[0]).toMatchObject({
      description: 'Starter, 5 seats, March 22 to March 22, 2028',
      detail: '$120.00 a seat each year',
    })
    expect([upgrade.status, await invoiced(upgrade.invoice?.id), charges(harness).slice(before)]).toEqual([
      'applied',
      quote.dueNow.amount,
      [quote.dueNow.amount],
    ])
    expect(await item()).toEqual(['softgate_starter_year_usd', 5, Date.UTC(2028, 2, 22, 14) / 1_000])
    expect(harness.failures).toEqual([])
  })

  test(`year to month, ${billing}, waits for the end of the year`, async () => {
    const { priya, state } = await opened({ billing, interval: 'year' })
    const { quote, upgrade } = await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'month' })
    expect([quote.dueNow.amount, quote.effectiveAt, quote.recurring.interval, upgrade.status]).toEqual([
      0,
      '2028-03-12T14:00:00.000Z',
      'month',
      'applied',
    ])
    expect((await state()).pending).toMatchObject({ kind: 'switch', interval: 'month', quantity: 5 })
  })
}

test('what the credit loses between quote and click is taken off the invoice again: quoted is charged', async () => {
  const { harness, priya, invoiced } = await opened({ seats: 40 })
  const before = charges(harness).length
  const quote = await quoteFor(priya(), { kind: 'switch', title: 'Starter', interval: 'year' })
  await harness.clock.advance(9 * minute)
  const upgrade = await priya().ok<{ status: string; invoice: { id: string } }>('POST', '/upgrades', {
    quote: quote.id,
  })
  expect([upgrade.status, await invoiced(upgrade.invoice.id), charges(harness).slice(before)]).toEqual([
    'applied',
    quote.dueNow.amount,
    [quote.dueNow.amount],
  ])
  const { lines } = await harness.stripe.invoices.retrieve(upgrade.invoice.id)
  expect(lines.data.filter((line) => line.amount < 0)).toHaveLength(2)
  expect(harness.failures).toEqual([])
})

test('what the credit loses while the click is on its way to Stripe comes back as credit, once', async () => {
  const { harness, line } = await openOnLine()
  const { customer, subscription } = await subscribe(harness, { seats: 500, taken: 3, plan: 'business' })
  await harness.clock.advance(3 * day)
  const priya = harness.as('acme', 'priya')
  const quote = await quoteFor(priya, { kind: 'switch', title: 'Business', interval: 'year' })
  const before = charges(harness).length
  const balance = async () => {
    const found = await harness.stripe.customers.retrieve(customer)
    return found.deleted ? null : found.balance
  }
  line.before(`POST /v1/subscriptions/${subscription}`, async () => {
    await harness.clock.advance(3_000)
    await harness.sandbox.clock.advance(0)
  })
  const confirm = () => priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  const [upgrade] = await Promise.all([confirm(), confirm()])
  const [charged = 0] = charges(harness).slice(before)
  expect(upgrade.status).toBe('applied')
  expect(charged).toBeGreaterThan(quote.dueNow.amount)
  expect(charged - quote.dueNow.amount).toBe(-((await balance()) ?? 0))
  expect(harness.failures).toEqual([])
})

test('a rise that time alone does not explain is asked about again', async () => {
  const { harness, priya, customer } = await opened()
  const quote = await quoteFor(priya(), { kind: 'switch', title: 'Starter', interval: 'year' })
  await harness.stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd', description: 'Training' })
  expect((await priya().refused('POST', '/upgrades', { quote: quote.id })).code).toBe('quote_stale')
})

test('plan and seats change together in one step, at one price', async () => {
  const { harness, priya, item, invoiced } = await opened()
  const { quote, upgrade } = await buy(priya(), {
    kind: 'switch',
    title: 'Professional',
    interval: 'month',
    quantity: 8,
  })
  expect(quote).toMatchObject({ quantity: 8, recurring: { amount: 16_000 } })
  expect(quote.lines[0]?.description).toBe('Professional, 8 seats, March 22 to April 12')
  expect([await invoiced(upgrade.invoice?.id), (await item()).slice(0, 2)]).toEqual([
    quote.dueNow.amount,
    ['softgate_professional_month_usd', 8],
  ])
  expect(harness.failures).toEqual([])
})

test('a higher plan for fewer seats waits, as the seats do', async () => {
  const { priya } = await opened()
  const quote = await quoteFor(priya(), { kind: 'switch', title: 'Professional', interval: 'month', quantity: 4 })
  expect([quote.dueNow.amount, quote.effectiveAt]).toEqual([0, '2027-04-12T14:00:00.000Z'])
})

test('by the policy of the catalogue more seats wait, a plan is paid in full, and a downgrade is credited at once', async () => {
  const rules = withRules({ quantityUp: 'renewal', planUp: 'full', planDown: 'prorate', downgradeBelowUse: 'grace' })
  const { harness, priya, state } = await opened({ plan: 'professional', taken: 5 }, rules)
  const seats = await buy(priya(), { kind: 'add', quantity: 2 })
  expect([seats.quote.dueNow.amount, (await state()).pending?.quantity]).toEqual([0, 7])
  await buy(priya(), { kind: 'undo' })

  const full = await buy(priya(), { kind: 'switch', title: 'Business', interval: 'month' })
  expect(full.quote).toMatchObject({
    dueNow: { amount: 16_000 },
    lines: [{ description: 'Business, 5 seats, March 22 to April 22', amount: 16_000 }],
    notices: [
      'A new period begins today. What is left of the present one is not credited.',
      'API calls beyond 200,000 each month cost $1.00 for 1,000 calls, billed when it is over.',
    ],
  })
  expect([full.upgrade.status, charges(harness).at(-1)]).toEqual(['applied', 16_000])

  const down = await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'month', quantity: 5 })
  expect(down.quote.dueNow.amount).toBe(0)
  expect(down.quote.lines.map((line) => line.amount)).toEqual([6_000, -16_000, 10_000])
  expect(down.upgrade.status).toBe('applied')
  expect(await state()).toMatchObject({ account: { plan: { key: 'starter' } } })
  expect(harness.failures).toEqual([])
})

test('with grace a downgrade below use is quoted with what is too many; nothing more fits afterwards', async () => {
  const { harness, priya } = await opened(
    { taken: 5 },
    withRules({ downgradeBelowUse: 'grace', quantityDown: 'prorate' }),
  )
  const { quote } = await buy(priya(), { kind: 'remove', quantity: 2 })
  expect(quote.notices).toEqual([
    'Seats: 5 seats in use, 3 would be left, 2 too many.',
    'What is there stays; more has to wait until there is room.',
  ])
  const decision = await harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'seats' })
  expect(decision).toMatchObject({ state: 'blocked', limit: 3, used: 5, remaining: 0 })
})

test('an add-on is bought beside the plan, gives what it grants, follows the interval, and is removed at the end', async () => {
  const { harness, priya, state, subscription, invoiced } = await opened({}, withAddons)
  const { quote, upgrade } = await buy(priya(), { kind: 'add', title: 'Extra exports', quantity: 2 })
  expect(quote.lines).toEqual([
    {
      description: '2 × Extra exports, March 22 to April 12',
      detail: '21 of 31 days at $9.00',
      amount: Math.round((1_800 * 21) / 31),
    },
  ])
  expect(quote.recurring.amount).toBe(6_000 + 1_800)
  expect([upgrade.status, await invoiced(upgrade.invoice?.id)]).toEqual(['applied', quote.dueNow.amount])
  expect((await state()).features).toMatchObject({
    exports: { limit: 250 },
    workload: { allowed: true },
    seats: { limit: 5 },
  })

  const year = await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'year' })
  expect(year.quote.recurring.amount).toBe(60_000 + 18_000)
  expect(charges(harness).at(-1)).toBe(year.quote.dueNow.amount)
  const { items } = await harness.stripe.subscriptions.retrieve(subscription)
  expect(items.data.map(({ price, quantity }) => [price.lookup_key, quantity])).toEqual([
    ['softgate_starter_year_usd', 5],
    ['softgate_addon.extra_exports_year_usd', 2],
  ])

  await buy(priya(), { kind: 'remove', title: 'Extra exports', quantity: 2 })
  expect((await state()).pending?.title).toBe('Starter, 5 seats, by the year, from March 22, 2028')
  expect(harness.failures).toEqual([])
})

test('a need that no plan meets is answered with the add-on that does', async () => {
  const runs = { ...reports, title: 'Extra runs', grants: { automations: 1_000 } }
  const { harness, priya } = await opened({ plan: 'business' }, { ...teamflow, addons: { runs } })
  const time = new Date(harness.clock.now()).toISOString()
  const used = { id: 'runs', account: 'acme', name: 'run', feature: 'automations', value: 50_000, time }
  await harness.host.ok('POST', '/events', { events: [used] })
  const { prompt } = await priya().ok<GateAnswer>('POST', '/gates', { feature: 'automations', quantity: 1_500 })
  expect(prompt?.offer).toMatchObject({ kind: 'add', title: 'Extra runs', quantity: { default: 2, max: 5 } })
  expect((await refusalOf(priya(), { kind: 'add', title: 'Extra runs', quantity: 6 })).code).toBe('invalid_request')
})

for (const billing of ['classic', 'flexible'] as const)
  test(`a year that waits for the renewal is billed as a year from then on, ${billing}`, async () => {
    const { harness, priya, item } = await opened({ billing }, withRules({ intervalUp: 'renewal' }))
    const { quote } = await buy(priya(), { kind: 'switch', title: 'Starter', interval: 'year' })
    expect([quote.dueNow.amount, quote.nextInvoice.total.amount]).toEqual([0, 60_000])
    await harness.clock.advance(22 * day)
    await harness.sandbox.clock.advance(0)
    expect([charges(harness).at(-1), await item()]).toEqual([
      60_000,
      ['softgate_starter_year_usd', 5, Date.UTC(2028, 3, 12, 14) / 1_000],
    ])
  })
