import { allTax, type LineTax, lacksPlace, onTop } from '../billing/taxes.ts'
import type { InvoiceItemRecord, InvoiceRecord, LineRecord } from '../state/invoice-records.ts'
import type { World } from '../state/world.ts'
import { complete, inlineList } from './complete.ts'
import { type JsonObject, toJson } from './json.ts'
import { renderTaxRates } from './render-subscription.ts'

const renderPricing = (world: World, price: string | null, proration: boolean): JsonObject | null => {
  const found = price ? world.store.get('price', price) : undefined
  return found
    ? {
        type: 'price_details',
        price_details: { price: found.id, product: found.product },
        unit_amount_decimal: proration ? null : found.pricing.unit,
      }
    : null
}

const renderLineParent = (line: LineRecord): JsonObject => {
  const shared = {
    invoice_item: line.invoice_item,
    proration: line.proration,
    proration_details: line.proration ? { credited_items: line.credited } : null,
    subscription: line.subscription,
  }
  return line.subscription_item
    ? toJson({
        type: 'subscription_item_details',
        invoice_item_details: null,
        subscription_item_details: { ...shared, subscription_item: line.subscription_item },
      })
    : toJson({ type: 'invoice_item_details', invoice_item_details: shared, subscription_item_details: null })
}

const renderTax = ({ amount, inclusive, rate, taxable }: LineTax): JsonObject => ({
  amount,
  tax_behavior: inclusive ? 'inclusive' : 'exclusive',
  tax_rate_details: { tax_rate: rate },
  taxability_reason: 'standard_rated',
  taxable_amount: taxable,
  type: 'tax_rate_details',
})

/** Amounts of the same thing added up, in the order of their first appearance. */
function addedUp<T>(parts: readonly T[], keyOf: (part: T) => string, add: (a: T, b: T) => T): T[] {
  const sums = new Map<string, T>()
  for (const part of parts) {
    const before = sums.get(keyOf(part))
    sums.set(keyOf(part), before ? add(before, part) : part)
  }
  return [...sums.values()]
}

/** What the lines come to before and after discounts and taxes. */
function renderSums({ lines, total }: InvoiceRecord): JsonObject {
  const subtotal = lines.reduce((sum, { amount }) => sum + amount, 0)
  const taxes = lines.flatMap((line) => line.taxes)
  const contained = allTax(taxes) - onTop(taxes)
  const shares = lines.flatMap((line) => line.discounts)
  return {
    subtotal,
    subtotal_excluding_tax: subtotal - contained,
    total_discount_amounts: addedUp(
      shares,
      ({ discount }) => discount,
      (a, b) => ({ ...a, amount: a.amount + b.amount }),
    ).map(({ amount, discount }) => ({ amount, discount })),
    total_excluding_tax: total - allTax(taxes),
    total_taxes: addedUp(
      taxes,
      ({ rate }) => rate,
      (a, b) => ({ ...a, amount: a.amount + b.amount, taxable: a.taxable + b.taxable }),
    ).map(renderTax),
  }
}

function renderTaxStatus({ tax_place, terms: { tax } }: InvoiceRecord): JsonObject {
  const status = lacksPlace(tax, tax_place) ? 'requires_location_inputs' : 'complete'
  return {
    disabled_reason: null,
    enabled: tax.automatic,
    liability: tax.automatic ? { type: 'self' } : null,
    provider: tax.automatic ? 'stripe' : null,
    status: tax.automatic ? status : null,
  }
}

/** A line of an invoice. */
export const renderLine = (world: World, line: LineRecord): JsonObject =>
  complete('line_item', {
    id: line.id,
    amount: line.amount,
    currency: line.currency,
    description: line.description,
    discount_amounts: line.discounts,
    discountable: !line.proration,
    discounts: line.discounts.map(({ discount }) => discount),
    invoice: line.invoice,
    metadata: line.metadata,
    parent: renderLineParent(line),
    period: line.period,
    pricing: renderPricing(world, line.price, line.proration),
    quantity: line.quantity,
    quantity_decimal: String(line.quantity),
    subscription: line.subscription,
    subtotal: line.amount,
    taxes: line.taxes.map((tax) => renderTax(tax)),
  })

const creditNotes = (world: World, invoice: string): JsonObject => {
  const notes = world.store.all('credit_note').filter((note) => note.invoice === invoice && note.status === 'issued')
  return {
    post_payment_credit_notes_amount: notes.reduce((sum, note) => sum + note.post_payment_amount, 0),
    pre_payment_credit_notes_amount: notes.reduce((sum, note) => sum + note.pre_payment_amount, 0),
  }
}

/** An invoice with its first lines. */
export function renderInvoice(world: World, record: InvoiceRecord): JsonObject {
  const { lines, payment_intent: _intent, finalized_at, paid_at, voided_at, ...kept } = record
  const { subscription, subscription_metadata, proration_date, terms, tax_place, ...rest } = kept
  const { marked_uncollectible_at, retries: _retries, ...shown } = rest
  const customer = record.customer ? world.store.get('customer', record.customer) : undefined
  const page = record.status === 'draft' ? null : `${world.baseUrl()}/_sandbox/invoices/${record.id}`
  return complete('invoice', {
    ...shown,
    amount_remaining: record.status === 'paid' ? 0 : record.amount_due - record.amount_paid,
    auto_advance: record.status === 'open',
    automatic_tax: renderTaxStatus(record),
    collection_method: terms.collection.method,
    customer_address: customer?.address ?? null,
    customer_tax_exempt: tax_place.exempt,
    default_tax_rates: renderTaxRates(world, terms.tax.rates),
    discounts: terms.discounts,
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    customer_tax_ids: customer?.tax_ids ?? [],
    ...creditNotes(world, record.id),
    effective_at: finalized_at,
    hosted_invoice_url: page,
    invoice_pdf: null,
    lines: inlineList(
      `/v1/invoices/${record.id}/lines`,
      lines.map((line) => renderLine(world, line)),
    ),
    parent: subscription && {
      type: 'subscription_details',
      quote_details: null,
      subscription_details: {
        metadata: subscription_metadata,
        subscription,
        ...(proration_date !== null && { subscription_proration_date: proration_date }),
      },
    },
    status_transitions: { finalized_at, marked_uncollectible_at, paid_at, voided_at },
    ...renderSums(record),
  })
}

/** An invoice item, waiting or taken. */
export function renderInvoiceItem(world: World, record: InvoiceItemRecord): JsonObject {
  const { born_invoiced: _own, credited, price, subscription, subscription_item, ...shown } = record
  return complete('invoiceitem', {
    ...shown,
    discountable: !record.proration,
    ...(record.proration && { frozen_fields: ['pricing', 'quantity', 'discounts'] }),
    net_amount: record.amount,
    parent: subscription && {
      type: 'subscription_details',
      subscription_details: { subscription, ...(subscription_item && { subscription_item }) },
    },
    pricing: renderPricing(world, price, record.proration),
    ...(record.proration && {
      proration_details: {
        credited_items: credited && { type: 'invoice_line_items', invoice_line_item_details: credited },
        discount_amounts: [],
      },
    }),
    quantity_decimal: String(record.quantity),
  })
}
