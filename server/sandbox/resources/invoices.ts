import { payInvoice } from '../billing/collecting.ts'
import { voidInvoice } from '../billing/voiding.ts'
import { invalid } from '../errors.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { World } from '../state/world.ts'
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
        params.collection_method !== 'send_invoice',
    )
    return page('/v1/invoices', found, params, (invoice) => render(world, invoice))
  }),
  route('GET', '/v1/invoices/:id/lines', LIST_PARAMS, ({ world, params, id }) =>
    page(`/v1/invoices/${id}/lines`, findShown(world, id).lines, params, (line) => renderLine(world, line)),
  ),
  route('POST', '/v1/invoices/:id/pay', { off_session: flag(), payment_method: text() }, ({ world, params, id }) => {
    const invoice = find(world, 'invoice', id)
    const method =
      params.payment_method &&
      usableMethod(world, params.payment_method, findCustomer(world, invoice.customer ?? ''), 'payment_method').id
    payInvoice(world, invoice, method)
    return render(world, find(world, 'invoice', id))
  }),
  route('POST', '/v1/invoices/:id/void', {}, ({ world, id }) => {
    const invoice = find(world, 'invoice', id)
    if (invoice.status !== 'open') {
      throw invalid(`You can only void invoices that are open. This invoice is ${invoice.status}.`, {
        code: 'invoice_not_editable',
      })
    }
    return render(world, voidInvoice(world, invoice))
  }),
]
