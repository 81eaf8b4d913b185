import type { Quote } from '@softgate/sdk/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Change, Preview, PreviewLine } from '../../../server/src/billing/model.ts'
import { toQuote } from '../../../server/src/billing/quote.ts'
import { item, start } from '../samples.ts'

const end = Date.UTC(2027, 3, 1)
const line = (rest: Partial<PreviewLine>): PreviewLine => ({
  description: 'A line of Stripe',
  amount: 0,
  discount: 0,
  price: 'price_starter',
  quantity: 5,
  proration: true,
  tax: 0,
  periodStart: start,
  periodEnd: end,
  ...rest,
})
/** An invoice as Stripe would compute it: balance is what the customer owes, negative for credit. */
const preview = (lines: PreviewLine[], tax = 0, balance = 0): Preview => {
  const total = lines.reduce((sum, entry) => sum + entry.amount, 0) + tax
  const amountDue = Math.max(0, total + balance)
  return {
    amountDue,
    total,
    tax,
    taxes: [],
    placeless: false,
    currency: 'usd',
    creditUsed: Math.max(0, Math.max(0, total) - amountDue),
    livemode: false,
    lines,
  }
}
const visa = { brand: 'visa', last4: '4242', expMonth: 8, expYear: 2030 }
const add: Change = {
  kind: 'add',
  plan: 'starter',
  feature: 'seats',
  addon: null,
  quantity: 2,
  before: null,
  after: null,
}
const switched: Change = { ...add, kind: 'switch', plan: 'professional', quantity: 5 }
const quote = (change: Change, due: Preview, timeZone = 'UTC'): Quote =>
  toQuote({
    id: 'qt_1',
    offer: 'off_1',
    change,
    periodEnd: item().periodEnd,
    words: {
      planNow: 'Starter',
      planAfter: 'Professional',
      addon: change.addon && 'Reports',
      one: 'seat',
      other: 'seats',
    },
    due,
    renewal: change.kind === 'cancel' ? null : preview([line({ amount: 8_400, proration: false })]),
    effectiveAt: start,
    notices: ['Mind this.'],
    planPrice: change.kind === 'switch' ? 'price_professional' : 'price_starter',
    refund: 0,
    present: change.kind === 'start' ? null : { item: item(), renewal: preview([line({ amount: 6_000 })]) },
    price: { interval: 'month', rate: { unitAmount: change.kind === 'switch' ? 2_000 : 1_200 } },
    taxes: [{ description: 'Sales tax', percentage: 8, inclusive: false, amount: due.tax }],
    paymentMethod: visa,
    timeZone,
    expiresAt: start + 600_000,
  })
const sumOf = ({ lines, tax, credit }: Quote): number =>
  lines.reduce((sum, entry) => sum + entry.amount, 0) + tax.amount - credit.amount

