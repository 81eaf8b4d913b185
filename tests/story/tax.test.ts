import type { DoctorAnswer, Upgrade } from '@softgate/sdk/contract'
import { describe, expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog } from '../../server/src/catalog/model.ts'
import { createApi } from '../support/api.ts'
import { buy, quoteFor } from '../support/buying.ts'
import { chargesOf, confirm, openFree, payOn, quoteStart } from '../support/checkout.ts'
import { day, type Harness, minute, openHarness, secretKey } from '../support/harness.ts'

const onTop = { automatic: true, prices: 'exclusive' } as const
const within = { automatic: true, prices: 'inclusive' } as const
const monthly = { kind: 'switch', title: 'Starter', interval: 'month' } as const
const yearly = { ...monthly, interval: 'year' } as const

async function opened(tax: NonNullable<Catalog['tax']>, more: Partial<Catalog> = {}): Promise<Harness> {
  const harness = await openHarness({ config: { ...teamflow, ...more, tax } })
  await openFree(harness)
  return harness
}

const ben = (harness: Harness) => harness.as('birch', 'ben')

/** The account's customer lives there. */
async function livesIn({ stripe, host }: Harness, country: string): Promise<string> {
  const { id } = await stripe.customers.create({ address: { country } })
  await host.ok('PUT', '/accounts/birch', { stripeCustomerId: id })
  return id
}

const customerOf = async ({ host }: Harness): Promise<string> =>
  (await host.ok<{ stripeCustomerId: string }>('GET', '/accounts/birch')).stripeCustomerId

/** The page on which an upgrade is paid, be it by itself or within the host's. */
const pageOf = ({ stripeUrl }: Harness, { url, clientSecret }: Upgrade): string =>
  url || `${stripeUrl}/_sandbox/checkout/${clientSecret?.split('_secret_')[0]}`

async function payFrom(harness: Harness, upgrade: Upgrade, country?: string): Promise<Upgrade> {
  if (country !== undefined)
    await fetch(pageOf(harness, upgrade), { method: 'POST', body: new URLSearchParams({ country }) })
  await payOn(pageOf(harness, upgrade))
  return ben(harness).ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
}

const plusTax = 'Plus tax: Checkout asks for your address and shows the total before you pay.'

describe.each(['hosted', 'embedded'] as const)('on the %s page', (checkout) => {
  test('while nobody knows the address, the quote says that tax is added, and the page that asks for it adds it', async () => {
    const harness = await opened(onTop, { checkout })
    const quote = await quoteStart(harness, { quantity: 3 })
    expect(quote).toMatchObject({ dueNow: { amount: 3_600 }, tax: { amount: 0 }, taxes: [], beforeTax: true })
    expect(quote.notices[0]).toBe(plusTax)
    const upgrade = await payFrom(harness, await confirm(harness, quote), 'CH')
    expect(upgrade).toMatchObject({ status: 'applied', invoice: { amountPaid: { amount: 3_892 } } })
    expect(await harness.stripe.customers.retrieve(await customerOf(harness))).toMatchObject({
      address: { country: 'CH' },
    })
    const more = await quoteFor(ben(harness), { kind: 'add', quantity: 1 })
    expect(more.taxes).toMatchObject([{ description: 'VAT', percentage: 8.1, inclusive: false }])
    expect(harness.failures).toEqual([])
  })

  test('where the address is known, the quote has the tax in it, and is what the page charges', async () => {
    const harness = await opened(onTop, { checkout })
    await livesIn(harness, 'DE')
    const quote = await quoteStart(harness, { quantity: 3 })
    expect(quote).toMatchObject({
      dueNow: { amount: 4_284 },
      tax: { amount: 684 },
      taxes: [{ description: 'VAT', percentage: 19, inclusive: false, amount: 684 }],
      recurring: { amount: 4_284 },
      notices: [],
    })
    expect((await payFrom(harness, await confirm(harness, quote))).status).toBe('applied')
    expect(chargesOf(harness)).toEqual([4_284])
    const { data } = await harness.stripe.subscriptions.list()
    expect(data).toMatchObject([{ automatic_tax: { enabled: true } }])
  })
})

