import type { Quote, State, Upgrade } from '@softgate/sdk/contract'
import { beforeAll, describe, expect, test } from 'vitest'
import { offerOf, type Wanted } from '../support/buying.ts'
import { openFree, payOn } from '../support/checkout.ts'
import { forAll } from '../support/cleanup.ts'
import { type Case, casesOf, configFor, down, taxed, up } from '../support/every-change.ts'
import { day, type Harness, openHarness, subscribe } from '../support/harness.ts'

const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0)

interface Opened {
  user(): ReturnType<Harness['as']>
  customer: string
}

async function open(harness: Harness, { id, change, setting, billing }: Case): Promise<Opened> {
  const { stripe, host } = harness
  const { currency = 'usd', balance = 0, terms } = setting
  if (change.first) {
    const { id: customer } = await stripe.customers.create({ name: id, balance, address: { country: 'CH' } })
    await openFree(harness, { id })
    await host.ok('PUT', `/accounts/${id}`, { currency, stripeCustomerId: customer })
    return { customer, user: () => harness.as(id, 'ben') }
  }
  const made = await subscribe(harness, {
    id,
    taken: 3,
    billing,
    currency,
    ...change.spec,
    ...(terms && { terms: await terms(stripe) }),
  })
  if (balance !== 0) await stripe.customers.update(made.customer, { balance })
  return { customer: made.customer, user: () => harness.as(id, 'priya') }
}

const moneyOf = ({ sandbox }: Harness, customer: string) =>
  sandbox.control
    .journal()
    .flatMap((entry) =>
      (entry.kind === 'charge' || entry.kind === 'refund') && entry.customer === customer
        ? [[entry.kind, entry.amount]]
        : [],
    )

async function take(user: Opened['user'], wanted: Wanted, code?: string): Promise<{ quote: Quote; upgrade: Upgrade }> {
  const { id: offer } = await offerOf(user(), wanted)
  const { quantity } = wanted
  const quote = await user().ok<Quote>('POST', '/quotes', {
    offer,
    ...(quantity !== undefined && { quantity }),
    ...(code && { promotionCode: code }),
  })
  let upgrade = await user().ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  if (upgrade.status === 'checkout') {
    await payOn(upgrade.url)
    upgrade = await user().ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
  }
  return { quote, upgrade }
}

/** The invoice is what the quote has said, to the smallest unit. */
async function checkInvoice({ stripe }: Harness, quote: Quote, { invoice }: Upgrade): Promise<void> {
  const due = quote.dueNow.amount
  expect(sum(quote.lines.map(({ amount }) => amount)) + quote.tax.amount - quote.credit.amount).toBe(due)
  if (!invoice) return expect(due).toBe(0)
  const { amount_due, currency, total_taxes } = await stripe.invoices.retrieve(invoice.id)
  expect({ amount: amount_due, currency }).toEqual(quote.dueNow)
  expect(invoice.amountDue).toEqual(quote.dueNow)
  const taxes = (total_taxes ?? []).map(({ amount, tax_behavior }) => ({
    amount,
    inclusive: tax_behavior === 'inclusive',
  }))
  expect(quote.taxes.map(({ amount, inclusive }) => ({ amount, inclusive }))).toEqual(
    taxes.filter(({ amount }) => amount !== 0),
  )
}

/** What the account may do is what its subscription says. */
async function checkEntitled({ stripe }: Harness, { customer, user }: Opened): Promise<void> {
  const { data } = await stripe.subscriptions.list({ customer })
  expect(data).toHaveLength(1)
  const held = data[0]?.items.data.map(({ price, quantity }) => [price.lookup_key ?? '', quantity ?? 0] as const) ?? []
  const unitsOf = (what: RegExp): number => held.find(([key]) => what.test(key))?.[1] ?? 0
  const { account, features, upgrade } = await user().ok<State>('GET', '/state')
  const plan = held.find(([key]) => !key.includes('addon'))?.[0].split('_')[1]
  expect({ plan: account.plan.key, seats: features.seats?.limit, exports: features.exports?.limit, upgrade }).toEqual({
    plan,
    seats: unitsOf(/softgate_(starter|professional)/),
    exports: (plan === 'starter' ? 50 : 500) + 100 * unitsOf(/addon[.]extra/),
    upgrade: null,
  })
}

