import { invalid } from '../errors.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { Collection } from '../state/invoice-records.ts'
import type { Metadata } from '../state/own-records.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { amountOf } from './amounts.ts'
import { collect, type PaymentBehavior } from './collecting.ts'
import { buildInvoice, type InvoicePlan, issueInvoice, waitingLines } from './invoicing.ts'
import { checkIntervals, type ItemChange, newItem } from './items.ts'
import { isMetered, priceOf, regularLine, trialLine } from './lines.ts'
import { periodAround } from './periods.ts'
import { type DiscountWish, redeemAll } from './redeeming.ts'
import { bookDebits, endingWith } from './subscription-state.ts'
import { checkTaxed, lacksPlace, locationInvalid, type TaxSetting } from './taxes.ts'
import { placeOf, termsOf } from './terms.ts'
import { trialPeriod } from './trials.ts'

/** A subscription to begin now. */
export interface SubscribeRequest {
  readonly customer: CustomerRecord
  readonly items: readonly ItemChange[]
  readonly behavior: PaymentBehavior
  readonly billingMode: 'classic' | 'flexible'
  readonly cancelAtPeriodEnd: boolean
  readonly collection: Collection
  readonly currency: string | undefined
  readonly defaultPaymentMethod: string | null
  readonly description: string | null
  readonly discounts: readonly DiscountWish[]
  readonly metadata: Metadata
  /** Nothing is charged until then. */
  readonly trialEnd: number | null
  readonly tax: TaxSetting
  readonly trialSettings: SubscriptionRecord['trial_settings'] | undefined
}

/** What the first items of a subscription depend on. */
export interface FirstTerms {
  readonly billingMode: 'classic' | 'flexible'
  /** Of the first price, unless given. */
  readonly currency?: string | undefined
  readonly trialEnd?: number | null
}

/** The items of a subscription that starts at `now`, each with its first period. */
export function firstItems(
  world: World,
  changes: readonly ItemChange[],
  { billingMode, currency: asked, trialEnd = null }: FirstTerms,
): readonly SubscriptionItemRecord[] {
  if (changes.length === 0) {
    throw invalid('Missing required param: items.', { code: 'parameter_missing', param: 'items' })
  }
  const currency = asked ?? (changes[0]?.price ? priceOf(world, changes[0].price).currency : null)
  const now = world.seconds()
  const items = changes.map((change, index) => {
    const item = newItem(world, currency, change, `items[${index}]`)
    if (trialEnd !== null) return trialPeriod(item, now, trialEnd)
    const recurring = priceOf(world, item.price).recurring
    const period = recurring ? periodAround(now, recurring, now) : { start: now, end: now }
    return { ...item, current_period_start: period.start, current_period_end: period.end }
  })
  checkIntervals(world, { billing_mode: { type: billingMode, updated_at: now } }, items)
  return items
}

/** Begins a subscription, bills its first period and collects it: https://docs.stripe.com/api/subscriptions/create */
export function subscribe(world: World, request: SubscribeRequest): SubscriptionRecord {
  const items = firstItems(world, request.items, request)
  const created = withDiscounts(world, newSubscription(world, request, items), request)
  if (lacksPlace(request.tax, placeOf(request.customer))) throw locationInvalid()
  checkTaxed(
    world,
    request.tax,
    items.map(({ price }) => price),
  )
  world.store.put('subscription', created)
  const { invoice: built, debits } = buildInvoice(
    world,
    world.nextId('in'),
    firstInvoice(world, created, request.customer),
  )
  const billed = { ...created, latest_invoice: built.id }
  world.store.put('subscription', billed)
  bookDebits(world, [], debits)
  const invoice = issueInvoice(world, built)
  emit(world, 'customer.subscription.created', billed)
  if (collect(world, billed, invoice, request.behavior) !== 'unpaid') activate(world, billed.id)
  return world.store.get('subscription', billed.id) ?? billed
}

function withDiscounts(
  world: World,
  subscription: SubscriptionRecord,
  { customer, discounts: wishes }: SubscribeRequest,
): SubscriptionRecord {
  const { currency, id } = subscription
  const subtotal = subscription.items.reduce(
    (sum, item) => sum + amountOf(priceOf(world, item.price), item.quantity, currency),
    0,
  )
  return { ...subscription, discounts: redeemAll(world, wishes, { customer, currency, subscription: id, subtotal }) }
}

function activate(world: World, id: string): void {
  const subscription = world.store.get('subscription', id)
  if (subscription?.status !== 'incomplete') return
  const active = {
    ...subscription,
    status: subscription.trial_end === null ? ('active' as const) : ('trialing' as const),
  }
  world.store.put('subscription', active)
  emit(world, 'customer.subscription.updated', active, subscription)
}

const firstInvoice = (world: World, subscription: SubscriptionRecord, customer: CustomerRecord): InvoicePlan => ({
  customer,
  subscription,
  currency: subscription.currency,
  drafts: [
    ...waitingLines(world, subscription),
    ...subscription.items
      .filter((item) => !isMetered(world, item))
      .map((item) => (subscription.trial_end === null ? regularLine : trialLine)(world, subscription, item)),
  ],
  reason: 'subscription_create',
  period: { start: world.seconds(), end: world.seconds() },
  prorationDate: null,
  terms: termsOf(world, subscription),
})

function newSubscription(
  world: World,
  request: SubscribeRequest,
  items: readonly SubscriptionItemRecord[],
): SubscriptionRecord {
  const now = world.seconds()
  const [first] = items
  return {
    id: world.nextId('sub'),
    object: 'subscription',
    automatic_tax: request.tax.automatic,
    billing_cycle_anchor: request.trialEnd ?? now,
    billing_mode: { type: request.billingMode, updated_at: now },
    ...endingWith({ items }, request.cancelAtPeriodEnd ? 'at_period_end' : 'never', now),
    collection: request.collection,
    created: now,
    currency: request.currency ?? (first ? priceOf(world, first.price).currency : 'usd'),
    customer: request.customer.id,
    default_payment_method: request.defaultPaymentMethod,
    default_tax_rates: request.tax.rates,
    description: request.description,
    discounts: [],
    ended_at: null,
    items,
    latest_invoice: null,
    metadata: request.metadata,
    pause_collection: null,
    pending_update: null,
    schedule: null,
    status: 'incomplete',
    trial_end: request.trialEnd,
    trial_settings: request.trialSettings ?? { end_behavior: { missing_payment_method: 'create_invoice' } },
    trial_start: request.trialEnd === null ? null : now,
    trial_warned: false,
  }
}
