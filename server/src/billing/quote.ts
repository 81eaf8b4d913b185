import type {
  Interval,
  PaymentMethod,
  Quote,
  QuoteLine,
  QuoteTax,
  SavedCard,
  UseEstimate,
} from '@softgate/sdk/contract'
import { breakdownWords, type Rate } from '../catalog/rate.ts'
import { toIso } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import type { Change, LiveItem, Preview, PreviewLine } from './model.ts'
import { dateOf } from './words.ts'

export interface QuoteInput {
  id: string
  offer: string
  change: Change
  /** When it is charged next. */
  periodEnd: number
  /** Words for the plan now and after, and for its units. */
  words: { planNow: string; planAfter: string; addon: string | null; one: string; other: string }
  due: Preview
  /** The same without the code that is redeemed; left out where none is, or every line says what is taken off it. */
  full?: Preview
  /** Discounts that are held already, which Stripe has in its prorations. */
  held?: boolean
  /** What is paid each interval once it holds; null where the subscription ends. */
  renewal: Preview | null
  effectiveAt: number
  notices: string[]
  use?: UseEstimate[]
  /** The id of the plan's price after the change. */
  planPrice: string | null
  /** What goes back to the card. */
  refund: number
  /** What is paid for until now; null where a subscription begins. */
  present: { item: LiveItem; renewal: Preview } | null
  /** What is paid after the change. */
  price: { interval: Interval; rate: Rate }
  taxes: QuoteTax[]
  /** Tax comes on top that nobody can tell yet. */
  beforeTax?: boolean
  paymentMethod: PaymentMethod | null
  cards?: SavedCard[]
  timeZone: string
  expiresAt: number
}

/** A quote as the user reads it. Its lines, tax and credit add up to what is due now. */
export function toQuote(input: QuoteInput): Quote {
  const { id, offer, change, periodEnd, due, renewal, present, price, taxes, paymentMethod, expiresAt } = input
  const { currency } = due
  const each = (preview: Preview | null, interval: Interval) => ({ ...money(preview?.total ?? 0, currency), interval })
  return {
    id,
    offer,
    quantity: change.quantity,
    dueNow: money(due.amountDue, currency),
    lines: [...withDiscount(rowsOf(input), due), ...carriedOver(due, input.refund)],
    tax: money(due.tax, currency),
    taxes,
    ...(input.beforeTax && { beforeTax: true as const }),
    credit: money(due.creditUsed, currency),
    recurring: each(renewal, price.interval),
    previous: present && each(present.renewal, present.item.interval),
    nextInvoice: { at: toIso(periodEnd), total: money(renewal?.total ?? 0, currency) },
    effectiveAt: toIso(input.effectiveAt),
    refund: input.refund === 0 ? null : money(input.refund, currency),
    ...(input.use?.length && { use: input.use }),
    notices: input.notices,
    paymentMethod,
    ...(input.cards && { cards: input.cards }),
    expiresAt: toIso(expiresAt),
  }
}

/** What is charged stands in full, with what is taken off it in the discount's own line; what is given back is what was paid. */
function rowOf(
  lines: readonly PreviewLine[],
  description: string,
  detail: (full: boolean) => string | null,
): QuoteLine {
  const net = lines.reduce((sum, line) => sum + line.amount, 0)
  const discount = lines.reduce((sum, line) => sum + line.discount, 0)
  const off = net + discount > 0 ? discount : 0
  return { description, detail: detail(off === discount), amount: net + off }
}

function withDiscount(rows: QuoteLine[], due: Preview): QuoteLine[] {
  const sum = (lines: readonly { amount: number }[]): number => lines.reduce((all, { amount }) => all + amount, 0)
  const amount = sum(due.lines) - sum(rows)
  return amount === 0 ? rows : [...rows, { description: 'Discount', detail: null, amount }]
}

/**
 * Stripe credits the item as it was and charges the item as it will be. For more units of the same price the difference is
 * one thing to a person, so it is one line; a switch keeps its credit apart. What else the invoice sweeps in stays as
 * Stripe words it.
 */
