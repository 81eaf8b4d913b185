import { amountOf } from '../billing/amounts.ts'
import type { ChangeRequest } from '../billing/change.ts'
import { redeemAll } from '../billing/redeeming.ts'
import { type Ending, earliestPeriodEnd, latestPeriodEnd } from '../billing/subscription-state.ts'
import { lacksPlace, locationInvalid } from '../billing/taxes.ts'
import { placeOf } from '../billing/terms.ts'
import { checkedTrialEnd } from '../billing/trials.ts'
import type { UpdateRequest } from '../billing/update.ts'
import { invalid } from '../errors.ts'
import type { Collection } from '../state/invoice-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import {
  clearable,
  currencyCode,
  either,
  flag,
  integer,
  list,
  metadata,
  object,
  oneOf,
  required,
  text,
  type Values,
  whole,
} from '../wire/params.ts'
import { usableMethod } from './payment-methods.ts'
import { find, findCustomer } from './shared.ts'

/** One entry of `items`, also in previews. */
export const ITEM = {
  deleted: flag(),
  id: text(),
  metadata: clearable(metadata()),
  price: text(),
  quantity: whole(),
}

export const PRORATION_BEHAVIOR = oneOf('always_invoice', 'create_prorations', 'none')
export const ANCHOR = object({ type: required(oneOf('now', 'unchanged')) })
export const TRIAL_END = either(oneOf('now'), integer())
export const BILLING_MODE = object({ type: required(oneOf('classic', 'flexible')) })
export const DISCOUNTS = clearable(list(object({ coupon: text(), discount: text(), promotion_code: text() })))
export const AUTOMATIC_TAX = object({ enabled: required(flag()) })
export const TAX_RATES = clearable(list(text()))
const CANCELLATION = object({ comment: clearable(text()), feedback: clearable(text()) })

const SETTINGS = {
  automatic_tax: AUTOMATIC_TAX,
  cancel_at_period_end: flag(),
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  days_until_due: whole(),
  default_payment_method: clearable(text()),
  default_tax_rates: TAX_RATES,
  description: clearable(text()),
  discounts: DISCOUNTS,
  metadata: clearable(metadata()),
  off_session: flag(),
  payment_behavior: oneOf('allow_incomplete', 'default_incomplete', 'error_if_incomplete', 'pending_if_incomplete'),
  proration_behavior: PRORATION_BEHAVIOR,
  trial_end: TRIAL_END,
  trial_settings: object({
    end_behavior: required(object({ missing_payment_method: required(oneOf('cancel', 'create_invoice', 'pause')) })),
  }),
}
export const CREATE = {
  ...SETTINGS,
  billing_mode: BILLING_MODE,
  currency: currencyCode(),
  customer: required(text()),
  items: list(object({ metadata: metadata(), price: text(), quantity: whole() })),
  trial_from_plan: flag(),
  trial_period_days: whole(),
}
const ADDED_PRICE = object({
  currency: required(currencyCode()),
  product: required(text()),
  tax_behavior: oneOf('exclusive', 'inclusive', 'unspecified'),
  unit_amount: required(integer()),
})
export const ADDED_ITEMS = list(object({ discountable: flag(), price_data: required(ADDED_PRICE), quantity: whole() }))
export const UPDATE = {
  ...SETTINGS,
  add_invoice_items: ADDED_ITEMS,
  billing_cycle_anchor: ANCHOR,
  cancel_at: clearable(either(oneOf('min_period_end', 'max_period_end'), integer())),
  cancellation_details: CANCELLATION,
  items: list(object(ITEM)),
  pause_collection: clearable(
    object({ behavior: required(oneOf('keep_as_draft', 'mark_uncollectible', 'void')), resumes_at: integer() }),
  ),
  proration_date: integer(),
}
export const CANCEL = { cancellation_details: CANCELLATION, invoice_now: flag(), prorate: flag() }
type Create = Values<typeof CREATE>
type Update = Values<typeof UPDATE>

// https://docs.stripe.com/billing/subscriptions/pending-updates-reference; metadata and discounts since
// 2026-05-27.dahlia, cancel_at_period_end since 2026-09-30.endive.
const ALLOWED_WHILE_PENDING: ReadonlySet<string> = new Set([
  'add_invoice_items',
  'billing_cycle_anchor',
  'cancel_at_period_end',
  'discounts',
  'items',
  'metadata',
  'payment_behavior',
  'proration_behavior',
  'proration_date',
  'trial_end',
])

