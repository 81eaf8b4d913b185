import fc from 'fast-check'
import type Stripe from 'stripe'
import { describe, expect, it } from 'vitest'
import { toLive, toPayment, toPreview } from '../../../server/src/gateways/stripe/mapping.ts'
import { item, live } from '../samples.ts'

const seconds = (ms: number): number => ms / 1_000
const march = seconds(Date.UTC(2027, 2, 1))
const april = seconds(Date.UTC(2027, 3, 1))
const stripeItem = {
  id: 'si_1',
  price: {
    id: 'price_starter',
    product: 'softgate_starter',
    lookup_key: null,
    metadata: { softgate_key: 'softgate_starter_month_usd' },
    unit_amount: 1_200,
    recurring: { interval: 'month' },
  },
  quantity: 5,
  created: march,
  current_period_start: march,
  current_period_end: april,
}
const customer = { id: 'cus_1', balance: 0, invoice_settings: { default_payment_method: 'pm_1' } }
/** Only what is read; the rest of Stripe's object does not matter here. */
const stripe = (rest: object = {}): Stripe.Subscription =>
  ({
    id: 'sub_1',
    customer,
    status: 'active',
    livemode: false,
    currency: 'usd',
    collection_method: 'charge_automatically',
    items: { data: [stripeItem] },
    billing_cycle_anchor: march,
    cancel_at: null,
    cancel_at_period_end: false,
    billing_mode: { type: 'flexible' },
    trial_end: null,
    pending_update: null,
    schedule: null,
    pause_collection: null,
    latest_invoice: 'in_1',
    metadata: {},
    discounts: [],
    automatic_tax: { enabled: false },
    default_payment_method: null,
    created: march,
    test_clock: null,
    ...rest,
  }) as unknown as Stripe.Subscription

describe('a subscription of Stripe', () => {
  it('comes out in our words, with instants in milliseconds', () => {
    expect(toLive(stripe())).toEqual(live())
  })

  it('ends at a date, or at the end of its period: either is when it ends', () => {
    expect(toLive(stripe({ cancel_at: april })).cancelAt).toBe(april * 1_000)
    expect(toLive(stripe({ cancel_at_period_end: true })).cancelAt).toBe(april * 1_000)
  })

  it('pays with its own method before the one of the customer', () => {
    expect(toLive(stripe({ default_payment_method: { id: 'pm_2' } })).paymentMethod).toBe('pm_2')
    expect(toLive(stripe({ customer: { id: 'cus_1', deleted: true } }))).toMatchObject({
      paymentMethod: null,
      balance: 0,
    })
  })

  it('is paused when its collection is, or its status says so', () => {
    expect(toLive(stripe({ pause_collection: { behavior: 'void' } })).paused).toBe(true)
    expect(toLive(stripe({ status: 'paused' })).paused).toBe(true)
  })

  it('keeps apart the quote that made it and the one that waits for its payment', () => {
    const waiting = { expires_at: april, metadata: { softgate_quote: 'qt_2' } }
    expect(toLive(stripe({ metadata: { softgate_quote: 'qt_1' }, pending_update: waiting }))).toMatchObject({
      quote: 'qt_1',
      pending: { expiresAt: april * 1_000, quote: 'qt_2' },
    })
    expect(toLive(stripe({ pending_update: { expires_at: april, metadata: null } })).pending?.quote).toBeNull()
  })

  it('has the time of the test clock that drives it, which has to be expanded', () => {
    expect(toLive(stripe({ test_clock: { id: 'clock_1', frozen_time: april } })).testTime).toBe(april * 1_000)
    expect(() => toLive(stripe({ test_clock: 'clock_1' }))).toThrow('expand the test clock')
  })

  it('tells our schedule by what we wrote on it from anybody else’s', () => {
    const bundle = { plan: 'starter', interval: 'month', units: 3, addons: {} }
    const phases = [{ start_date: march }, { start_date: april }]
    const metadata = { softgate_quote: 'qt_1', softgate_bundle: JSON.stringify(bundle) }
    const scheduleOf = (rest: object) => toLive(stripe({ schedule: { id: 'sub_sched_1', phases, ...rest } })).schedule
    const at = april * 1_000
    expect(scheduleOf({ metadata })).toEqual({ id: 'sub_sched_1', ours: { quote: 'qt_1', bundle, repriced: [] }, at })
    expect(scheduleOf({ metadata: { owner: 'finance' } })).toEqual({ id: 'sub_sched_1', ours: null, at })
  })

  it('says of its discounts how long they last; their coupons have to be expanded', () => {
    const of = (id: string, duration: string, end: number | null) =>
      ({ id, end, source: { type: 'coupon', coupon: { duration } } }) as unknown as Stripe.Discount
    const discounts = [of('di_1', 'once', null), of('di_2', 'repeating', april), of('di_3', 'forever', null)]
    expect(toLive(stripe({ discounts })).discounts).toEqual([
      { id: 'di_1', once: true, endsAt: null },
      { id: 'di_2', once: false, endsAt: april * 1_000 },
      { id: 'di_3', once: false, endsAt: null },
    ])
    expect(() => toLive(stripe({ discounts: ['di_1'] }))).toThrow('expand the coupons')
  })

  it('knows an item by the key that it was sold under, though a newer price has taken it over', () => {
    const keyOf = (price: object) =>
      toLive(stripe({ items: { data: [{ ...stripeItem, price: { ...stripeItem.price, ...price } }] } })).items
    expect(keyOf({ lookup_key: 'other' })).toEqual([item()])
    expect(keyOf({ metadata: {}, lookup_key: 'other' })[0]?.lookupKey).toBe('other')
    expect(keyOf({ metadata: {}, recurring: { interval: 'year' } })[0]).toMatchObject({
      lookupKey: null,
      interval: 'year',
    })
  })

  it('must come with its customer', () => {
    expect(() => toLive(stripe({ customer: 'cus_1' }))).toThrow('expand the customer')
  })
})

