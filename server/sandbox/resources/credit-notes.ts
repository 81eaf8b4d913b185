import { type CreditNoteRequest, issueCreditNote } from '../billing/credit-notes.ts'
import { invalid, missing } from '../errors.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { CreditNoteLineRecord } from '../state/money-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  integer,
  list,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  required,
  text,
  type Values,
  whole,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { renderCreditNoteLine } from '../wire/render-money.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

const LINE = object({
  amount: integer(),
  description: text(),
  invoice_line_item: text(),
  quantity: whole(),
  type: required(oneOf('custom_line_item', 'invoice_line_item')),
  unit_amount: integer(),
})
const CREATE = {
  amount: integer(),
  credit_amount: whole(),
  email_type: oneOf('credit_note', 'none'),
  invoice: required(text()),
  lines: list(LINE),
  memo: text(),
  metadata: metadata(),
  out_of_band_amount: whole(),
  reason: oneOf('duplicate', 'fraudulent', 'order_change', 'product_unsatisfactory'),
  refund_amount: whole(),
}
type Create = Values<typeof CREATE>

function lineOf(invoice: InvoiceRecord, line: NonNullable<Create['lines']>[number]): Omit<CreditNoteLineRecord, 'id'> {
  if (line.type === 'custom_line_item') {
    const amount = line.amount ?? (line.unit_amount ?? 0) * (line.quantity ?? 1)
    return { amount, description: line.description ?? null, invoice_line_item: null, quantity: line.quantity ?? 1 }
  }
  const id = line.invoice_line_item ?? ''
  const billed = invoice.lines.find((one) => one.id === id)
  if (!billed) throw missing('invoice line item', id, 'lines[0][invoice_line_item]')
  return {
    amount: line.amount ?? billed.amount,
    description: line.description ?? billed.description,
    invoice_line_item: billed.id,
    quantity: line.amount === undefined ? billed.quantity : null,
  }
}

function toRequest(invoice: InvoiceRecord, params: Create): CreditNoteRequest {
  const lines = params.lines?.map((line) => lineOf(invoice, line))
  const amount = params.amount ?? lines?.reduce((sum, line) => sum + line.amount, 0)
  if (amount === undefined) {
    throw invalid('You must provide `amount` or `lines`.', { code: 'parameter_missing', param: 'amount' })
  }
  return {
    amount,
    lines: lines ?? [{ amount, description: 'Credit', invoice_line_item: null, quantity: 1 }],
    toBalance: params.credit_amount ?? 0,
    toCard: params.refund_amount ?? 0,
    outOfBand: params.out_of_band_amount ?? 0,
    memo: params.memo ?? null,
    metadata: mergeMetadata({}, params.metadata),
    reason: params.reason ?? null,
  }
}

const issue = (world: World, params: Create) => {
  const invoice = find(world, 'invoice', params.invoice, 'invoice')
  return render(world, issueCreditNote(world, invoice, toRequest(invoice, params)))
}

/** https://docs.stripe.com/api/credit_notes */
export const creditNoteRoutes: readonly Route[] = [
  route('POST', '/v1/credit_notes', CREATE, ({ world, params }) => issue(world, params)),
  route('GET', '/v1/credit_notes/preview', CREATE, ({ world, params }) =>
    world.store.rehearse(() => issue(world, params)),
  ),
  route('GET', '/v1/credit_notes/:id', {}, ({ world, id }) => render(world, find(world, 'credit_note', id))),
  route('GET', '/v1/credit_notes', { ...LIST_PARAMS, customer: text(), invoice: text() }, ({ world, params }) => {
    const found = newestFirst(world, 'credit_note').filter(
      (note) => matches(params.customer, note.customer) && matches(params.invoice, note.invoice),
    )
    return page('/v1/credit_notes', found, params, (note) => render(world, note))
  }),
  route('GET', '/v1/credit_notes/:id/lines', LIST_PARAMS, ({ world, params, id }) =>
    page(`/v1/credit_notes/${id}/lines`, find(world, 'credit_note', id).lines, params, renderCreditNoteLine),
  ),
]
