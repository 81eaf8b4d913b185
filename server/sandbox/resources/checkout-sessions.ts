import { billed, expireSession } from '../billing/checkout.ts'
import { firstItems } from '../billing/subscribe.ts'
import { lacksPlace } from '../billing/taxes.ts'
import { placeOf } from '../billing/terms.ts'
import { checkedTrialEnd } from '../billing/trials.ts'
import { invalid } from '../errors.ts'
import type { CheckoutItem, CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  currencyCode,
  flag,
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
import { AUTOMATIC_TAX, BILLING_MODE, ratesOf, TAX_RATES } from './subscription-params.ts'

const MINUTE = 60
const DAY = 86_400

const CREATE = {
  allow_promotion_codes: flag(),
  automatic_tax: AUTOMATIC_TAX,
  billing_address_collection: oneOf('auto', 'required'),
  cancel_url: text(),
  client_reference_id: text(),
  currency: currencyCode(),
  customer: text(),
  customer_email: text(),
  customer_update: object({ address: oneOf('auto', 'never'), name: oneOf('auto', 'never') }),
  discounts: list(object({ coupon: text(), promotion_code: text() })),
  expires_at: integer(),
  line_items: list(
    object({
      adjustable_quantity: object({ enabled: required(flag()), maximum: whole(), minimum: whole() }),
      price: required(text()),
      quantity: whole(),
    }),
  ),
  locale: text(),
  metadata: metadata(),
  mode: required(oneOf('subscription')),
  payment_method_collection: oneOf('always', 'if_required'),
  redirect_on_completion: oneOf('always', 'if_required', 'never'),
  return_url: text(),
  subscription_data: object({
    billing_mode: BILLING_MODE,
    default_tax_rates: TAX_RATES,
    description: text(),
    metadata: metadata(),
    trial_end: integer(),
    trial_period_days: whole(),
    trial_settings: object({
      end_behavior: required(object({ missing_payment_method: required(oneOf('cancel', 'create_invoice', 'pause')) })),
    }),
  }),
  success_url: text(),
  tax_id_collection: object({ enabled: required(flag()) }),
  ui_mode: oneOf('hosted_page', 'embedded_page'),
}
type Create = Values<typeof CREATE>

function expiryOf(world: World, given: number | undefined): number {
  const now = world.seconds()
  if (given === undefined) return now + DAY
  if (given >= now + 30 * MINUTE && given <= now + DAY) return given
  throw invalid('The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.', {
    param: 'expires_at',
  })
}

function itemsOf(world: World, given: Create['line_items']): CheckoutItem[] {
  if (!given?.length) {
    throw invalid('Missing required param: line_items.', { code: 'parameter_missing', param: 'line_items' })
  }
  return given.map(({ adjustable_quantity: bounds, price, quantity }, index) => {
    const { recurring } = find(world, 'price', price, `line_items[${index}][price]`)
    if (!recurring) throw invalid('You must provide at least one recurring price in `subscription` mode.')
    const adjustable = bounds?.enabled ? { minimum: bounds.minimum ?? 0, maximum: bounds.maximum ?? 99 } : null
    const count = recurring.usage_type === 'metered' ? null : (quantity ?? 1)
    return { id: world.nextId('li'), adjustable, price, quantity: count }
  })
}

function checkUrl(name: 'success_url' | 'cancel_url' | 'return_url', url: string | undefined): void {
  if (url !== undefined && !/^https?:\/\//.test(url)) {
    throw invalid(`Not a valid URL: ${name}`, { code: 'url_invalid', param: name })
  }
}

/** A hosted page leads on to `success_url`; an embedded one to `return_url`, unless it never leads anywhere. */
function checkWayBack(params: Create): void {
  const embedded = params.ui_mode === 'embedded_page'
  const stays = params.redirect_on_completion === 'never'
  checkUrl('success_url', params.success_url)
  checkUrl('cancel_url', params.cancel_url)
  checkUrl('return_url', params.return_url)
  const needed = embedded ? 'return_url' : 'success_url'
  if (params[needed] === undefined && !(embedded && stays)) {
    throw invalid(`Missing required param: ${needed}.`, { code: 'parameter_missing', param: needed })
  }
  const wrong = embedded
    ? (['success_url', 'cancel_url'] as const)
    : (['return_url', 'redirect_on_completion'] as const)
  for (const param of wrong) {
    if (params[param] === undefined) continue
    throw invalid(`You cannot pass \`${param}\` when \`ui_mode\` is \`${params.ui_mode ?? 'hosted_page'}\`.`, { param })
  }
}

function trialOf(world: World, data: Create['subscription_data']): number | null {
  if (data?.trial_end !== undefined) return checkedTrialEnd(world, data.trial_end)
  return data?.trial_period_days ? checkedTrialEnd(world, world.seconds() + data.trial_period_days * DAY) : null
}

/** What the page asks for has to be kept on a customer that there is already. */
function checkUpdates({ automatic_tax, customer_update: kept, tax_id_collection }: Create, customer: CustomerRecord) {
  const tax = { automatic: automatic_tax?.enabled ?? false, rates: [] }
  if (lacksPlace(tax, placeOf(customer)) && kept?.address !== 'auto') {
    throw invalid(
      "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set `customer_update[address]` to 'auto' to save the address entered in Checkout to the Customer.",
      { code: 'customer_tax_location_invalid' },
    )
  }
  if (tax_id_collection?.enabled && kept?.name !== 'auto') {
    throw invalid("Tax ID collection with a customer requires `customer_update[name]` to be 'auto'.", {
      param: 'customer_update[name]',
    })
  }
}

function create(world: World, params: Create): CheckoutSessionRecord {
  const { customer, subscription_data: data } = params
  if (customer !== undefined) {
    if (params.customer_email !== undefined) {
      throw invalid('You may only specify one of these parameters: customer, customer_email.')
    }
    checkUpdates(params, findCustomer(world, customer))
  } else if (params.customer_update) {
    throw invalid('`customer_update` can only be used with `customer`.', { param: 'customer_update' })
  }
  if (params.allow_promotion_codes && params.discounts) {
    throw invalid('You may only specify one of these parameters: allow_promotion_codes, discounts.')
  }
  checkWayBack(params)
  const items = itemsOf(world, params.line_items)
  const billing_mode = data?.billing_mode?.type ?? 'flexible'
  const currency = params.currency ?? find(world, 'price', items[0]?.price ?? '').currency
  // The same checks as when the subscription begins: one currency, intervals that go together.
  firstItems(world, items.map(toSold), { billingMode: billing_mode, currency })
  const id = `${world.nextId('cs_test')}${world.secret()}`
  const embedded = params.ui_mode === 'embedded_page'
  return billed(world, {
    id,
    object: 'checkout.session',
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    billing_address_collection: params.billing_address_collection ?? null,
    billing_mode,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: embedded ? `${id}_secret_${world.secret()}` : null,
    country: null,
    created: world.seconds(),
    currency,
    customer: customer ?? null,
    customer_email: params.customer_email ?? null,
    discounts: params.discounts ?? [],
    expires_at: expiryOf(world, params.expires_at),
    invoice: null,
    items,
    metadata: mergeMetadata({}, params.metadata),
    payment_method_collection: params.payment_method_collection ?? 'always',
    payment_status: 'unpaid',
    redirect_on_completion: embedded ? (params.redirect_on_completion ?? 'always') : null,
    return_url: params.return_url ?? null,
    status: 'open',
    subscription: null,
    subscription_data: {
      description: data?.description ?? null,
      metadata: mergeMetadata({}, data?.metadata),
      trial_end: trialOf(world, data),
      trial_settings: data?.trial_settings,
    },
    success_url: params.success_url ?? null,
    tax: { automatic: params.automatic_tax?.enabled ?? false, rates: ratesOf(world, data?.default_tax_rates) ?? [] },
    tax_ids: params.tax_id_collection?.enabled ?? false,
    ui_mode: params.ui_mode ?? 'hosted_page',
  })
}

/** An item as a subscription takes it. */
const toSold = ({ price, quantity }: CheckoutItem) => ({ price, ...(quantity !== null && { quantity }) })

const LIST = {
  ...LIST_PARAMS,
  created: range(),
  customer: text(),
  status: oneOf('open', 'complete', 'expired'),
  subscription: text(),
}

/** https://docs.stripe.com/api/checkout/sessions: pages that begin a subscription, hosted or embedded. */
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
  route('GET', '/v1/checkout/sessions/:id/line_items', LIST_PARAMS, ({ world, params, id }) => {
    const session = find(world, 'checkout_session', id)
    return page(`/v1/checkout/sessions/${id}/line_items`, session.items, params, (item) =>
      renderCheckoutItem(world, session, item),
    )
  }),
]