interface Sample {
  lines: { amount: number; discount: number }[]
  taxes: { amount: number; tax_behavior: 'exclusive' | 'inclusive' }[]
  balance: number
}
/** An invoice as Stripe reckons it: discounts go off, exclusive tax comes on top, inclusive tax is within. */
const invoice = ({ lines, taxes, balance }: Sample): Stripe.Invoice => {
  const exclusive = taxes.filter((tax) => tax.tax_behavior === 'exclusive').reduce((sum, tax) => sum + tax.amount, 0)
  const total = lines.reduce((sum, line) => sum + line.amount - line.discount, 0) + exclusive
  const data = lines.map(({ amount, discount }) => ({
    description: null,
    amount,
    discount_amounts: discount === 0 ? null : [{ amount: discount, discount: 'di_1' }],
    pricing: { price_details: { price: 'price_starter' } },
    quantity: 5,
    parent: { subscription_item_details: { proration: true } },
    period: { start: march, end: april },
  }))
  const amounts = { total, starting_balance: balance, amount_due: Math.max(0, total + balance), amount_paid: 0 }
  return {
    id: 'in_1',
    ...amounts,
    currency: 'usd',
    status: 'open',
    total_taxes: taxes,
    automatic_tax: { enabled: false, status: null },
    lines: { data },
  } as unknown as Stripe.Invoice
}

