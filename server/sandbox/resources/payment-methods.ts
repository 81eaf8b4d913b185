import { cardOfNumber, cardOfToken, type TestCard } from '../cards.ts'
import { invalid, missing } from '../errors.ts'
import type { CustomerRecord, PaymentMethodRecord, Redisplay } from '../state/customer-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { integer, mergeMetadata, metadata, object, oneOf, required, text } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'

const REDISPLAY = oneOf('always', 'limited', 'unspecified')
const CARD_PARAMS = { number: text(), token: text(), exp_month: integer(), exp_year: integer(), cvc: text() }

function mint(world: World, card: TestCard, customer: string | null): PaymentMethodRecord {
  const method: PaymentMethodRecord = {
    id: world.nextId('pm'),
    object: 'payment_method',
    allow_redisplay: 'unspecified',
    created: world.seconds(),
    customer,
    metadata: {},
    type: 'card',
    card: {
      brand: card.brand,
      country: 'US',
      exp_month: 12,
      exp_year: new Date(world.now()).getUTCFullYear() + 4,
      last4: card.number.slice(-4),
    },
    number: card.number,
    authenticated: false,
  }
  world.store.put('payment_method', method)
  return method
}

/** Attaches a payment method, or a fresh one for a magic id such as `pm_card_visa`, to a customer. */
export function attach(world: World, id: string, customer: CustomerRecord, param: string): PaymentMethodRecord {
  const card = cardOfToken(id)
  const before = card ? mint(world, card, null) : find(world, 'payment_method', id, param)
  if (before.customer === customer.id) return before
  if (before.customer !== null) {
    throw invalid('The payment method you provided has already been attached to a customer.', { param })
  }
  const attached = { ...before, customer: customer.id }
  world.store.put('payment_method', attached)
  emit(world, 'payment_method.attached', attached)
  return attached
}

/**
 * The payment method a payment names: one of the customer, or a magic id, for which a fresh one is made.
 * Stripe takes magic ids wherever a test payment method is allowed: https://docs.stripe.com/testing
 */
export function usableMethod(world: World, id: string, customer: CustomerRecord, param: string): PaymentMethodRecord {
  if (cardOfToken(id)) return attach(world, id, customer, param)
  const method = find(world, 'payment_method', id, param)
  if (method.customer === customer.id) return method
  throw invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    { code: 'resource_missing', param },
  )
}

function detach(world: World, before: PaymentMethodRecord): PaymentMethodRecord {
  if (before.customer === null) {
    throw invalid('The payment method you provided is not attached to a customer so detachment is impossible.')
  }
  const customer = world.store.get('customer', before.customer)
  if (customer?.invoice_settings.default_payment_method === before.id) {
    world.store.put('customer', { ...customer, invoice_settings: { default_payment_method: null } })
  }
  for (const subscription of world.store.all('subscription')) {
    if (subscription.default_payment_method !== before.id) continue
    world.store.put('subscription', { ...subscription, default_payment_method: null })
  }
  const after = { ...before, customer: null }
  world.store.put('payment_method', after)
  emit(world, 'payment_method.detached', after, before)
  return after
}

interface ListParams extends NonNullable<Parameters<typeof page>[2]> {
  readonly allow_redisplay?: Redisplay | undefined
}

const listFor = (world: World, url: string, customer: string | undefined, params: ListParams) => {
  const found = newestFirst(world, 'payment_method').filter(
    (method) =>
      method.customer !== null &&
      matches<string | null>(customer, method.customer) &&
      matches<Redisplay>(params.allow_redisplay, method.allow_redisplay),
  )
  return page(url, found, params, (method) => render(world, method))
}

const LIST = { ...LIST_PARAMS, allow_redisplay: REDISPLAY, type: oneOf('card') }

/** https://docs.stripe.com/api/payment_methods: test cards only. */
export const paymentMethodRoutes: readonly Route[] = [
  route(
    'POST',
    '/v1/payment_methods',
    { allow_redisplay: REDISPLAY, card: object(CARD_PARAMS), metadata: metadata(), type: required(oneOf('card')) },
    ({ world, params }) => {
      const { number, token } = params.card ?? {}
      const card = number !== undefined ? cardOfNumber(number) : cardOfToken(token ?? '')
      if (!card) {
        throw invalid('Your card number is incorrect: the sandbox knows the published test cards only.', {
          code: 'incorrect_number',
          param: 'card[number]',
        })
      }
      const method = {
        ...mint(world, card, null),
        allow_redisplay: params.allow_redisplay ?? 'unspecified',
        metadata: mergeMetadata({}, params.metadata),
      }
      world.store.put('payment_method', method)
      return render(world, method)
    },
  ),
  route('GET', '/v1/payment_methods/:id', {}, ({ world, id }) => render(world, find(world, 'payment_method', id))),
  route(
    'POST',
    '/v1/payment_methods/:id',
    { allow_redisplay: REDISPLAY, metadata: metadata() },
    ({ world, params, id }) => {
      const before = find(world, 'payment_method', id)
      const after: PaymentMethodRecord = {
        ...before,
        allow_redisplay: params.allow_redisplay ?? before.allow_redisplay,
        metadata: mergeMetadata(before.metadata, params.metadata),
      }
      world.store.put('payment_method', after)
      emit(world, 'payment_method.updated', after, before)
      return render(world, after)
    },
  ),
  route('POST', '/v1/payment_methods/:id/attach', { customer: required(text()) }, ({ world, params, id }) => {
    if (!cardOfToken(id) && !world.store.get('payment_method', id)) throw missing('PaymentMethod', id)
    return render(world, attach(world, id, findCustomer(world, params.customer), 'payment_method'))
  }),
  route('POST', '/v1/payment_methods/:id/detach', {}, ({ world, id }) =>
    render(world, detach(world, find(world, 'payment_method', id))),
  ),
  route('GET', '/v1/payment_methods', { ...LIST, customer: text() }, ({ world, params }) =>
    listFor(world, '/v1/payment_methods', params.customer, params),
  ),
  route('GET', '/v1/customers/:id/payment_methods', LIST, ({ world, params, id }) =>
    listFor(world, `/v1/customers/${id}/payment_methods`, findCustomer(world, id, 'id').id, params),
  ),
]
