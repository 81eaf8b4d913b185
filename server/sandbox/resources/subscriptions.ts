import { endSubscription } from '../billing/ending.ts'
import { resumeSubscription } from '../billing/resuming.ts'
import { subscribe } from '../billing/subscribe.ts'
import { type Ending, earliestPeriodEnd, latestPeriodEnd } from '../billing/subscription-state.ts'
import { checkedTrialEnd } from '../billing/trials.ts'
import { type UpdateRequest, updateSubscription } from '../billing/update.ts'
import { invalid } from '../errors.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  clearable,
  currencyCode,
  either,
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
import { renderItem } from '../wire/render-subscription.ts'
import { type Route, route } from '../wire/route.ts'
import { usableMethod } from './payment-methods.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'

/** One entry of `items`, also in previews. */
export const ITEM = {
  deleted: flag(),
  id: text(),
  metadata: clearable(metadata()),
  price: text(),
  quantity: whole(),
}

/** Also in previews. */
export const PRORATION_BEHAVIOR = oneOf('always_invoice', 'create_prorations', 'none')
export const ANCHOR = object({ type: required(oneOf('now', 'unchanged')) })
export const TRIAL_END = either(oneOf('now'), integer())
export const BILLING_MODE = object({ type: required(oneOf('classic', 'flexible')) })

const BEHAVIOR = oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete', 'pending_if_incomplete')
const SETTINGS = {
  cancel_at_period_end: flag(),
  collection_method: oneOf('charge_automatically'),
  default_payment_method: clearable(text()),
  description: clearable(text()),
  metadata: clearable(metadata()),
  off_session: flag(),
  payment_behavior: BEHAVIOR,
  proration_behavior: PRORATION_BEHAVIOR,
  trial_end: TRIAL_END,
  trial_settings: object({
    end_behavior: required(object({ missing_payment_method: required(oneOf('cancel', 'create_invoice', 'pause')) })),
  }),
}
const CREATE = {
  ...SETTINGS,
  billing_mode: BILLING_MODE,
  customer: required(text()),
  items: list(object({ metadata: metadata(), price: text(), quantity: whole() })),
  trial_from_plan: flag(),
  trial_period_days: whole(),
}
const ADDED_PRICE = object({
  currency: required(currencyCode()),
  product: required(text()),
  unit_amount: required(integer()),
})
const UPDATE = {
  ...SETTINGS,
  add_invoice_items: list(object({ discountable: flag(), price_data: required(ADDED_PRICE), quantity: whole() })),
  billing_cycle_anchor: ANCHOR,
  cancel_at: clearable(either(oneOf('min_period_end', 'max_period_end'), integer())),
  cancellation_details: object({ comment: clearable(text()), feedback: clearable(text()) }),
  items: list(object(ITEM)),
  proration_date: integer(),
}
type Update = Values<typeof UPDATE>

// https://docs.stripe.com/billing/subscriptions/pending-updates-reference; metadata since 2026-05-27.dahlia,
// cancel_at_period_end since 2026-09-30.endive.
const ALLOWED_WHILE_PENDING: ReadonlySet<string> = new Set([
  'add_invoice_items',
  'billing_cycle_anchor',
  'cancel_at_period_end',
  'items',
  'metadata',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
])

function checkPendingParams(params: Update): void {
  if (params.payment_behavior !== 'pending_if_incomplete') return
  const given = Object.entries(params).filter(([, value]) => value !== undefined)
  const param =
    given.find(([name]) => !ALLOWED_WHILE_PENDING.has(name))?.[0] ??
    (params.items?.some((item) => item.metadata !== undefined) ? 'items[metadata]' : undefined)
  if (param === undefined) return
  throw invalid(`You cannot set \`${param}\` when \`payment_behavior\` is \`pending_if_incomplete\`.`, { param })
}

