import { missing } from '../errors.ts'
import type { PriceRecord } from '../state/catalog-records.ts'
import type { CreditedLines, DebitRecord, InvoiceItemRecord, LineRecord, Period } from '../state/invoice-records.ts'
import type { Metadata } from '../state/own-records.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { amountOf } from './amounts.ts'
import { periodAround } from './periods.ts'
import { prorate } from './proration.ts'
import { fullPeriod, remainingTime, trialOf, unusedTime } from './wording.ts'

/** A line before it belongs to an invoice or waits as an invoice item. */
export interface LineDraft {
  readonly amount: number
  readonly description: string
  readonly metadata: Metadata
  readonly period: Period
  readonly price: string | null
  readonly proration: boolean
  readonly credited: CreditedLines | null
  readonly quantity: number
  readonly subscription: string | null
  readonly subscriptionItem: string | null
  readonly invoiceItem: string | null
  /** Whether it bills an item, gives something back, or is an invoice item that waited. */
  readonly role: 'charge' | 'credit' | 'waiting'
  /** Whether tax is in the amount, of a line whose price was made for it. */
  readonly taxBehavior?: 'exclusive' | 'inclusive' | 'unspecified' | undefined
}

/** The price of an item; an item never outlives its price. */
export function priceOf(world: World, id: string): PriceRecord {
  const price = world.store.get('price', id)
  if (!price) throw missing('price', id, 'price')
  return price
}

/** Billed by what was used, never ahead and never prorated. */
export const isMetered = (world: World, { price }: SubscriptionItemRecord): boolean =>
  priceOf(world, price).recurring?.usage_type === 'metered'

/** What invoices call a price: its product's name. */
export const nameOf = (world: World, price: string): string =>
  world.store.get('product', priceOf(world, price).product)?.name ?? 'Product'

/** The subscription that a line is for. */
export type Billed = Pick<SubscriptionRecord, 'currency' | 'id'>

const ofItem = (
  subscription: string,
  item: { readonly id: string; readonly price: string; readonly quantity: number },
) => ({
  metadata: {},
  price: item.price,
  quantity: item.quantity,
  subscription,
  subscriptionItem: item.id,
  invoiceItem: null,
})

/** A whole period of an item. */
export function regularLine(world: World, subscription: Billed, item: SubscriptionItemRecord): LineDraft {
  const price = priceOf(world, item.price)
  return {
    ...ofItem(subscription.id, item),
    amount: amountOf(price, item.quantity, subscription.currency),
    description: fullPeriod(item.quantity, nameOf(world, item.price), price, subscription.currency),
    period: { start: item.current_period_start, end: item.current_period_end },
    proration: false,
    credited: null,
    role: 'charge',
  }
}

/** A trial of an item: its period, for nothing. */
export const trialLine = (world: World, subscription: Billed, item: SubscriptionItemRecord): LineDraft => ({
  ...regularLine(world, subscription, item),
  amount: 0,
  description: trialOf(item.quantity, nameOf(world, item.price)),
})

/** An item in the period after its present one. */
export function renewed(world: World, anchor: number, item: SubscriptionItemRecord): SubscriptionItemRecord {
  const { recurring } = priceOf(world, item.price)
  if (!recurring) return item
  const { start, end } = periodAround(anchor, recurring, item.current_period_end)
  return { ...item, current_period_start: start, current_period_end: end }
}

/** An item and what a whole period of it comes to, in minor units, after discounts. */
export interface Priced {
  readonly item: SubscriptionItemRecord
  readonly whole: number
}

/** The rest of an item's period from `at` on. */
export function debitLine(world: World, subscription: Billed, { item, whole }: Priced, at: number): LineDraft {
  return {
    ...ofItem(subscription.id, item),
    amount: prorate(whole, { periodStart: item.current_period_start, periodEnd: item.current_period_end, at }),
    description: remainingTime(item.quantity, nameOf(world, item.price), at),
    period: { start: at, end: item.current_period_end },
    proration: true,
    credited: null,
    role: 'charge',
  }
}

/** Classic billing: the rest of the period is given back at the item's present price. */
export const classicCredit = (world: World, subscription: Billed, { item, whole }: Priced, at: number): LineDraft => ({
  ...debitLine(world, subscription, { item, whole: -whole }, at),
  description: unusedTime(item.quantity, nameOf(world, item.price), at),
  role: 'credit',
})

/** Flexible billing: the rest of what was really debited is given back, one credit for each debit. */
export function flexibleCredit(world: World, debit: DebitRecord, at: number): LineDraft {
  const { start, end } = debit.period
  return {
    ...ofItem(debit.subscription, { id: debit.subscription_item, price: debit.price, quantity: debit.quantity }),
    amount: prorate(-debit.amount, { periodStart: start, periodEnd: end, at }),
    description: unusedTime(debit.quantity, nameOf(world, debit.price), at),
    period: { start: at, end },
    proration: true,
    credited: debit.billed && { invoice: debit.billed.invoice, invoice_line_items: [debit.billed.line] },
    role: 'credit',
  }
}

/** An invoice item that waits for an invoice. */
export const waitingLine = (world: World, item: InvoiceItemRecord): LineDraft => ({
  amount: item.amount,
  description: item.description ?? (item.price ? nameOf(world, item.price) : ''),
  metadata: item.metadata,
  period: item.period,
  price: item.price,
  proration: item.proration,
  credited: item.credited,
  quantity: item.quantity,
  subscription: item.subscription,
  subscriptionItem: item.subscription_item,
  invoiceItem: item.id,
  role: 'waiting',
})

/** The draft as a line of `invoice`. */
export const toLine = (world: World, draft: LineDraft, invoice: string, currency: string): LineRecord => ({
  id: world.nextId('il'),
  amount: draft.amount,
  currency,
  description: draft.description,
  invoice,
  metadata: draft.metadata,
  period: draft.period,
  price: draft.price,
  proration: draft.proration,
  credited: draft.credited,
  quantity: draft.quantity,
  subscription: draft.subscription,
  subscription_item: draft.subscriptionItem,
  invoice_item: draft.invoiceItem,
  discounts: [],
  taxes: [],
})

/** What a later change may credit: the billing of a subscription item, by the id of its line or invoice item. `amount` is net. */
export const toDebit = (
  draft: LineDraft,
  id: string,
  billed: DebitRecord['billed'],
  amount = draft.amount,
): DebitRecord | null =>
  draft.role === 'charge' && draft.subscription && draft.subscriptionItem && draft.price
    ? {
        id,
        amount,
        period: draft.period,
        price: draft.price,
        quantity: draft.quantity,
        subscription: draft.subscription,
        subscription_item: draft.subscriptionItem,
        billed,
        credited: false,
      }
    : null
