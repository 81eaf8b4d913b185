import type {
  ChargeRecord,
  CreditNoteLineRecord,
  CreditNoteRecord,
  DisputeRecord,
  RefundRecord,
} from '../state/money-records.ts'
import type { World } from '../state/world.ts'
import { complete, inlineList } from './complete.ts'
import type { JsonObject } from './json.ts'

/** A charge, with the card it was made on. */
export function renderCharge(world: World, record: ChargeRecord): JsonObject {
  const card = world.store.get('payment_method', record.payment_method)?.card
  const customer = world.store.get('customer', record.customer)
  return complete('charge', {
    ...record,
    amount_captured: record.amount,
    billing_details: {
      address: null,
      email: customer?.email ?? null,
      name: customer?.name ?? null,
      phone: null,
      tax_id: null,
    },
    payment_method_details: card ? { type: 'card', card: complete('charge_card', card) } : null,
    receipt_url: `${world.baseUrl()}/_sandbox/receipts/${record.id}`,
    refunded: record.amount_refunded === record.amount,
  })
}

/** A refund; those to cards are done at once. */
export const renderRefund = (record: RefundRecord): JsonObject =>
  complete('refund', {
    ...record,
    destination_details: {
      type: 'card',
      card: { type: 'refund', reference_status: 'pending', reference_type: 'acquirer_reference_number' },
    },
  })

/** A line of a credit note. */
export const renderCreditNoteLine = ({ invoice_line_item: of, ...line }: CreditNoteLineRecord): JsonObject =>
  complete('credit_note_line_item', {
    ...line,
    ...(of !== null && { invoice_line_item: of }),
    type: of === null ? 'custom_line_item' : 'invoice_line_item',
    unit_amount: line.quantity ? Math.round(line.amount / line.quantity) : null,
    unit_amount_decimal: line.quantity ? String(line.amount / line.quantity) : null,
  })

/** A credit note with its lines. */
export function renderCreditNote(world: World, record: CreditNoteRecord): JsonObject {
  const { lines, refund, ...shown } = record
  return complete('credit_note', {
    ...shown,
    effective_at: record.created,
    lines: inlineList(`/v1/credit_notes/${record.id}/lines`, lines.map(renderCreditNoteLine)),
    pdf: `${world.baseUrl()}/_sandbox/invoices/${record.invoice}`,
    refunds: refund
      ? [{ amount_refunded: refund.amount, payment_record_refund: null, refund: refund.id, type: 'refund' }]
      : [],
    subtotal: record.amount,
    subtotal_excluding_tax: record.amount,
    total: record.amount,
    total_excluding_tax: record.amount,
    type: record.post_payment_amount > 0 ? 'post_payment' : 'pre_payment',
  })
}

/** A dispute, to which nobody has said anything. */
export const renderDispute = (record: DisputeRecord): JsonObject =>
  complete('dispute', { ...record, is_charge_refundable: false })