function endingOf(world: World, subscription: SubscriptionRecord, params: Update): Ending | undefined {
  const { cancel_at, cancel_at_period_end } = params
  if (cancel_at === undefined && cancel_at_period_end === undefined) return undefined
  if (subscription.schedule !== null) {
    throw invalid(
      `The subscription is managed by the subscription schedule \`${subscription.schedule}\`, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
    )
  }
  if (cancel_at && cancel_at_period_end) {
    throw invalid('You may only specify one of these parameters: cancel_at, cancel_at_period_end.', {
      param: 'cancel_at',
    })
  }
  if (cancel_at) return { at: instantOf(world, subscription, cancel_at) }
  return cancel_at_period_end ? 'at_period_end' : 'never'
}

function instantOf(
  world: World,
  subscription: SubscriptionRecord,
  at: 'min_period_end' | 'max_period_end' | number,
): number {
  if (at === 'min_period_end') return earliestPeriodEnd(subscription)
  if (at === 'max_period_end') return latestPeriodEnd(subscription)
  if (at > world.seconds()) return at
  throw invalid('Invalid timestamp: must be an integer Unix timestamp in the future.', { param: 'cancel_at' })
}

/** Until when a new subscription is free, if at all. */
function firstTrial(world: World, params: Values<typeof CREATE>): number | null {
  const { items, trial_end, trial_from_plan, trial_period_days } = params
  if (trial_end === 'now') return null
  if (trial_end !== undefined) return checkedTrialEnd(world, trial_end)
  const ofPrices = trial_from_plan
    ? (items ?? []).map(
        ({ price }) => find(world, 'price', price ?? '', 'items[0][price]').recurring?.trial_period_days ?? 0,
      )
    : []
  const days = trial_period_days ?? Math.max(0, ...ofPrices)
  return days === 0 ? null : checkedTrialEnd(world, world.seconds() + days * 86_400)
}

const withoutUnset = ({ comment, feedback }: NonNullable<Update['cancellation_details']>) => ({
  ...(comment !== undefined && { comment }),
  ...(feedback !== undefined && { feedback }),
})

function toRequest(world: World, subscription: SubscriptionRecord, params: Update): UpdateRequest {
  const resetAnchor = params.billing_cycle_anchor?.type === 'now'
  const method = params.default_payment_method
  return {
    behavior: params.payment_behavior ?? 'allow_incomplete',
    ending: endingOf(world, subscription, params),
    cancellation: params.cancellation_details && withoutUnset(params.cancellation_details),
    change:
      params.items || resetAnchor || params.proration_date !== undefined || params.trial_end !== undefined
        ? {
            items: params.items ?? [],
            proration: params.proration_behavior ?? 'create_prorations',
            prorationDate: params.proration_date,
            resetAnchor,
            trialEnd: params.trial_end,
          }
        : null,
    defaultPaymentMethod:
      method && usableMethod(world, method, findCustomer(world, subscription.customer), 'default_payment_method').id,
    added: params.add_invoice_items,
    description: params.description,
    metadata: params.metadata,
    trialSettings: params.trial_settings,
  }
}

const CANCELLATION = object({ comment: clearable(text()), feedback: clearable(text()) })
const CANCEL = { cancellation_details: CANCELLATION, invoice_now: flag(), prorate: flag() }

function cancel(world: World, id: string, params: Values<typeof CANCEL>): SubscriptionRecord {
  const subscription = find(world, 'subscription', id)
  const { cancellation_details: details, invoice_now, prorate } = params
  if (subscription.ended_at === null) {
    return endSubscription(world, subscription, {
      cancellation: withoutUnset(details ?? { comment: undefined, feedback: undefined }),
      invoiceNow: invoice_now ?? false,
      prorate: prorate ?? false,
    })
  }
  throw invalid(`No such subscription: '${id}'`, { code: 'resource_missing', param: 'id' })
}

const LIST = {
  ...LIST_PARAMS,
  created: range(),
  customer: text(),
  price: text(),
  status: oneOf(
    'active',
    'trialing',
    'past_due',
    'paused',
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
  route('POST', '/v1/subscriptions', CREATE, ({ world, params }) => {
    if (params.payment_behavior === 'pending_if_incomplete') {
      throw invalid(
        'Setting `payment_behavior` to `pending_if_incomplete` has no effect when creating a subscription.',
        { param: 'payment_behavior' },
      )
    }
    const customer = findCustomer(world, params.customer)
    const method = params.default_payment_method
    const subscription = subscribe(world, {
      customer,
      items: params.items ?? [],
      behavior: params.payment_behavior ?? 'allow_incomplete',
      billingMode: params.billing_mode?.type ?? 'flexible',
      cancelAtPeriodEnd: params.cancel_at_period_end ?? false,
      defaultPaymentMethod: method ? usableMethod(world, method, customer, 'default_payment_method').id : null,
      description: params.description ?? null,
      metadata: mergeMetadata({}, params.metadata),
      trialEnd: firstTrial(world, params),
      trialSettings: params.trial_settings,
    })
    return render(world, subscription)
  }),
  route('GET', '/v1/subscriptions/:id', {}, ({ world, id }) => render(world, find(world, 'subscription', id))),
  route('POST', '/v1/subscriptions/:id', UPDATE, ({ world, params, id }) => {
    const subscription = find(world, 'subscription', id)
    checkPendingParams(params)
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
