import Stripe from 'stripe'
import { describe, expect, test } from 'vitest'
import { charges, customer, DAY, latestInvoice, only, openShop, price, refusal, subscribed } from './shop.ts'

describe('tax', () => {
  test('is not worked out for a price that does not say whether it is in it; once said, that stays', async () => {
    const { stripe } = await openShop()
    const plan = await price(stripe, 'Standard', 1000)
    const { id } = await stripe.customers.create({ address: { country: 'DE' } })
    const begin = {
      customer: id,
      automatic_tax: { enabled: true },
      subscription_details: { items: [{ price: plan.id }] },
    }
    expect(await refusal(stripe.invoices.createPreview(begin))).toMatchObject({ param: 'automatic_tax' })
    await stripe.prices.update(plan.id, { tax_behavior: 'exclusive' })
    expect(await stripe.invoices.createPreview(begin)).toMatchObject({ total: 1190 })
    expect(await refusal(stripe.prices.update(plan.id, { tax_behavior: 'inclusive' }))).toMatchObject({
      param: 'tax_behavior',
    })
  })

  test.each([
    [false, 1200, 200, 1000],
    [true, 1000, 167, 833],
  ])('by a rate that is inclusive: %s', async (inclusive, total, amount, without) => {
    const { stripe, sandbox } = await openShop()
    const plan = await price(stripe, 'Standard', 1000)
    const owner = await customer(stripe)
    const rate = await stripe.taxRates.create({ display_name: 'VAT', inclusive, percentage: 20 })
    const subscription = await stripe.subscriptions.create({
      customer: owner.id,
      items: [{ price: plan.id }],
      default_tax_rates: [rate.id],
    })
    const invoice = await latestInvoice(stripe, subscription)
    expect(invoice).toMatchObject({ subtotal: 1000, total, total_excluding_tax: without })
    expect(only(invoice.total_taxes ?? [])).toMatchObject({
      amount,
      tax_behavior: inclusive ? 'inclusive' : 'exclusive',
      tax_rate_details: { tax_rate: rate.id },
    })
    expect(charges(sandbox)).toEqual([total])
  })

  test('by where the customer lives, on prorations too, credits included', async () => {
    const { stripe, sandbox } = await openShop()
    const plan = await price(stripe, 'Standard', 3100, { tax: 'exclusive' })
    const owner = await customer(stripe)
    const begin = { customer: owner.id, items: [{ price: plan.id }], automatic_tax: { enabled: true } }
    expect(await refusal(stripe.subscriptions.create(begin))).toMatchObject({ code: 'customer_tax_location_invalid' })
    const guess = { customer: owner.id, automatic_tax: { enabled: true }, subscription_details: { items: begin.items } }
    expect((await stripe.invoices.createPreview(guess)).automatic_tax.status).toBe('requires_location_inputs')
    const there = { ...guess, customer: owner.id, customer_details: { address: { country: 'DE' } } }
    expect(await stripe.invoices.createPreview(there)).toMatchObject({
      total: 3689,
      automatic_tax: { status: 'complete' },
    })
    await stripe.customers.update(owner.id, { address: { country: 'DE' } })
    const subscription = await stripe.subscriptions.create(begin)
    await sandbox.clock.advance(21 * DAY)
    const change = {
      items: [{ id: only(subscription.items.data).id, quantity: 2 }],
      proration_behavior: 'always_invoice' as const,
    }
    const preview = await stripe.invoices.createPreview({ subscription: subscription.id, subscription_details: change })
    const invoice = await latestInvoice(stripe, await stripe.subscriptions.update(subscription.id, change))
    expect(invoice.lines.data.map((line) => [line.amount, line.taxes?.[0]?.amount])).toEqual([
      [-1000, -190],
      [2000, 380],
    ])
    expect(invoice).toMatchObject({ subtotal: 1000, total: 1190, amount_due: preview.amount_due })
    await stripe.customers.update(owner.id, { tax_exempt: 'reverse' })
    expect((await stripe.invoices.createPreview({ subscription: subscription.id })).total_taxes).toEqual([])
  })
})

