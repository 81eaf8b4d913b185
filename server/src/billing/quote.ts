import type { Interval, Quote, QuoteLine } from '@softgate/sdk/contract'
import { toIso } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import type { Change, Preview, PreviewLine } from './model.ts'

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
  interval: Interval
  timeZone: string
  expiresAt: number
}

/** A quote as the user reads it. Its lines, tax and credit add up to what is due now. */
export function toQuote(input: QuoteInput): Quote {
  const { id, offer, change, periodEnd, due, renewal, interval, expiresAt } = input
  return {
    id,
    offer,
    quantity: change.quantity,
    dueNow: money(due.amountDue, due.currency),
    lines: [...linesOf(input), ...carriedOver(due)],
    tax: money(due.tax, due.currency),
    credit: money(due.creditUsed, due.currency),
    recurring: { ...money(renewal.total, renewal.currency), interval },
    nextInvoice: { at: toIso(periodEnd), total: money(renewal.total, renewal.currency) },
    expiresAt: toIso(expiresAt),
  }
}

/**
 * Stripe credits the item as it was and charges the item as it will be. For more units of the same price the difference is
 * one thing to a person, so it is one line; a switch of plan keeps its credit apart. What else the invoice sweeps in stays
 * as Stripe words it.
 */
function linesOf({ change, due, words, timeZone }: QuoteInput): QuoteLine[] {
  const prorations = due.lines.filter((line) => line.proration)
  const others = due.lines.filter((line) => !line.proration).map(({ description, amount }) => ({ description, amount }))
  const count = (quantity: number): string => `${quantity} ${quantity === 1 ? words.one : words.other}`
  if (change.kind === 'add') {
    const amount = prorations.reduce((sum, line) => sum + line.amount, 0)
    const span = spanOf(prorations, timeZone)
    return [{ description: `${count(change.quantity)}, ${span}`, amount }, ...others]
  }
  if (change.kind === 'start')
    return due.lines.map((line) => ({
      description: `${words.planAfter}, ${count(line.quantity ?? change.quantity)}, ${spanOf([line], timeZone)}`,
      amount: line.amount,
    }))
  const credits = prorations.filter((line) => line.amount < 0)
  const charges = prorations.filter((line) => line.amount >= 0)
  return [
    ...charges.map((line) => ({
      description: `${words.planAfter}, ${count(line.quantity ?? change.quantity)}, ${spanOf([line], timeZone)}`,
      amount: line.amount,
    })),
    ...credits.map((line) => ({
      description: `Credit for unused ${words.planNow}, ${count(line.quantity ?? change.quantity)}`,
      amount: line.amount,
    })),
    ...others,
  ]
}

/** What the customer owes from before, or gets back as credit, when that is more than this invoice uses up. */
function carriedOver({ amountDue, total, creditUsed }: Preview): QuoteLine[] {
  const amount = amountDue - total + creditUsed
  if (amount === 0) return []
  return [{ description: amountDue > 0 ? 'Open balance from before' : 'Kept as credit for later invoices', amount }]
}

function spanOf(lines: readonly PreviewLine[], timeZone: string): string {
  const date = new Intl.DateTimeFormat('en', { month: 'long', day: 'numeric', timeZone })
  const start = Math.min(...lines.map((line) => line.periodStart))
  const end = Math.max(...lines.map((line) => line.periodEnd))
  return lines.length === 0 ? 'now' : `${date.format(start)} to ${date.format(end)}`
}
