import { invalid } from '../errors.ts'
import type {
  PortalConfigurationRecord,
  PortalFeatures,
  PortalFlow,
  PortalSessionRecord,
} from '../state/portal-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  clearable,
  flag,
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
import { type Route, route } from '../wire/route.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'
import { PRORATION_BEHAVIOR } from './subscription-params.ts'

const SWITCH = object({ enabled: required(flag()) })
const FEATURES = object({
  customer_update: object({ allowed_updates: clearable(list(text())), enabled: flag() }),
  invoice_history: SWITCH,
  payment_method_update: SWITCH,
  subscription_cancel: object({
    enabled: flag(),
    mode: oneOf('at_period_end', 'immediately'),
    proration_behavior: PRORATION_BEHAVIOR,
  }),
  subscription_update: object({
    default_allowed_updates: clearable(list(oneOf('price', 'promotion_code', 'quantity'))),
    enabled: flag(),
    products: clearable(list(object({ prices: required(list(text())), product: required(text()) }))),
    proration_behavior: PRORATION_BEHAVIOR,
  }),
})
const PROFILE = { headline: clearable(text()), privacy_policy_url: text(), terms_of_service_url: text() }
const CONFIGURATION = {
  business_profile: object(PROFILE),
  default_return_url: clearable(text()),
  features: FEATURES,
  metadata: clearable(metadata()),
  name: clearable(text()),
}
/** An address that there is can be taken away; one that begins without it leaves it out. */
const CHANGES = {
  ...CONFIGURATION,
  active: flag(),
  business_profile: object({
    ...PROFILE,
    privacy_policy_url: clearable(text()),
    terms_of_service_url: clearable(text()),
  }),
}
type Given = Omit<Values<typeof CHANGES>, 'active'>

const NOTHING: PortalFeatures = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false },
  subscription_cancel: { enabled: false, mode: 'at_period_end', proration_behavior: 'none' },
  subscription_update: { default_allowed_updates: [], enabled: false, products: [], proration_behavior: 'none' },
}
const USUAL: PortalFeatures = {
  ...NOTHING,
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { ...NOTHING.subscription_cancel, enabled: true },
}

/** What was given, be it nothing; what there was where nothing was said. */
const kept = <T>(given: T | null | undefined, before: T | null): T | null => (given === undefined ? before : given)

function featuresOf(before: PortalFeatures, given: Given['features']): PortalFeatures {
  const updates = given?.subscription_update
  const cancel = given?.subscription_cancel
  const customer = given?.customer_update
  const adjustable = { enabled: false, maximum: null, minimum: 1 }
  return {
    customer_update: {
      allowed_updates: kept(customer?.allowed_updates, before.customer_update.allowed_updates) ?? [],
      enabled: customer?.enabled ?? before.customer_update.enabled,
    },
    invoice_history: given?.invoice_history ?? before.invoice_history,
    payment_method_update: given?.payment_method_update ?? before.payment_method_update,
    subscription_cancel: {
      enabled: cancel?.enabled ?? before.subscription_cancel.enabled,
      mode: cancel?.mode ?? before.subscription_cancel.mode,
      proration_behavior: cancel?.proration_behavior ?? before.subscription_cancel.proration_behavior,
    },
    subscription_update: {
      ...before.subscription_update,
      ...(updates?.default_allowed_updates && { default_allowed_updates: [...updates.default_allowed_updates] }),
      ...(updates?.products && {
        products: updates.products.map(({ prices, product }) => ({
          adjustable_quantity: adjustable,
          prices: [...prices],
          product,
        })),
      }),
      ...(updates?.proration_behavior && { proration_behavior: updates.proration_behavior }),
      enabled: updates?.enabled ?? before.subscription_update.enabled,
    },
  }
}

function configure(world: World, before: PortalConfigurationRecord, given: Given): PortalConfigurationRecord {
  const profile = given.business_profile
  const after: PortalConfigurationRecord = {
    ...before,
    business_profile: {
      headline: kept(profile?.headline, before.business_profile.headline),
      privacy_policy_url: kept(profile?.privacy_policy_url, before.business_profile.privacy_policy_url),
      terms_of_service_url: kept(profile?.terms_of_service_url, before.business_profile.terms_of_service_url),
    },
    default_return_url: kept(given.default_return_url, before.default_return_url),
    features: featuresOf(before.features, given.features),
    metadata: mergeMetadata(before.metadata, given.metadata),
    name: kept(given.name, before.name),
    updated: world.seconds(),
  }
  world.store.put('portal_configuration', after)
  return after
}

