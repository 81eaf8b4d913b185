import type { CustomerRecord } from '../state/customer-records.ts'
import type {
  DebitRecord,
  InvoiceItemRecord,
  InvoiceRecord,
  LineRecord,
  Period,
  Terms,
} from '../state/invoice-records.ts'
import type { Metadata } from '../state/own-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { postBalance } from './balance.ts'
import { shareOut, standing, sumOf } from './discounts.ts'
import { type LineDraft, priceOf, toDebit, toLine, waitingLine } from './lines.ts'
import { settle } from './settlement.ts'
import { onTop, taxesOn } from './taxes.ts'
import { placeOf } from './terms.ts'

/** What an invoice is made of. */
export interface InvoicePlan {
  readonly customer: CustomerRecord | null
  readonly subscription: { readonly id: string; readonly metadata: Metadata } | null
  readonly currency: string
  readonly drafts: readonly LineDraft[]
  readonly reason: InvoiceRecord['billing_reason']
  readonly period: Period
  readonly prorationDate: number | null
  readonly terms: Terms
}

/** An invoice that is not yet stored, and what a later change may credit of it. */
export interface BuiltInvoice {
  readonly invoice: InvoiceRecord
  readonly debits: readonly DebitRecord[]
}

/** The invoice items that the next invoice of this subscription takes along. */
export const waitingItems = (world: World, subscription: SubscriptionRecord): InvoiceItemRecord[] =>
  world.store
    .all('invoice_item')
    .filter(
      (item) =>
        item.invoice === null &&
        item.customer === subscription.customer &&
        item.currency === subscription.currency &&
        (item.subscription === null || item.subscription === subscription.id),
    )

/** Those items as lines. */
export const waitingLines = (world: World, subscription: SubscriptionRecord): LineDraft[] =>
  waitingItems(world, subscription).map((item) => waitingLine(world, item))

/** Adds up the lines and settles them against the customer's balance; stores nothing but invoice items. */
export function buildInvoice(world: World, id: string, plan: InvoicePlan): BuiltInvoice {
  const drafts = plan.drafts.map((draft) =>
    draft.proration && !draft.invoiceItem && plan.customer
      ? { ...draft, invoiceItem: bookItem(world, plan.customer.id, plan.currency, draft, id) }
      : draft,
  )
  const lines = reduceAndTax(
    world,
    drafts.map((draft) => ({ ...toLine(world, draft, id, plan.currency), behavior: behaviorOf(world, draft) })),
    plan,
  )
  const debits = drafts.flatMap((draft, index) => {
    const line = lines[index]
    const debit = line && toDebit(draft, line.id, { invoice: id, line: line.id }, line.amount - sumOf(line.discounts))
    return debit ? [debit] : []
  })
  return { invoice: draftInvoice(world, id, plan, lines), debits }
}

interface Taxable extends LineRecord {
  readonly behavior: string
}

/** Whether tax is in the amount of a line. */
const behaviorOf = (world: World, { price, taxBehavior }: LineDraft): string =>
  taxBehavior ?? (price ? priceOf(world, price).pricing.tax_behavior : undefined) ?? 'unspecified'

/** Discounts on what is not prorated (prorations have theirs inside), then taxes on what is left. */
function reduceAndTax(world: World, lines: readonly Taxable[], { customer, terms }: InvoicePlan): LineRecord[] {
  const parts = lines.map(({ amount, price, proration }) => ({
    amount: proration ? 0 : amount,
    product: price ? priceOf(world, price).product : null,
  }))
  const shares = shareOut(world, parts, standing(world, terms.discounts))
  const place = placeOf(customer)
  return lines.map(({ behavior, ...line }, index) => {
    const discounts = shares[index] ?? []
    return { ...line, discounts, taxes: taxesOn(world, line.amount - sumOf(discounts), behavior, terms.tax, place) }
  })
}

/** What lines come to after discounts, with the taxes on top. */
const totalOf = (lines: readonly LineRecord[]): number =>
  lines.reduce((sum, { amount, discounts, taxes }) => sum + amount - sumOf(discounts) + onTop(taxes), 0)

