import { expireSession } from '../billing/checkout.ts'
import { firstItems } from '../billing/subscribe.ts'
import { invalid } from '../errors.ts'
import type { CheckoutItem, CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  integer,
  list,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  range,
  required,
  text,
  type Values,
  whole,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { renderCheckoutItem } from '../wire/render-checkout.ts'
import { type Route, route } from '../wire/route.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'
import { BILLING_MODE } from './subscriptions.ts'

const MINUTE = 60
const DAY = 86_400

const CREATE = {
  cancel_url: text(),
  client_reference_id: text(),
  customer: text(),
  customer_email: text(),
  expires_at: integer(),
  line_items: list(object({ price: required(text()), quantity: whole() })),
  metadata: metadata(),
  mode: required(oneOf('subscription')),
  subscription_data: object({ billing_mode: BILLING_MODE, description: text(), metadata: metadata() }),
  success_url: required(text()),
  ui_mode: oneOf('hosted_page'),
}

function expiryOf(world: World, given: number | undefined): number {
  const now = world.seconds()
  if (given === undefined) return now + DAY
  if (given >= now + 30 * MINUTE && given <= now + DAY) return given
  throw invalid('The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.', {
    param: 'expires_at',
  })
}

function itemsOf(world: World, given: Values<typeof CREATE>['line_items']): CheckoutItem[] {
  if (!given?.length) {
    throw invalid('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' })
  }
  return given.map(({ price, quantity }, index) => {
    const { recurring } = find(world, 'price', price, `line_items[${index}][price]`)
    if (!recurring) throw invalid('You must provide at least one recurring price in `subscription` mode.')
    return { id: world.nextId('li'), price, quantity: quantity ?? 1 }
  })
}

function checkUrl(name: 'success_url' | 'cancel_url', url: string | undefined): void {
  if (url !== undefined && !/^https?:\/\//.test(url)) {
    throw invalid(`Not a valid URL: ${name}`, { code: 'url_invalid', param: name })
  }
}

function create(world: World, params: Values<typeof CREATE>): CheckoutSessionRecord {
  const { customer, subscription_data } = params
  if (customer !== undefined) {
    if (params.customer_email !== undefined) {
      throw invalid('You may only specify one of these parameters: customer, customer_email.')
    }
    findCustomer(world, customer)
  }
  checkUrl('success_url', params.success_url)
  checkUrl('cancel_url', params.cancel_url)
  const items = itemsOf(world, params.line_items)
  const billing_mode = subscription_data?.billing_mode?.type ?? 'flexible'
  // The same checks as when the subscription begins: one currency, intervals that go together.
  firstItems(
    world,
    items.map(({ price, quantity }) => ({ price, quantity })),
    billing_mode,
  )
  const amounts = items.map(({ price, quantity }) => find(world, 'price', price).unit_amount * quantity)
  return {
    id: `${world.nextId('cs_test')}${world.secret()}`,
    object: 'checkout.session',
    amount_total: amounts.reduce((sum, amount) => sum + amount, 0),
    billing_mode,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: world.seconds(),
    currency: find(world, 'price', items[0]?.price ?? '').currency,
    customer: customer ?? null,
    customer_email: params.customer_email ?? null,
    expires_at: expiryOf(world, params.expires_at),
    invoice: null,
    items,
    metadata: mergeMetadata({}, params.metadata),
    payment_status: 'unpaid',
    status: 'open',
    subscription: null,
    subscription_data: {
      description: subscription_data?.description ?? null,
      metadata: mergeMetadata({}, subscription_data?.metadata),
    },
    success_url: params.success_url,
  }
}

const LIST = {
  ...LIST_PARAMS,
  created: range(),
  customer: text(),
  status: oneOf('open', 'complete', 'expired'),
  subscription: text(),
}

/** https://docs.stripe.com/api/checkout/sessions: hosted pages that begin a subscription. */
export const checkoutSessionRoutes: readonly Route[] = [
  route('POST', '/v1/checkout/sessions', CREATE, ({ world, params }) => {
    const session = create(world, params)
    world.store.put('checkout_session', session)
    return render(world, session)
  }),
  route('GET', '/v1/checkout/sessions/:id', {}, ({ world, id }) => render(world, find(world, 'checkout_session', id))),
  route('POST', '/v1/checkout/sessions/:id/expire', {}, ({ world, id }) =>
    render(world, expireSession(world, find(world, 'checkout_session', id))),
  ),
  route('GET', '/v1/checkout/sessions', LIST, ({ world, params }) => {
    const found = newestFirst(world, 'checkout_session').filter(
      (session) =>
        matches<string | null>(params.customer, session.customer) &&
        matches<string>(params.status, session.status) &&
        matches<string | null>(params.subscription, session.subscription) &&
        (params.created?.(session.created) ?? true),
    )
    return page('/v1/checkout/sessions', found, params, (session) => render(world, session))
  }),
  route('GET', '/v1/checkout/sessions/:id/line_items', LIST_PARAMS, ({ world, params, id }) =>
    page(`/v1/checkout/sessions/${id}/line_items`, find(world, 'checkout_session', id).items, params, (item) =>
      renderCheckoutItem(world, item),
    ),
  ),
]