test('what is charged beside the tax that the page adds is compared with the quote all the same', async () => {
  const harness = await opened(onTop)
  const { id: customer } = await harness.stripe.customers.create()
  await harness.host.ok('PUT', '/accounts/birch', { stripeCustomerId: customer })
  const quote = await quoteStart(harness, { quantity: 3 })
  const upgrade = await confirm(harness, quote)
  // Somebody at the vendor's bills a setup with the first invoice, after what was quoted.
  await harness.stripe.invoiceItems.create({ customer, amount: 500, currency: 'usd', description: 'Setup' })
  const { invoice } = await payFrom(harness, upgrade, 'CH')
  expect(harness.failures).toEqual([
    expect.stringMatching(
      `^comparing the upgrade ${upgrade.id}: quoted 3600, invoiced 4100 usd before tax on ${invoice?.id}$`,
    ),
  ])
})

test('a business tells its tax number on the page, its invoice bears it, and the tax that is left is no surprise', async () => {
  const harness = await opened({ ...onTop, ids: true })
  const customer = await livesIn(harness, 'DE')
  const quote = await quoteStart(harness, { quantity: 3 })
  expect(quote).toMatchObject({ dueNow: { amount: 4_284 }, taxes: [{ percentage: 19 }] })
  const said = 'A business can enter its tax number in Checkout, which shows the tax that is left.'
  expect(quote.notices).toEqual([said])
  const upgrade = await confirm(harness, quote)
  const send = (tax_id: string) =>
    fetch(pageOf(harness, upgrade), {
      method: 'POST',
      body: new URLSearchParams({ number: '4242424242424242', business_name: 'Birch BV', tax_id }),
      redirect: 'manual',
    })
  expect(await (await fetch(pageOf(harness, upgrade))).text()).toContain('Tax number')
  expect(await (await send('none of ours')).text()).toContain('This tax number is not valid.')
  // As Stripe Tax finds of a business in another country of the Union.
  await harness.stripe.customers.update(customer, { tax_exempt: 'reverse' })
  expect((await send('NL 123456789B01')).status).toBe(303)
  const { status, invoice } = await ben(harness).ok<Upgrade>('GET', `/upgrades/${upgrade.id}`)
  expect([status, chargesOf(harness)]).toEqual(['applied', [3_600]])
  expect(await harness.stripe.invoices.retrieve(invoice?.id ?? '')).toMatchObject({
    customer_name: 'Birch BV',
    customer_tax_ids: [{ type: 'eu_vat', value: 'NL123456789B01' }],
  })
  expect(harness.failures).toEqual([])
})

test('prices that contain their tax are charged as they are, whoever lives where', async () => {
  const harness = await opened(within)
  const quote = await quoteStart(harness, { quantity: 3 })
  expect(quote.dueNow.amount).toBe(3_600)
  expect(quote.notices[0]).toBe('Tax is included: Checkout asks for your address and shows how much it is.')
  const { invoice } = await payFrom(harness, await confirm(harness, quote), 'DE')
  expect(chargesOf(harness)).toEqual([3_600])
  const { total_taxes } = await harness.stripe.invoices.retrieve(invoice?.id ?? '')
  expect(total_taxes).toMatchObject([{ amount: 575, tax_behavior: 'inclusive' }])
  expect(harness.failures).toEqual([])
})

test('who tells their address between quote and click is shown the tax before anything is charged', async () => {
  const harness = await opened(onTop)
  const { id: customer } = await harness.stripe.customers.create()
  await harness.host.ok('PUT', '/accounts/birch', { stripeCustomerId: customer })
  const quote = await quoteStart(harness)
  await harness.stripe.customers.update(customer, { address: { country: 'DE' } })
  expect((await ben(harness).refused('POST', '/upgrades', { quote: quote.id })).code).toBe('quote_stale')
  expect((await quoteStart(harness)).taxes).toHaveLength(1)
})

