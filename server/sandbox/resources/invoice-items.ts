import { amountOf } from '../billing/amounts.ts'
import { invalid } from '../errors.ts'
import type { InvoiceItemRecord } from '../state/invoice-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  clearable,
  currencyCode,
  flag,
  integer,
  mergeMetadata,
  metadata,
  object,
  range,
  required,
  text,
  type Values,
  whole,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'

const CREATE = {
  amount: integer(),
  currency: currencyCode(),
  customer: required(text()),
  description: text(),
  metadata: clearable(metadata()),
  period: object({ end: required(integer()), start: required(integer()) }),
  pricing: object({ price: text() }),
  quantity: whole(),
  subscription: text(),
}

function create(world: World, params: Values<typeof CREATE>): InvoiceItemRecord {
  const customer = findCustomer(world, params.customer)
  const subscription = params.subscription && find(world, 'subscription', params.subscription, 'subscription')
  const price = params.pricing?.price ? find(world, 'price', params.pricing.price, 'pricing[price]') : undefined
  const quantity = params.quantity ?? 1
  const currency = params.currency ?? customer.currency ?? price?.currency
  const amount = params.amount ?? (price && currency && amountOf(price, quantity, currency))
  if (amount === undefined || amount === '') {
    throw invalid('You must provide `amount` or `pricing`.', { code: 'parameter_missing', param: 'amount' })
  }
  if (!currency) throw invalid('Missing required param: currency.', { code: 'parameter_missing', param: 'currency' })
  const now = world.seconds()
  return {
    id: world.nextId('ii'),
    object: 'invoiceitem',
    amount,
    currency,
    customer: customer.id,
    date: now,
    description: params.description ?? null,
    invoice: null,
    metadata: mergeMetadata({}, params.metadata),
    period: params.period ?? { start: now, end: now },
    price: price?.id ?? null,
    proration: false,
    credited: null,
    quantity,
    subscription: subscription ? subscription.id : null,
    subscription_item: null,
    born_invoiced: false,
  }
}

/** https://docs.stripe.com/api/invoiceitems: items that wait for the customer's next invoice. */
export const invoiceItemRoutes: readonly Route[] = [
  route('POST', '/v1/invoiceitems', CREATE, ({ world, params }) => {
    const item = create(world, params)
    world.store.put('invoice_item', item)
    emit(world, 'invoiceitem.created', item)
    return render(world, item)
  }),
  route('GET', '/v1/invoiceitems/:id', {}, ({ world, id }) => render(world, find(world, 'invoice_item', id))),
  route(
    'GET',
    '/v1/invoiceitems',
    { ...LIST_PARAMS, created: range(), customer: text(), invoice: text(), pending: flag() },
    ({ world, params }) => {
      const found = newestFirst(world, 'invoice_item').filter(
        (item) =>
          matches(params.customer, item.customer) &&
          matches<string | null>(params.invoice, item.invoice) &&
          matches(params.pending, item.invoice === null) &&
          (params.created?.(item.date) ?? true),
      )
      return page('/v1/invoiceitems', found, params, (item) => render(world, item))
    },
  ),
]
