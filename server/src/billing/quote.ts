import type { Interval, PaymentMethod, Quote, QuoteLine, QuoteTax } from '@softgate/sdk/contract'
import { toIso } from '../kernel/clock.ts'
import { formatMoney, money } from '../kernel/money.ts'
import type { Change, LiveItem, Preview, PreviewLine } from './model.ts'

export interface QuoteInput {
  id: string
  offer: string
  change: Change
  /** When it is charged next. */
  periodEnd: number
  /** Words for the plan now and after, and for its units. */
  words: { planNow: string; planAfter: string; one: string; other: string }
  due: Preview
  renewal: Preview
  /** What is paid for until now; null where a subscription begins. */
  present: { item: LiveItem; renewal: Preview } | null
  /** What is paid after the change. */
  price: { interval: Interval; unitAmount: number }
  taxes: QuoteTax[]
  paymentMethod: PaymentMethod | null
  timeZone: string
  expiresAt: number
}

/** A quote as the user reads it. Its lines, tax and credit add up to what is due now. */
export function toQuote(input: QuoteInput): Quote {
  const { id, offer, change, periodEnd, due, renewal, present, price, taxes, paymentMethod, expiresAt } = input
  const each = (preview: Preview, interval: Interval) => ({ ...money(preview.total, preview.currency), interval })
  return {
    id,
    offer,
    quantity: change.quantity,
    dueNow: money(due.amountDue, due.currency),
    lines: [...linesOf(input), ...carriedOver(due)],
    tax: money(due.tax, due.currency),
    taxes,
    credit: money(due.creditUsed, due.currency),
    recurring: each(renewal, price.interval),
    previous: present && each(present.renewal, present.item.interval),
    nextInvoice: { at: toIso(periodEnd), total: money(renewal.total, renewal.currency) },
    paymentMethod,
    expiresAt: toIso(expiresAt),
  }
}

/**
 * Stripe credits the item as it was and charges the item as it will be. For more units of the same price the difference is
 * one thing to a person, so it is one line; a switch of plan keeps its credit apart. What else the invoice sweeps in stays
 * as Stripe words it.
 */
function linesOf(input: QuoteInput): QuoteLine[] {
  const { change, due, words, timeZone, present, price } = input
  const prorations = due.lines.filter((line) => line.proration)
  const others = due.lines
    .filter((line) => !line.proration)
    .map(({ description, amount }) => ({ description, detail: null, amount }))
  const count = (quantity: number): string => `${quantity} ${quantity === 1 ? words.one : words.other}`
  const after = (line: PreviewLine, detail: string): QuoteLine => ({
    description: `${words.planAfter}, ${count(line.quantity ?? change.quantity)}, ${spanOf([line], timeZone)}`,
    detail,
    amount: line.amount,
  })
  if (change.kind === 'start')
    return due.lines.map((line) => after(line, `${unitPrice(input, price.unitAmount)} each ${price.interval}`))
  const held = present?.item.unitAmount ?? null
  if (change.kind === 'add') {
    const amount = prorations.reduce((sum, line) => sum + line.amount, 0)
    const description = `${count(change.quantity)}, ${spanOf(prorations, timeZone)}`
    return [{ description, detail: prorations.length > 0 ? shareOf(input, prorations, held) : null, amount }, ...others]
  }
  const credits = prorations.filter((line) => line.amount < 0)
  const charges = prorations.filter((line) => line.amount >= 0)
  return [
    ...charges.map((line) => after(line, shareOf(input, [line], price.unitAmount))),
    ...credits.map((line) => ({
      description: `Credit for unused ${words.planNow}, ${count(line.quantity ?? change.quantity)}`,
      detail: `${shareOf(input, [line], held)}, already paid`,
      amount: line.amount,
    })),
    ...others,
  ]
}

const unitPrice = ({ due, words }: QuoteInput, unitAmount: number): string =>
  `${formatMoney(money(unitAmount, due.currency))} a ${words.one}`

/** The part of the billing period that the lines are for, and at what price: days to a tenth, as Stripe counts seconds. */
function shareOf(input: QuoteInput, lines: readonly PreviewLine[], unitAmount: number | null): string {
  const { periodStart, periodEnd } = input.present?.item ?? { periodStart: 0, periodEnd: 0 }
  const days = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
  const { start, end } = boundsOf(lines)
  const share = `${days.format((end - start) / day)} of ${days.format((periodEnd - periodStart) / day)} days`
  if (lines.some((line) => line.discounted)) return `${share}, less the discount`
  return unitAmount === null ? share : `${share} at ${unitPrice(input, unitAmount)}`
}

/** What the customer owes from before, or gets back as credit, when that is more than this invoice uses up. */
function carriedOver({ amountDue, total, creditUsed }: Preview): QuoteLine[] {
  const amount = amountDue - total + creditUsed
  if (amount === 0) return []
  const detail = null
  return [
    { description: amountDue > 0 ? 'Open balance from before' : 'Kept as credit for later invoices', detail, amount },
  ]
}

const day = 86_400_000

const boundsOf = (lines: readonly PreviewLine[]): { start: number; end: number } => ({
  start: Math.min(...lines.map((line) => line.periodStart)),
  end: Math.max(...lines.map((line) => line.periodEnd)),
})

function spanOf(lines: readonly PreviewLine[], timeZone: string): string {
  if (lines.length === 0) return 'now'
  const date = new Intl.DateTimeFormat('en', { month: 'long', day: 'numeric', timeZone })
  const { start, end } = boundsOf(lines)
  return `${date.format(start)} to ${date.format(end)}`
}