describe('a trial', () => {
  const { starter, ...others } = teamflow.plans
  if (!starter) throw new Error('no plan')
  const plans = { free: others.free ?? starter, starter: { ...starter, trialDays: 14 } }

  test('tells what it comes to with its tax, and without it says so', async () => {
    const harness = await opened(onTop, { plans })
    expect((await quoteStart(harness, { quantity: 3 })).notices).toEqual([
      plusTax,
      expect.stringContaining('then $36.00 each month'),
    ])
    await livesIn(harness, 'DE')
    const quote = await quoteStart(harness, { quantity: 3 })
    expect(quote.notices).toEqual([expect.stringContaining('then $42.84 each month')])
    await payFrom(harness, await confirm(harness, quote))
    await harness.clock.advance(15 * day)
    await harness.sandbox.clock.advance(0)
    expect(chargesOf(harness)).toEqual([4_284])
  })
})

test('a year instead of the month costs what was quoted, tax and all, minutes after', async () => {
  const harness = await opened(onTop)
  await livesIn(harness, 'DE')
  await payFrom(harness, await confirm(harness, await quoteStart(harness, { title: 'Business', quantity: 900 })))
  await harness.clock.advance(3 * day)
  const quote = await quoteFor(ben(harness), { ...yearly, title: 'Business' })
  await harness.clock.advance(8 * minute)
  const upgrade = await ben(harness).ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect(upgrade).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
  const { lines } = await harness.stripe.invoices.retrieve(upgrade.invoice?.id ?? '')
  // What credit has melted in the meantime is taken off, with its tax.
  expect(lines.data.at(-1)).toMatchObject({ amount: expect.any(Number), taxes: [{ tax_behavior: 'inclusive' }] })
  expect(harness.failures).toEqual([])
})

test('that a price does not say where tax is is a difference in the catalogue, which the doctor mends', async () => {
  const plain = await openHarness()
  const { app } = await plain.again({ config: { ...teamflow, tax: onTop } })
  const host = createApi((url, init) => app.request(url, init), '/v1', secretKey)
  const examine = async (mode: 'look' | 'mend') =>
    (await host.ok<DoctorAnswer>('POST', '/admin/doctor', { mode })).findings.map(({ detail }) => detail)
  const found = await examine('look')
  expect(found).toHaveLength(plain.prices.size)
  for (const one of found) expect(one).toContain('tax on top, which cannot be changed later')
  await examine('mend')
  expect(await examine('look')).toEqual([])
})

test('by rates of one’s own, wherever the customer is; they stay with what waits for the renewal', async () => {
  const plain = await openHarness()
  await openFree(plain)
  const { id } = await plain.stripe.taxRates.create({ display_name: 'GST', percentage: 10, inclusive: false })
  const { app } = await plain.again({ config: { ...teamflow, tax: { rates: [id] } } })
  const as: Harness['as'] = (account, user) =>
    createApi((url, init) => app.request(url, init), '/v1', plain.token(account, user))
  const harness: Harness = { ...plain, as }
  const quote = await quoteStart(harness, { quantity: 5 })
  expect(quote).toMatchObject({
    dueNow: { amount: 6_600 },
    taxes: [{ description: 'GST', percentage: 10, amount: 600 }],
    notices: [],
  })
  expect((await payFrom(harness, await confirm(harness, quote))).status).toBe('applied')
  const fewer = await buy(ben(harness), { kind: 'remove', quantity: 2 })
  expect(fewer.quote.nextInvoice.total.amount).toBe(3_960)
  await harness.clock.advance(32 * day)
  await harness.sandbox.clock.advance(0)
  expect(chargesOf(harness)).toEqual([6_600, 3_960])
})
