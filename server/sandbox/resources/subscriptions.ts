import { endSubscription } from '../billing/ending.ts'
import { resumeSubscription } from '../billing/resuming.ts'
import { subscribe } from '../billing/subscribe.ts'
import { updateSubscription } from '../billing/update.ts'
import { invalid } from '../errors.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { mergeMetadata, object, oneOf, range, required, text, type Values } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { renderItem } from '../wire/render-subscription.ts'
import { type Route, route } from '../wire/route.ts'
import { usableMethod } from './payment-methods.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'
import {
  CANCEL,
  CREATE,
  checkPendingParams,
  collectionOf,
  firstTrial,
  PRORATION_BEHAVIOR,
  ratesOf,
  toRequest,
  UPDATE,
  withoutUnset,
} from './subscription-params.ts'

function create(world: World, params: Values<typeof CREATE>): SubscriptionRecord {
  if (params.payment_behavior === 'pending_if_incomplete') {
    throw invalid('Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.', {
      param: 'payment_behavior',
    })
  }
  const customer = findCustomer(world, params.customer)
  const method = params.default_payment_method
  return subscribe(world, {
    customer,
    items: params.items ?? [],
    behavior: params.payment_behavior ?? 'allow_incomplete',
    billingMode: params.billing_mode?.type ?? 'flexible',
    cancelAtPeriodEnd: params.cancel_at_period_end ?? false,
    collection: collectionOf(params),
    currency: params.currency,
    defaultPaymentMethod: method ? usableMethod(world, method, customer, 'default_payment_method').id : null,
    description: params.description ?? null,
    discounts: params.discounts ?? [],
    metadata: mergeMetadata({}, params.metadata),
    tax: {
      automatic: params.automatic_tax?.enabled ?? false,
      rates: ratesOf(world, params.default_tax_rates) ?? [],
    },
    trialEnd: firstTrial(world, params),
    trialSettings: params.trial_settings,
  })
}

function cancel(world: World, id: string, params: Values<typeof CANCEL>): SubscriptionRecord {
  const subscription = find(world, 'subscription', id)
  if (subscription.ended_at !== null) {
    throw invalid(`No such subscription: '${id}'`, { code: 'resource_missing', param: 'id' })
  }
  return endSubscription(world, subscription, {
    cancellation: withoutUnset(params.cancellation_details),
    invoiceNow: params.invoice_now ?? false,
    prorate: params.prorate ?? false,
  })
}

const LIST = {
  ...LIST_PARAMS,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  created: range(),
  customer: text(),
  price: text(),
  status: oneOf(
    'active',
    'trialing',
    'past_due',
    'paused',
    'unpaid',
    'incomplete',
    'incomplete_expired',
    'canceled',
    'ended',
    'all',
  ),
}

function hasStatus(subscription: SubscriptionRecord, wanted: Values<typeof LIST>['status']): boolean {
  const { status } = subscription
  if (wanted === 'all') return true
  if (wanted === 'ended') return status === 'canceled' || status === 'incomplete_expired'
  return wanted === undefined ? status !== 'canceled' : status === wanted
}

/** https://docs.stripe.com/api/subscriptions */
export const subscriptionRoutes: readonly Route[] = [
  route('POST', '/v1/subscriptions', CREATE, ({ world, params }) => render(world, create(world, params))),
  route('GET', '/v1/subscriptions/:id', {}, ({ world, id }) => render(world, find(world, 'subscription', id))),
  route('POST', '/v1/subscriptions/:id', UPDATE, ({ world, params, id }) => {
    const subscription = find(world, 'subscription', id)
    checkPendingParams(subscription, params)
    return render(world, updateSubscription(world, subscription, toRequest(world, subscription, params)))
  }),
  route('DELETE', '/v1/subscriptions/:id', CANCEL, ({ world, params, id }) => render(world, cancel(world, id, params))),
  route(
    'POST',
    '/v1/subscriptions/:id/resume',
    { billing_cycle_anchor: object({ type: required(oneOf('now')) }), proration_behavior: PRORATION_BEHAVIOR },
    ({ world, id }) => render(world, resumeSubscription(world, find(world, 'subscription', id))),
  ),
  route('GET', '/v1/subscriptions', LIST, ({ world, params }) => {
    const found = newestFirst(world, 'subscription').filter(
      (subscription) =>
        matches(params.customer, subscription.customer) &&
        matches(params.collection_method, subscription.collection.method) &&
        hasStatus(subscription, params.status) &&
        (params.price === undefined || subscription.items.some(({ price }) => price === params.price)) &&
        (params.created?.(subscription.created) ?? true),
    )
    return page('/v1/subscriptions', found, params, (subscription) => render(world, subscription))
  }),
  route('GET', '/v1/subscription_items', { ...LIST_PARAMS, subscription: required(text()) }, ({ world, params }) => {
    const { id, items } = find(world, 'subscription', params.subscription, 'subscription')
    return page('/v1/subscription_items', items, params, (item) => renderItem(world, id, item))
  }),
]
