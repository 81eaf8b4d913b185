import { postBalance } from '../billing/balance.ts'
import { endSubscription } from '../billing/ending.ts'
import { newCustomer } from '../billing/new-customer.ts'
import { invalid } from '../errors.ts'
import type { Address, CustomerRecord } from '../state/customer-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  clearable,
  currencyCode,
  integer,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  range,
  required,
  text,
  type Values,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { attach, usableMethod } from './payment-methods.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'

/** Where a customer lives, also in previews. */
export const ADDRESS = object({
  city: text(),
  country: text(),
  line1: text(),
  line2: text(),
  postal_code: text(),
  state: text(),
})

const SETTINGS = {
  address: clearable(ADDRESS),
  balance: integer(),
  description: clearable(text()),
  email: clearable(text()),
  invoice_settings: object({ default_payment_method: clearable(text()) }),
  metadata: clearable(metadata()),
  name: clearable(text()),
  phone: clearable(text()),
  tax_exempt: oneOf('none', 'exempt', 'reverse'),
}

/** An address as it was given, its missing parts null. */
export const addressOf = (given: Values<{ address: typeof ADDRESS }>['address'] | null): Address | null =>
  given
    ? {
        city: given.city ?? null,
        country: given.country ?? null,
        line1: given.line1 ?? null,
        line2: given.line2 ?? null,
        postal_code: given.postal_code ?? null,
        state: given.state ?? null,
      }
    : null

const pick = <T>(given: T | undefined, before: T): T => (given === undefined ? before : given)

function setDefault(world: World, customer: CustomerRecord, id: string | null | undefined): CustomerRecord {
  if (id === undefined) return customer
  const method = id && usableMethod(world, id, customer, 'invoice_settings[default_payment_method]')
  return { ...customer, invoice_settings: { default_payment_method: method ? method.id : null } }
}

function setBalance(world: World, id: string, balance: number | undefined): CustomerRecord {
  const customer = find(world, 'customer', id)
  if (balance !== undefined) postBalance(world, customer, balance, 'adjustment', null)
  return find(world, 'customer', id)
}

/** https://docs.stripe.com/api/customers */
export const customerRoutes: readonly Route[] = [
  route('POST', '/v1/customers', { ...SETTINGS, payment_method: text(), test_clock: text() }, ({ world, params }) => {
    const created: CustomerRecord = {
      ...newCustomer(world),
      address: addressOf(params.address ?? null),
      description: params.description ?? null,
      email: params.email ?? null,
      metadata: mergeMetadata({}, params.metadata),
      name: params.name ?? null,
      phone: params.phone ?? null,
      tax_exempt: params.tax_exempt ?? 'none',
      test_clock: params.test_clock ? find(world, 'test_clock', params.test_clock, 'test_clock').id : null,
    }
    world.store.put('customer', created)
    const attached = params.payment_method && attach(world, params.payment_method, created, 'payment_method')
    const wanted = params.invoice_settings?.default_payment_method
    const same = attached && wanted === params.payment_method
    world.store.put('customer', setDefault(world, created, same ? attached.id : wanted))
    const customer = setBalance(world, created.id, params.balance)
    emit(world, 'customer.created', customer)
    return render(world, customer)
  }),
  route('GET', '/v1/customers/:id', {}, ({ world, id }) => render(world, find(world, 'customer', id))),
  route('POST', '/v1/customers/:id', SETTINGS, ({ world, params, id }) => {
    const before = findCustomer(world, id, 'id')
    const changed: CustomerRecord = {
      ...before,
      address: params.address === undefined ? before.address : addressOf(params.address),
      description: pick(params.description, before.description),
      email: pick(params.email, before.email),
      metadata: mergeMetadata(before.metadata, params.metadata),
      name: pick(params.name, before.name),
      phone: pick(params.phone, before.phone),
      tax_exempt: params.tax_exempt ?? before.tax_exempt,
    }
    world.store.put('customer', setDefault(world, changed, params.invoice_settings?.default_payment_method))
    const after = setBalance(world, id, params.balance)
    emit(world, 'customer.updated', after, before)
    return render(world, after)
  }),
  route('DELETE', '/v1/customers/:id', {}, ({ world, id }) => {
    const before = findCustomer(world, id, 'id')
    for (const subscription of world.store.all('subscription')) {
      if (subscription.customer === id && subscription.ended_at === null) {
        endSubscription(world, subscription, { invoiceNow: false, prorate: false })
      }
    }
    const deleted: CustomerRecord = { ...before, deleted: true }
    world.store.put('customer', deleted)
    emit(world, 'customer.deleted', before)
    return render(world, deleted)
  }),
  route('GET', '/v1/customers', { ...LIST_PARAMS, created: range(), email: text() }, ({ world, params }) => {
    const found = newestFirst(world, 'customer').filter(
      (customer) =>
        !customer.deleted &&
        matches<string | null>(params.email, customer.email) &&
        (params.created?.(customer.created) ?? true),
    )
    return page('/v1/customers', found, params, (customer) => render(world, customer))
  }),
  route(
    'POST',
    '/v1/customers/:id/balance_transactions',
    {
      amount: required(integer()),
      currency: required(currencyCode()),
      description: text(),
      metadata: clearable(metadata()),
    },
    ({ world, params, id }) => {
      const customer = findCustomer(world, id, 'id')
      const entry = postBalance(world, customer, customer.balance + params.amount, 'adjustment', null, {
        currency: params.currency,
        description: params.description ?? null,
        metadata: mergeMetadata({}, params.metadata),
      })
      if (!entry) throw invalid('Invalid non-zero integer', { param: 'amount' })
      emit(world, 'customer.updated', find(world, 'customer', id), customer)
      return render(world, entry)
    },
  ),
  route('GET', '/v1/customers/:id/balance_transactions', LIST_PARAMS, ({ world, params, id }) => {
    const found = newestFirst(world, 'balance_transaction').filter(({ customer }) => customer === id)
    return page(`/v1/customers/${id}/balance_transactions`, found, params, (entry) => render(world, entry))
  }),
]