describe('a quote', () => {
  it('adds up: lines and tax, less the credit, are what is due now', () => {
    const amount = fc.integer({ min: -100_000, max: 100_000 })
    const lines = fc.array(fc.record({ amount, proration: fc.boolean(), quantity: fc.option(fc.nat(20)) }).map(line), {
      maxLength: 6,
    })
    const change = fc.constantFrom<Change>(add, switched)
    fc.assert(
      fc.property(change, lines, fc.integer({ min: 0, max: 10_000 }), amount, (kind, entries, tax, balance) => {
        const due = preview(entries, tax, balance)
        const made = quote(kind, due)
        expect(sumOf(made)).toBe(due.amountDue)
        expect(made.dueNow).toEqual({ amount: due.amountDue, currency: 'usd' })
        expect(made.credit.amount).toBeGreaterThanOrEqual(0)
      }),
      { numRuns: 500 },
    )
  })

  it('says in one line what more units of the same cost, and what the next invoice will be', () => {
    const due = preview([line({ amount: -1_000 }), line({ amount: 2_400, quantity: 7 })], 140)
    expect(quote(add, due)).toEqual({
      id: 'qt_1',
      offer: 'off_1',
      quantity: 2,
      dueNow: { amount: 1_540, currency: 'usd' },
      lines: [
        { description: '2 seats, March 12 to April 1', detail: '19.4 of 31 days at $12.00 a seat', amount: 1_400 },
      ],
      tax: { amount: 140, currency: 'usd' },
      taxes: [{ description: 'Sales tax', percentage: 8, inclusive: false, amount: 140 }],
      credit: { amount: 0, currency: 'usd' },
      recurring: { amount: 8_400, currency: 'usd', interval: 'month' },
      previous: { amount: 6_000, currency: 'usd', interval: 'month' },
      nextInvoice: { at: '2027-04-01T00:00:00.000Z', total: { amount: 8_400, currency: 'usd' } },
      effectiveAt: '2027-03-12T14:00:00.000Z',
      refund: null,
      notices: ['Mind this.'],
      paymentMethod: visa,
      expiresAt: '2027-03-12T14:10:00.000Z',
    })
  })

  it('says what a line was reckoned from: days to a tenth, and the price only where no discount changes it', () => {
    const detail = (rest: Partial<PreviewLine>) => quote(add, preview([line(rest)])).lines[0]?.detail
    expect(detail({ periodStart: Date.UTC(2027, 2, 13) })).toBe('19 of 31 days at $12.00 a seat')
    expect(detail({ periodStart: Date.UTC(2027, 2, 1) })).toBe('31 of 31 days at $12.00 a seat')
    expect(detail({ amount: -700, discount: -70 })).toBe('19.4 of 31 days, less the discount')
    expect(quote(add, preview([])).lines).toEqual([])
  })

  it('shows what is charged in full, and what is taken off it as a line of its own', () => {
    const { lines, dueNow } = quote(add, preview([line({ amount: 1_120, discount: 280 })]))
    expect(lines).toEqual([
      { description: '2 seats, March 12 to April 1', detail: '19.4 of 31 days at $12.00 a seat', amount: 1_400 },
      { description: 'Discount', detail: null, amount: -280 },
    ])
    expect(dueNow.amount).toBe(1_120)
    const free = quote(add, preview([line({ amount: 0, discount: 1_400 })])).lines
    expect(
      free.map(({ amount }) => amount),
      'all of it',
    ).toEqual([1_400, -1_400])
  })

  it('has nothing before it where a subscription begins', () => {
    const begin: Change = { ...switched, kind: 'start' }
    const made = quote(begin, preview([line({ amount: 6_000, proration: false })]))
    expect(made.previous).toBeNull()
    expect(made.lines[0]?.detail).toBe('$12.00 a seat each month')
  })

  it('names one unit as one, and dates as the account reads them', () => {
    const due = preview([line({ amount: 1_200 })])
    const [first] = quote({ ...add, quantity: 1 }, due, 'Pacific/Apia').lines
    expect(first?.description).toBe('1 seat, March 13 to April 1')
  })

  it('keeps the credit for the old plan apart from the new one', () => {
    const due = preview([
      line({ amount: -600 }),
      line({ amount: 1_000 }),
      line({ description: 'Set-up', amount: 50, proration: false }),
    ])
    expect(quote(switched, due).lines).toEqual([
      {
        description: 'Professional, 5 seats, March 12 to April 1',
        detail: '19.4 of 31 days at $20.00 a seat',
        amount: 1_000,
      },
      {
        description: 'Credit for unused Starter, 5 seats',
        detail: '19.4 of 31 days at $12.00 a seat, already paid',
        amount: -600,
      },
      { description: 'Set-up', detail: null, amount: 50 },
    ])
  })

  it('leaves in the words of Stripe what the invoice sweeps in', () => {
    const due = preview([
      line({ amount: 1_200 }),
      line({ description: 'Hour of training', amount: 9_000, proration: false }),
    ])
    expect(quote(add, due).lines[1]).toEqual({ description: 'Hour of training', detail: null, amount: 9_000 })
  })

  it('shows the credit that it uses up', () => {
    expect(quote(add, preview([line({ amount: 1_200 })], 0, -500))).toMatchObject({
      dueNow: { amount: 700 },
      credit: { amount: 500 },
    })
  })

  it('shows what is owed from before, and what is kept as credit', () => {
    const last = (due: Preview) => quote(add, due).lines.at(-1)
    expect(last(preview([line({ amount: 1_200 })], 0, 300))).toEqual({
      description: 'Open balance from before',
      detail: null,
      amount: 300,
    })
    expect(last(preview([line({ amount: -1_200 })]))).toEqual({
      description: 'Kept as credit for later invoices',
      detail: null,
      amount: 1_200,
    })
  })
})