const newConfiguration = (world: World, features: PortalFeatures, is_default: boolean): PortalConfigurationRecord => ({
  id: world.nextId('bpc'),
  object: 'billing_portal.configuration',
  active: true,
  business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
  created: world.seconds(),
  default_return_url: null,
  features,
  is_default,
  metadata: {},
  name: null,
  updated: world.seconds(),
})

/** The configuration that sessions have without naming one, made when it is first needed. */
function usualConfiguration(world: World): PortalConfigurationRecord {
  const known = world.store.all('portal_configuration').find(({ is_default }) => is_default)
  if (known) return known
  const made = newConfiguration(world, USUAL, true)
  world.store.put('portal_configuration', made)
  return made
}

const SESSION = {
  configuration: text(),
  customer: required(text()),
  flow_data: object({
    after_completion: object({ redirect: object({ return_url: required(text()) }), type: required(oneOf('redirect')) }),
    subscription_cancel: object({ subscription: required(text()) }),
    subscription_update_confirm: object({
      items: required(list(object({ id: required(text()), price: text(), quantity: whole() }))),
      subscription: required(text()),
    }),
    type: required(oneOf('payment_method_update', 'subscription_cancel', 'subscription_update_confirm')),
  }),
  locale: text(),
  return_url: text(),
}

function flowOf(world: World, customer: string, given: Values<typeof SESSION>['flow_data']): PortalFlow | null {
  if (!given) return null
  const return_url = given.after_completion?.redirect?.return_url ?? null
  if (given.type === 'payment_method_update') return { type: given.type, return_url }
  const details = given[given.type]
  if (!details) {
    throw invalid(`Missing required param: flow_data[${given.type}].`, {
      code: 'parameter_missing',
      param: `flow_data[${given.type}]`,
    })
  }
  const param = `flow_data[${given.type}][subscription]`
  const subscription = find(world, 'subscription', details.subscription, param)
  if (subscription.customer !== customer) throw invalid('The subscription is of another customer.', { param })
  if (given.type === 'subscription_cancel') return { type: given.type, subscription: subscription.id, return_url }
  const items = given.subscription_update_confirm?.items ?? []
  return {
    type: given.type,
    items: items.map(({ id, price, quantity }) => ({ id, price: price ?? null, quantity: quantity ?? null })),
    return_url,
    subscription: subscription.id,
  }
}

/** https://docs.stripe.com/api/customer_portal */
export const portalRoutes: readonly Route[] = [
  route('POST', '/v1/billing_portal/configurations', CONFIGURATION, ({ world, params }) =>
    render(world, configure(world, newConfiguration(world, NOTHING, false), params)),
  ),
  route('GET', '/v1/billing_portal/configurations/:id', {}, ({ world, id }) =>
    render(world, find(world, 'portal_configuration', id)),
  ),
  route('POST', '/v1/billing_portal/configurations/:id', CHANGES, ({ world, params, id }) => {
    const before = find(world, 'portal_configuration', id)
    return render(world, configure(world, { ...before, active: params.active ?? before.active }, params))
  }),
  route(
    'GET',
    '/v1/billing_portal/configurations',
    { ...LIST_PARAMS, active: flag(), is_default: flag() },
    ({ world, params }) => {
      const found = newestFirst(world, 'portal_configuration').filter(
        (one) => matches(params.active, one.active) && matches(params.is_default, one.is_default),
      )
      return page('/v1/billing_portal/configurations', found, params, (one) => render(world, one))
    },
  ),
  route('POST', '/v1/billing_portal/sessions', SESSION, ({ world, params }) => {
    const customer = findCustomer(world, params.customer).id
    const session: PortalSessionRecord = {
      id: world.nextId('bps'),
      object: 'billing_portal.session',
      configuration: params.configuration
        ? find(world, 'portal_configuration', params.configuration, 'configuration').id
        : usualConfiguration(world).id,
      created: world.seconds(),
      customer,
      flow: flowOf(world, customer, params.flow_data),
      return_url: params.return_url ?? null,
    }
    world.store.put('portal_session', session)
    return render(world, session)
  }),
]