interface Told {
  name: string
  customer: string
  at: number
  quote: Quote
}

/** The first invoice after a change is the one that its quote has told. */
async function checkNext({ stripe }: Harness, { name, customer, at, quote }: Told): Promise<void> {
  const { data } = await stripe.invoices.list({ customer, limit: 100 })
  const next = data.filter(({ created }) => created * 1_000 > at).at(-1)
  const { nextInvoice, recurring } = quote
  expect(next ? [next.created * 1_000, next.total] : null, name).toEqual(
    recurring.amount === 0 ? null : [Date.parse(nextInvoice.at), nextInvoice.total.amount],
  )
}

describe.each([
  { rules: 'usual', changes: [...up, ...down], config: configFor({}) },
  {
    rules: 'at_once',
    changes: down,
    config: configFor({ quantityDown: 'prorate', planDown: 'prorate', intervalDown: 'prorate' }),
  },
  { rules: 'taxed_on_top', changes: taxed, config: configFor({}, { automatic: true, prices: 'exclusive' }) },
  { rules: 'taxed_within', changes: taxed, config: configFor({}, { automatic: true, prices: 'inclusive' }) },
])('quoted is charged: $rules', ({ rules, changes, config }) => {
  const cases = casesOf(rules, changes)
  const opened = new Map<string, Opened>()
  const told: Told[] = []
  let harness: Harness

  beforeAll(async () => {
    harness = await openHarness({ config })
    const { stripe, clock, sandbox } = harness
    // News of every change is lost: what is told is told by asking.
    sandbox.control.webhooks.dropNext(1_000_000)
    for (const [code, off] of [
      ['EIGHTH', { percent_off: 12.5, duration: 'forever' }],
      ['TWO', { percent_off: 20, duration: 'repeating', duration_in_months: 2 }],
      ['SEVEN', { amount_off: 703, currency: 'usd', duration: 'once' }],
    ] as const) {
      const { id } = await stripe.coupons.create(off)
      await stripe.promotionCodes.create({ code, promotion: { type: 'coupon', coupon: id } })
    }
    for (const one of cases) opened.set(one.id, await open(harness, one))
    // Ten days into the month, and some seconds: no share of it comes out even.
    await clock.advance(10 * day + 12_345_000)
    return forAll()
  })

  test.each(cases)('$name', async ({ id, name, change, setting }) => {
    const account = opened.get(id)
    if (!account) throw new Error(`${id} was not opened`)
    const { customer, user } = account
    for (const one of change.before ?? []) expect((await take(user, one)).upgrade.status).toBe('applied')
    const before = moneyOf(harness, customer).length
    const { quote, upgrade } = await take(user, change.wanted, setting.code)
    expect(upgrade.status).toBe('applied')
    expect(moneyOf(harness, customer).slice(before)).toEqual([
      ...(quote.dueNow.amount > 0 ? [['charge', quote.dueNow.amount]] : []),
      ...(quote.refund ? [['refund', quote.refund.amount]] : []),
    ])
    await checkInvoice(harness, quote, upgrade)
    if (config.tax && quote.dueNow.amount > 0) expect(quote.taxes).toMatchObject([{ percentage: 8.1 }])
    await checkEntitled(harness, account)
    expect(harness.failures.splice(0)).toEqual([])
    told.push({ name, customer, at: harness.clock.now(), quote })
  })

  test('and the next invoice of each is the one that was told', async () => {
    const { clock, sandbox, stripe } = harness
    expect(told).toHaveLength(cases.length)
    // A month and its end; then a year. Who was looked at leaves, so that nobody has to renew twelve times.
    for (const ahead of [32 * day, 370 * day]) {
      await clock.advance(ahead)
      await sandbox.clock.advance(0)
      const due = told.filter(({ quote }) => Date.parse(quote.nextInvoice.at) < clock.now())
      for (const one of due) {
        await checkNext(harness, one)
        for (const { id } of (await stripe.subscriptions.list({ customer: one.customer })).data)
          await stripe.subscriptions.cancel(id)
        told.splice(told.indexOf(one), 1)
      }
    }
    expect(told).toEqual([])
  })
})