/** Refuses what cannot wait for a payment. */
export function checkPendingParams(subscription: SubscriptionRecord, params: Update): void {
  if (params.payment_behavior !== 'pending_if_incomplete') return
  if (subscription.collection.method === 'send_invoice') {
    throw invalid('`payment_behavior=pending_if_incomplete` needs `collection_method=charge_automatically`.', {
      param: 'payment_behavior',
    })
  }
  const given = Object.entries(params).filter(([, value]) => value !== undefined)
  const param =
    given.find(([name]) => !ALLOWED_WHILE_PENDING.has(name))?.[0] ??
    (params.items?.some((item) => item.metadata !== undefined) ? 'items[metadata]' : undefined)
  if (param === undefined) return
  throw invalid(`You cannot set \`${param}\` when \`payment_behavior\` is \`pending_if_incomplete\`.`, { param })
}

/** How invoices are collected, from what was given; `before` where nothing was. */
export function collectionOf(
  { collection_method: method, days_until_due: days }: Pick<Create, 'collection_method' | 'days_until_due'>,
  before: Collection = { method: 'charge_automatically' },
): Collection {
  const wanted = method ?? before.method
  if (wanted === 'charge_automatically') {
    if (days === undefined) return { method: wanted }
    throw invalid('You can only set `days_until_due` if `collection_method` is `send_invoice`.', {
      param: 'days_until_due',
    })
  }
  const known = days ?? (before.method === 'send_invoice' ? before.days : undefined)
  if (known !== undefined) return { method: wanted, days: known }
  throw invalid('Missing required param: days_until_due.', { code: 'parameter_missing', param: 'days_until_due' })
}

/** Until when a new subscription is free, if at all. */
export function firstTrial(
  world: World,
  { items, trial_end, trial_from_plan, trial_period_days }: Create,
): number | null {
  if (trial_end === 'now') return null
  if (trial_end !== undefined) return checkedTrialEnd(world, trial_end)
  const daysOf = (price = '') => find(world, 'price', price, 'items[0][price]').recurring?.trial_period_days ?? 0
  const ofPrices = trial_from_plan ? (items ?? []).map(({ price }) => daysOf(price)) : []
  const days = trial_period_days ?? Math.max(0, ...ofPrices)
  return days === 0 ? null : checkedTrialEnd(world, world.seconds() + days * 86_400)
}

/** Tax rates that exist. */
export const ratesOf = (world: World, ids: readonly string[] | null | undefined): readonly string[] | undefined =>
  ids === undefined
    ? undefined
    : (ids ?? []).map((id, index) => find(world, 'tax_rate', id, `default_tax_rates[${index}]`).id)

/** The details that were given. */
export const withoutUnset = (details: Values<typeof CANCEL>['cancellation_details']) => ({
  ...(details?.comment !== undefined && { comment: details.comment }),
  ...(details?.feedback !== undefined && { feedback: details.feedback }),
})

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

/** Redeems the discounts that a subscription is to have; undefined leaves those it has. */
export function discountsFor(
  world: World,
  subscription: SubscriptionRecord,
  wishes: Update['discounts'],
): readonly string[] | undefined {
  if (wishes === undefined) return undefined
  const { currency, id } = subscription
  const subtotal = subscription.items.reduce(
    (sum, item) => sum + amountOf(find(world, 'price', item.price), item.quantity, currency),
    0,
  )
  const customer = findCustomer(world, subscription.customer)
  return redeemAll(world, wishes ?? [], { customer, currency, subscription: id, subtotal })
}

function changeOf(params: Update): ChangeRequest | null {
  const resetAnchor = params.billing_cycle_anchor?.type === 'now'
  const { items, proration_date, trial_end } = params
  if (!items && !resetAnchor && proration_date === undefined && trial_end === undefined) return null
  return {
    items: items ?? [],
    proration: params.proration_behavior ?? 'create_prorations',
    prorationDate: proration_date,
    resetAnchor,
    trialEnd: trial_end,
  }
}

/** What the parameters of an update ask for. */
export function toRequest(world: World, subscription: SubscriptionRecord, params: Update): UpdateRequest {
  const method = params.default_payment_method
  const customer = findCustomer(world, subscription.customer)
  const tax = { automatic: params.automatic_tax?.enabled, rates: ratesOf(world, params.default_tax_rates) }
  if (tax.automatic && lacksPlace({ automatic: true, rates: [] }, placeOf(customer))) throw locationInvalid()
  const collected = params.collection_method !== undefined || params.days_until_due !== undefined
  return {
    added: params.add_invoice_items,
    behavior: params.payment_behavior ?? 'allow_incomplete',
    cancellation: params.cancellation_details && withoutUnset(params.cancellation_details),
    change: changeOf(params),
    collection: collected ? collectionOf(params, subscription.collection) : undefined,
    defaultPaymentMethod: method && usableMethod(world, method, customer, 'default_payment_method').id,
    description: params.description,
    discounts: discountsFor(world, subscription, params.discounts),
    ending: endingOf(world, subscription, params),
    metadata: params.metadata,
    pauseCollection: params.pause_collection && {
      behavior: params.pause_collection.behavior,
      resumes_at: params.pause_collection.resumes_at ?? null,
    },
    tax,
    trialSettings: params.trial_settings,
  }
}