function draftInvoice(world: World, id: string, plan: InvoicePlan, lines: readonly LineRecord[]): InvoiceRecord {
  const total = totalOf(lines)
  const { amountDue, startingBalance } = settle(total, plan.customer?.balance ?? 0, plan.currency)
  return {
    id,
    object: 'invoice',
    amount_due: amountDue,
    amount_paid: 0,
    attempt_count: 0,
    attempted: false,
    billing_reason: plan.reason,
    created: world.seconds(),
    currency: plan.currency,
    customer: plan.customer?.id ?? null,
    default_payment_method: null,
    ending_balance: null,
    lines,
    metadata: {},
    number: null,
    payment_intent: null,
    period_start: plan.period.start,
    period_end: plan.period.end,
    proration_date: plan.prorationDate,
    starting_balance: startingBalance,
    status: 'draft',
    finalized_at: null,
    paid_at: null,
    voided_at: null,
    marked_uncollectible_at: null,
    due_date: null,
    next_payment_attempt: null,
    retries: 0,
    tax_place: placeOf(plan.customer),
    terms: plan.terms,
    subscription: plan.subscription?.id ?? null,
    subscription_metadata: plan.subscription?.metadata ?? {},
    total,
  }
}

/** Stores a proration as an invoice item, waiting unless `invoice` takes it at once. Returns its id. */
export function bookItem(
  world: World,
  customer: string,
  currency: string,
  draft: LineDraft,
  invoice: string | null,
): string {
  const item: InvoiceItemRecord = {
    id: world.nextId('ii'),
    object: 'invoiceitem',
    amount: draft.amount,
    currency,
    customer,
    date: world.seconds(),
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
    born_invoiced: invoice !== null,
  }
  world.store.put('invoice_item', item)
  emit(world, 'invoiceitem.created', item)
  return item.id
}

/** Makes a built invoice real: takes the waiting items, moves the balance, and opens it (or closes it when nothing is due). */
export function issueInvoice(world: World, built: InvoiceRecord): InvoiceRecord {
  // A draft that was kept back has been told of.
  if (!world.store.get('invoice', built.id)) emit(world, 'invoice.created', built)
  takeItems(world, built)
  const customer = built.customer ? world.store.get('customer', built.customer) : undefined
  const settlement = settle(built.total, built.starting_balance, built.currency)
  if (customer) postBalance(world, customer, settlement.endingBalance, settlement.reason, built)
  const paid = built.amount_due === 0
  const at = world.seconds()
  const issued: InvoiceRecord = {
    ...built,
    attempted: paid,
    ending_balance: settlement.endingBalance,
    due_date: built.terms.collection.method === 'send_invoice' ? at + built.terms.collection.days * 86_400 : null,
    finalized_at: at,
    number: `SANDBOX-${built.id.slice(-6)}`,
    paid_at: paid ? at : null,
    status: paid ? 'paid' : 'open',
  }
  world.store.put('invoice', issued)
  useUp(world, issued, true)
  emit(world, 'invoice.finalized', issued)
  if (paid) {
    emit(world, 'invoice.paid', issued)
    emit(world, 'invoice.payment_succeeded', issued)
  }
  return issued
}

/** Discounts for one invoice are used up by it, and stand again when it is voided. */
export function useUp(world: World, invoice: InvoiceRecord, used: boolean): void {
  const charged = invoice.lines.some(({ amount }) => amount > 0)
  for (const id of charged ? invoice.terms.discounts : []) {
    const discount = world.store.get('discount', id)
    const once = discount && world.store.get('coupon', discount.coupon)?.duration === 'once'
    if (once) world.store.put('discount', { ...discount, used })
  }
}

/** Takes the items that waited onto an invoice. */
export function takeItems(world: World, { id, lines }: InvoiceRecord): void {
  for (const line of lines) takeItem(world, id, line)
}

function takeItem(world: World, invoice: string, line: LineRecord): void {
  const item = line.invoice_item ? world.store.get('invoice_item', line.invoice_item) : undefined
  if (!item || item.invoice !== null) return
  world.store.put('invoice_item', { ...item, invoice })
  const debit = world.store.get('debit', item.id)
  if (debit) world.store.put('debit', { ...debit, billed: { invoice, line: line.id } })
}
