import { payInvoice } from '../billing/collecting.ts'
import { markUncollectible } from '../billing/dunning.ts'
import { issueInvoice } from '../billing/invoicing.ts'
import { closeInvoice } from '../billing/payments.ts'
import { voidInvoice } from '../billing/voiding.ts'
import { invalid } from '../errors.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { flag, oneOf, range, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { renderLine } from '../wire/render-invoice.ts'
import { type Route, route } from '../wire/route.ts'
import { usableMethod } from './payment-methods.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'

const LIST = {
  ...LIST_PARAMS,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  created: range(),
  customer: text(),
  status: oneOf('draft', 'open', 'paid', 'uncollectible', 'void'),
  subscription: text(),
}

/** A real invoice, or a preview that was shown recently, whose lines can still be read. */
const findShown = (world: World, id: string): InvoiceRecord =>
  world.store.get('preview', id) ?? find(world, 'invoice', id)

/** https://docs.stripe.com/api/invoices */
export const invoiceRoutes: readonly Route[] = [
  route('GET', '/v1/invoices/:id', {}, ({ world, id }) => render(world, find(world, 'invoice', id))),
  route('GET', '/v1/invoices', LIST, ({ world, params }) => {
    const found = newestFirst(world, 'invoice').filter(
      (invoice) =>
        matches<string | null>(params.customer, invoice.customer) &&
        matches<string | null>(params.subscription, invoice.subscription) &&
        matches<string>(params.status, invoice.status) &&
        (params.created?.(invoice.created) ?? true) &&
        matches(params.collection_method, invoice.terms.collection.method),
    )
    return page('/v1/invoices', found, params, (invoice) => render(world, invoice))
  }),
  route('GET', '/v1/invoices/:id/lines', LIST_PARAMS, ({ world, params, id }) =>
    page(`/v1/invoices/${id}/lines`, findShown(world, id).lines, params, (line) => renderLine(world, line)),
  ),
  route(
    'POST',
    '/v1/invoices/:id/pay',
    { off_session: flag(), paid_out_of_band: flag(), payment_method: text() },
    ({ world, params, id }) => {
      const invoice = find(world, 'invoice', id)
      const method =
        params.payment_method &&
        usableMethod(world, params.payment_method, findCustomer(world, invoice.customer ?? ''), 'payment_method').id
      if (params.paid_out_of_band) closeInvoice(world, openOnly(invoice, 'pay'))
      else payInvoice(world, invoice, method)
      return render(world, find(world, 'invoice', id))
    },
  ),
  route('POST', '/v1/invoices/:id/void', {}, ({ world, id }) =>
    render(world, voidInvoice(world, openOnly(find(world, 'invoice', id), 'void'))),
  ),
  route('POST', '/v1/invoices/:id/mark_uncollectible', {}, ({ world, id }) =>
    render(world, markUncollectible(world, openOnly(find(world, 'invoice', id), 'mark'))),
  ),
  route('POST', '/v1/invoices/:id/send', {}, ({ world, id }) => {
    const invoice = openOnly(find(world, 'invoice', id), 'send')
    emit(world, 'invoice.sent', invoice)
    return render(world, invoice)
  }),
  route('POST', '/v1/invoices/:id/finalize', { auto_advance: flag() }, ({ world, id }) => {
    const invoice = find(world, 'invoice', id)
    if (invoice.status === 'draft') return render(world, issueInvoice(world, invoice))
    throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.", {
      code: 'invoice_not_editable',
    })
  }),
]

function openOnly(invoice: InvoiceRecord, verb: string): InvoiceRecord {
  if (invoice.status === 'open') return invoice
  throw invalid(`You can only ${verb} invoices that are open. This invoice is ${invoice.status}.`, {
    code: 'invoice_not_editable',
  })
}
