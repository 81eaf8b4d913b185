import { invalid } from '../errors.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { CreditNoteLineRecord, CreditNoteRecord } from '../state/money-records.ts'
import type { Metadata } from '../state/own-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { postBalance } from './balance.ts'
import { closeInvoice } from './payments.ts'
import { refund } from './refunds.ts'

/** How much of an invoice to take back, and where the money goes. Amounts in minor units. */
export interface CreditNoteRequest {
  readonly amount: number
  readonly lines: readonly Omit<CreditNoteLineRecord, 'id'>[]
  readonly toBalance: number
  readonly toCard: number
  readonly outOfBand: number
  readonly memo: string | null
  readonly metadata: Metadata
  readonly reason: CreditNoteRecord['reason']
}

/** The credit notes of an invoice that stand. */
export const creditNotesOf = (world: World, invoice: string): CreditNoteRecord[] =>
  world.store.all('credit_note').filter((note) => note.invoice === invoice && note.status === 'issued')

/** Takes back part of an invoice: an open one is owed less, of a paid one the money goes back where it is told to go. */
export function issueCreditNote(world: World, invoice: InvoiceRecord, request: CreditNoteRequest): CreditNoteRecord {
  check(world, invoice, request)
  const paid = invoice.status === 'paid'
  const { toBalance, toCard } = request
  const id = world.nextId('cn')
  const given = toCard > 0 ? refundOf(world, invoice, request) : null
  const number = `${invoice.number}-CN-${String(creditNotesOf(world, invoice.id).length + 1).padStart(2, '0')}`
  const note: CreditNoteRecord = {
    id,
    object: 'credit_note',
    amount: request.amount,
    created: world.seconds(),
    currency: invoice.currency,
    customer: invoice.customer ?? '',
    customer_balance_transaction: toBalance > 0 ? credit(world, invoice, toBalance, id) : null,
    invoice: invoice.id,
    lines: request.lines.map((line) => ({ ...line, id: world.nextId('cnli') })),
    memo: request.memo,
    metadata: request.metadata,
    number,
    out_of_band_amount: request.outOfBand || null,
    post_payment_amount: paid ? request.amount : 0,
    pre_payment_amount: paid ? 0 : request.amount,
    reason: request.reason,
    refund: given && { id: given.id, amount: given.amount },
    status: 'issued',
    voided_at: null,
  }
  world.store.put('credit_note', note)
  emit(world, 'credit_note.created', note)
  if (!paid) owesLess(world, invoice, request.amount)
  return note
}

function check(world: World, invoice: InvoiceRecord, request: CreditNoteRequest): void {
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw invalid(`Credit notes can only be created on invoices that are open or paid; this one is ${invoice.status}.`)
  }
  const taken = creditNotesOf(world, invoice.id).reduce((sum, { amount }) => sum + amount, 0)
  const most = invoice.status === 'open' ? invoice.amount_due : invoice.total - taken
  if (request.amount < 1 || request.amount > most) {
    throw invalid(`The credit note's amount must be positive and at most ${most}.`, { param: 'amount' })
  }
  const told = request.toBalance + request.toCard + request.outOfBand
  if (told === (invoice.status === 'paid' ? request.amount : 0)) return
  throw invalid(
    'The sum of credit_amount, refund_amount and out_of_band_amount must equal the amount taken back after payment.',
    { param: 'refund_amount' },
  )
}

function refundOf(world: World, invoice: InvoiceRecord, { toCard, metadata }: CreditNoteRequest) {
  const intent = invoice.payment_intent ? world.store.get('payment_intent', invoice.payment_intent) : undefined
  const charge = intent?.latest_charge ? world.store.get('charge', intent.latest_charge) : undefined
  if (charge) return refund(world, charge, { amount: toCard, metadata, reason: null })
  throw invalid('The invoice was paid without a charge; there is nothing to refund.', { param: 'refund_amount' })
}

function credit(world: World, invoice: InvoiceRecord, amount: number, credit_note: string): string | null {
  const customer = invoice.customer ? world.store.get('customer', invoice.customer) : undefined
  if (!customer) return null
  return postBalance(world, customer, customer.balance - amount, 'credit_note', invoice, { credit_note })?.id ?? null
}

function owesLess(world: World, before: InvoiceRecord, amount: number): void {
  const invoice = { ...before, amount_due: before.amount_due - amount }
  world.store.put('invoice', invoice)
  const intent = invoice.payment_intent ? world.store.get('payment_intent', invoice.payment_intent) : undefined
  if (intent) world.store.put('payment_intent', { ...intent, amount: invoice.amount_due })
  emit(world, 'invoice.updated', invoice, before)
  if (invoice.amount_due === 0) closeInvoice(world, invoice)
}