describe('an invoice that Stripe has previewed', () => {
  it('adds up: net lines and the tax on top are its total, and credit is never negative', () => {
    const line = fc.record({ amount: fc.integer({ min: -50_000, max: 50_000 }), discount: fc.nat(5_000) })
    const tax = fc.record({
      amount: fc.nat(5_000),
      tax_behavior: fc.constantFrom('exclusive' as const, 'inclusive' as const),
    })
    const sample = fc.record({
      lines: fc.array(line, { maxLength: 5 }),
      taxes: fc.array(tax, { maxLength: 3 }),
      balance: fc.integer({ min: -50_000, max: 50_000 }),
    })
    fc.assert(
      fc.property(sample, (given) => {
        const { lines, tax: onTop, total, creditUsed } = toPreview(invoice(given))
        expect(lines.reduce((sum, entry) => sum + entry.amount, 0) + onTop).toBe(total)
        expect(creditUsed).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('says of each line what it is for, when, and whether it is for part of a period', () => {
    const [line] = toPreview(invoice({ lines: [{ amount: 700, discount: 0 }], taxes: [], balance: 0 })).lines
    expect(line).toEqual({
      description: '',
      amount: 700,
      tax: 0,
      discount: 0,
      price: 'price_starter',
      quantity: 5,
      proration: true,
      periodStart: march * 1_000,
      periodEnd: april * 1_000,
    })
  })

  it('names its taxes by their rates, those that are no money left out', () => {
    const rate = { tax_rate_details: { tax_rate: 'txr_1' } }
    const taxes = [
      { amount: 56, tax_behavior: 'exclusive' as const, ...rate },
      { amount: 30, tax_behavior: 'inclusive' as const, tax_rate_details: null },
      { amount: 0, tax_behavior: 'exclusive' as const, ...rate },
    ]
    const made = toPreview(invoice({ lines: [{ amount: 700, discount: 0 }], taxes, balance: 0 }))
    expect(made).toMatchObject({ tax: 56, total: 756 })
    expect(made.taxes).toEqual([
      { rate: 'txr_1', inclusive: false, amount: 56 },
      { rate: null, inclusive: true, amount: 30 },
    ])
  })

  it('tells a line whose price a discount has changed', () => {
    const [line] = toPreview(invoice({ lines: [{ amount: 700, discount: 70 }], taxes: [], balance: 0 })).lines
    expect(line).toMatchObject({ amount: 630, discount: 70 })
  })

  it('uses up as much credit as it needs', () => {
    const credit = (balance: number) =>
      toPreview(invoice({ lines: [{ amount: 700, discount: 0 }], taxes: [], balance })).creditUsed
    expect([0, -500, -700, -9_000, 300].map(credit)).toEqual([0, 500, 700, 700, 0])
  })
})

describe('a payment', () => {
  const open = invoice({ lines: [{ amount: 700, discount: 0 }], taxes: [], balance: 0 })
  const intent = (rest: object = {}) =>
    ({
      id: 'pi_1',
      status: 'requires_payment_method',
      client_secret: 's',
      payment_method: null,
      last_payment_error: null,
      ...rest,
    }) as unknown as Stripe.PaymentIntent

  it('is the invoice and how far it has come', () => {
    expect(toPayment(open, null)).toMatchObject({
      invoice: { id: 'in_1', amountDue: { amount: 700, currency: 'usd' }, status: 'open', url: null },
      intent: null,
    })
    expect(toPayment(open, intent()).intent).toEqual({
      id: 'pi_1',
      status: 'requires_payment_method',
      clientSecret: 's',
      paymentMethod: null,
      error: null,
    })
  })

  it("says why it failed in the bank's words, the most exact there are", () => {
    const error = (last_payment_error: object) => toPayment(open, intent({ last_payment_error })).intent?.error
    expect(
      error({
        decline_code: 'insufficient_funds',
        code: 'card_declined',
        message: 'No funds.',
        payment_method: { id: 'pm_9' },
      }),
    ).toEqual({ code: 'insufficient_funds', detail: 'No funds.', paymentMethod: 'pm_9' })
    expect(error({ code: 'expired_card' })).toEqual({
      code: 'expired_card',
      detail: 'The card was declined.',
      paymentMethod: null,
    })
    expect(error({})).toMatchObject({ code: 'card_declined' })
  })
})