function rowsOf(input: QuoteInput): QuoteLine[] {
  const { change, due, present, price } = input
  const { lines } = input.full ?? due
  const held = present?.item.rate ?? null
  if (change.kind === 'add' || change.kind === 'remove') {
    const [mine, others] = split(lines, ({ proration }) => proration)
    if (mine.length === 0) return others.map(asWorded)
    const description = `${unitsOf(input)}, ${spanOf(mine, input.timeZone)}`
    const rate = change.addon === null ? held : price.rate
    return [rowOf(mine, description, (full) => shareOf(input, mine, { rate, full })), ...others.map(asWorded)]
  }
  const ofPlan = ({ price: billed, proration }: PreviewLine): boolean =>
    change.kind === 'start' || billed === input.planPrice || (proration && billed === present?.item.price)
  const [mine, others] = split(lines, ofPlan)
  const [charges, credits] = split(mine, (line) => line.amount >= 0 || !line.proration)
  return [
    ...charges.map((line) => chargeOf(input, line)),
    ...credits.map((line) =>
      rowOf(
        [line],
        `Credit for unused ${input.words.planNow}, ${count(input, line)}`,
        (full) => `${shareOf(input, [line], { rate: held, full })}, already paid`,
      ),
    ),
    ...others.map(asWorded),
  ]
}

const split = <T>(all: readonly T[], test: (one: T) => boolean): [T[], T[]] => [
  all.filter(test),
  all.filter((one) => !test(one)),
]

const asWorded = (line: PreviewLine): QuoteLine => rowOf([line], line.description, () => null)

const units = ({ words }: QuoteInput, quantity: number): string =>
  `${quantity} ${quantity === 1 ? words.one : words.other}`

const count = (input: QuoteInput, { quantity }: PreviewLine): string =>
  units(input, quantity ?? input.change.quantity ?? 1)

/** What is added or removed, in words. */
function unitsOf(input: QuoteInput): string {
  const { change, words } = input
  const quantity = change.quantity ?? 1
  if (words.addon === null) return change.kind === 'add' ? units(input, quantity) : `${units(input, quantity)} fewer`
  const named = quantity === 1 ? words.addon : `${quantity} × ${words.addon}`
  return change.kind === 'add' ? named : `Without ${named}`
}

function chargeOf(input: QuoteInput, line: PreviewLine): QuoteLine {
  const { words, price, timeZone } = input
  const each = `${rateWordsOf(input, price.rate, line.quantity)} each ${price.interval}`
  const description = `${words.planAfter}, ${count(input, line)}, ${spanOf([line], timeZone)}`
  return rowOf([line], description, (full) =>
    line.proration ? shareOf(input, [line], { rate: price.rate, full }) : each,
  )
}

/** What units cost, and how so many of them come to their price. */
const rateWordsOf = ({ due, words, change }: QuoteInput, rate: Rate, units: number | null): string =>
  breakdownWords(rate, units ?? change.quantity ?? 1, due.currency, change.addon === null ? words.one : null)

interface Priced {
  rate: Rate | null
  /** Whether the amount is without discounts, so that it follows from the price. */
  full: boolean
}

/** The part of the billing period that the lines are for, and at what price: days to a tenth, as Stripe counts seconds. */
function shareOf(input: QuoteInput, lines: readonly PreviewLine[], { rate, full }: Priced): string {
  const { periodStart, periodEnd } = input.present?.item ?? { periodStart: 0, periodEnd: 0 }
  const days = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
  const { start, end } = boundsOf(lines)
  const share = `${days.format((end - start) / day)} of ${days.format((periodEnd - periodStart) / day)} days`
  if (!full || input.held) return `${share}, less the discount`
  // What changes across tiers has no amount of its own for a unit.
  return rate?.unitAmount === undefined ? share : `${share} at ${rateWordsOf(input, rate, 1)}`
}

/** What the customer owes from before, or gets back: to the card, or as credit for more than this invoice uses up. */
function carriedOver({ amountDue, total, creditUsed }: Preview, refund: number): QuoteLine[] {
  const amount = amountDue - total + creditUsed - refund
  const lines: QuoteLine[] = []
  if (refund !== 0) lines.push({ description: 'Back to your card', detail: null, amount: refund })
  if (amount !== 0)
    lines.push({
      description: carriedWords(amount, total),
      detail: null,
      amount,
    })
  return lines
}

/** Of what is carried over: a debt comes in, too little to be charged waits, and what is credited is kept. */
function carriedWords(amount: number, total: number): string {
  if (amount < 0) return 'Too little to charge now: added to your next invoice'
  return total >= 0 ? 'Open balance from before' : 'Kept as credit for later invoices'
}

const day = 86_400_000

const boundsOf = (lines: readonly PreviewLine[]): { start: number; end: number } => ({
  start: Math.min(...lines.map((line) => line.periodStart)),
  end: Math.max(...lines.map((line) => line.periodEnd)),
})

function spanOf(lines: readonly PreviewLine[], timeZone: string): string {
  if (lines.length === 0) return 'now'
  const { start, end } = boundsOf(lines)
  const date = (at: number): string => dateOf({ timeZone, now: start }, at)
  return `${date(start)} to ${date(end)}`
}