const tiered = (stripe: Stripe, tiers_mode: 'graduated' | 'volume') =>
  stripe.prices.create({
    billing_scheme: 'tiered',
    currency: 'usd',
    product_data: { name: 'Seats' },
    recurring: { interval: 'month' },
    tiers: [
      { up_to: 5, unit_amount: 1000 },
      { up_to: 10, unit_amount: 800, flat_amount: 500 },
      { up_to: 'inf', unit_amount: 600 },
    ],
    tiers_mode,
  })

describe('prices', () => {
  test.each([
    ['graduated', 3, 3000],
    ['graduated', 7, 7100],
    ['graduated', 12, 10_700],
    ['volume', 3, 3000],
    ['volume', 7, 6100],
    ['volume', 12, 7200],
  ] as const)('%s tiers: %i seats are %i', async (mode, seats, amount) => {
    const { stripe, sandbox } = await openShop()
    const plan = await tiered(stripe, mode)
    await subscribed(stripe, plan, seats)
    expect(charges(sandbox)).toEqual([amount])
    const { tiers } = await stripe.prices.retrieve(plan.id, { expand: ['tiers'] })
    expect(tiers?.map(({ up_to, unit_amount }) => [up_to, unit_amount])).toEqual([
      [5, 1000],
      [10, 800],
      [null, 600],
    ])
    expect(plan).toMatchObject({ unit_amount: null, tiers_mode: mode, billing_scheme: 'tiered' })
  })

  test('a change across tiers is prorated as a whole', async () => {
    const { stripe, sandbox } = await openShop()
    const { subscription, item } = await subscribed(stripe, await tiered(stripe, 'volume'), 3)
    await sandbox.clock.advance(15.5 * DAY)
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: item.id, quantity: 12 }],
      proration_behavior: 'always_invoice',
    })
    expect((await latestInvoice(stripe, updated)).lines.data.map(({ amount }) => amount)).toEqual([-1500, 3600])
  })

  test('packages are counted whole, and fractions of a cent are rounded once', async () => {
    const { stripe, sandbox } = await openShop()
    const packs = await stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Credits' },
      recurring: { interval: 'month' },
      transform_quantity: { divide_by: 100, round: 'up' },
      unit_amount: 900,
    })
    await subscribed(stripe, packs, 250)
    const cheap = await stripe.prices.create({
      currency: 'usd',
      product_data: { name: 'Calls' },
      recurring: { interval: 'month' },
      unit_amount_decimal: Stripe.Decimal.from('1.25'),
    })
    expect(cheap.unit_amount).toBeNull()
    await subscribed(stripe, cheap, 41 * 2)
    expect(charges(sandbox)).toEqual([2700, 103])
  })

  test('a price has its amount in each of its currencies, also without minor units', async () => {
    const { stripe, sandbox } = await openShop()
    const plan = await stripe.prices.create({
      currency: 'usd',
      currency_options: { jpy: { unit_amount: 1500 } },
      product_data: { name: 'Standard' },
      recurring: { interval: 'month' },
      unit_amount: 1000,
    })
    const owner = await customer(stripe)
    const items = [{ price: plan.id, quantity: 2 }]
    const subscription = await stripe.subscriptions.create({ customer: owner.id, currency: 'jpy', items })
    const invoice = await latestInvoice(stripe, subscription)
    expect(invoice).toMatchObject({ currency: 'jpy', total: 3000 })
    expect(only(invoice.lines.data).description).toBe('2 × Standard (at ¥1,500 / month)')
    await sandbox.clock.advance(15.5 * DAY)
    const updated = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: only(subscription.items.data).id, quantity: 3 }],
      proration_behavior: 'always_invoice',
    })
    expect((await latestInvoice(stripe, updated)).total).toBe(750)
    const euro = stripe.subscriptions.create({ customer: owner.id, currency: 'eur', items })
    expect((await refusal(euro)).message).toContain("doesn't match the expected currency")
    const shown = await stripe.prices.retrieve(plan.id, { expand: ['currency_options'] })
    expect(shown.currency_options?.['jpy']?.unit_amount).toBe(1500)
  })
})
