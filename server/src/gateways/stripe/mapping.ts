import type { OpenInvoice, PaymentMethod } from '@softgate/sdk/contract'
import type Stripe from 'stripe'
import type { BilledInvoice } from '../../billing/bought.ts'
import type {
  IssuedInvoice,
  IssuedLine,
  LiveDiscount,
  LiveItem,
  LiveSchedule,
  LiveSession,
  LiveSubscription,
  Payment,
  Preview,
  Repriced,
  Target,
} from '../../billing/model.ts'
import type { ScheduleInput } from '../../billing/port.ts'
import type { Redeemable } from '../../billing/promotion.ts'
import type { Bundle } from '../../catalog/bundle.ts'
import { toRate } from './rates.ts'

const ms = (seconds: number): number => seconds * 1_000
const idOf = (ref: string | { id: string } | null | undefined): string | null =>
  typeof ref === 'object' ? (ref?.id ?? null) : (ref ?? null)

/**
 * A subscription of Stripe's in our words; its customer, its schedule, its test clock, the coupons of its discounts and the tiers
 * of its prices must be expanded. `unpaid` is its newest open invoice.
 */
export function toLive(subscription: Stripe.Subscription, unpaid?: Stripe.Invoice): LiveSubscription {
  const customer = subscription.customer
  if (typeof customer === 'string') throw new Error('expand the customer of the subscription')
  const own = idOf(subscription.default_payment_method)
  const pending = subscription.pending_update
  return {
    id: subscription.id,
    customer: customer.id,
    status: subscription.status,
    livemode: subscription.livemode,
    currency: subscription.currency,
    collectionMethod: subscription.collection_method,
    items: subscription.items.data.map(toItem),
    anchor: ms(subscription.billing_cycle_anchor),
    cancelAt: cancelAt(subscription),
    cancelsAtPeriodEnd: subscription.cancel_at_period_end,
    billingMode: subscription.billing_mode.type === 'classic' ? 'classic' : 'flexible',
    trialEnd: subscription.trial_end === null ? null : ms(subscription.trial_end),
    pending: pending && { expiresAt: ms(pending.expires_at), quote: pending.metadata?.softgate_quote ?? null },
    schedule: toSchedule(subscription.schedule),
    paused: subscription.pause_collection !== null || subscription.status === 'paused',
    latestInvoice: idOf(subscription.latest_invoice),
    quote: subscription.metadata.softgate_quote ?? null,
    automaticTax: subscription.automatic_tax.enabled,
    discounts: subscription.discounts.map(toDiscount),
    paymentMethod: own ?? (customer.deleted ? null : idOf(customer.invoice_settings.default_payment_method)),
    balance: customer.deleted ? 0 : customer.balance,
    unpaid: unpaid ? toOpen(unpaid) : null,
    created: ms(subscription.created),
    testTime: toTestTime(subscription.test_clock),
  }
}

function toTestTime(clock: Stripe.Subscription['test_clock']): number | null {
  if (typeof clock === 'string') throw new Error('expand the test clock of the subscription')
  return clock === null ? null : ms(clock.frozen_time)
}

const toOpen = ({ id, amount_remaining, currency, hosted_invoice_url }: Stripe.Invoice): OpenInvoice => ({
  id,
  amountDue: { amount: amount_remaining, currency },
  url: hosted_invoice_url ?? null,
})

function toDiscount(discount: string | Stripe.Discount): LiveDiscount {
  const coupon = typeof discount === 'string' ? null : discount.source.coupon
  if (typeof discount === 'string' || typeof coupon === 'string') throw new Error('expand the coupons of the discounts')
  return { id: discount.id, once: coupon?.duration === 'once', endsAt: discount.end === null ? null : ms(discount.end) }
}

/** What we wrote into a schedule's metadata tells ours from all others. */
export const scheduleMetadata = ({
  quote,
  bundle,
  repriced,
}: Pick<ScheduleInput, 'quote' | 'bundle' | 'repriced'>) => ({
  softgate_quote: quote,
  softgate_bundle: JSON.stringify(bundle),
  // One by one: a value of Stripe's metadata has 500 characters.
  ...Object.fromEntries(repriced.map((one, place) => [`${repricedKey}${place}`, JSON.stringify(one)])),
})

const repricedKey = 'softgate_repriced_'

function toSchedule(schedule: Stripe.Subscription['schedule']): LiveSchedule | null {
  if (schedule === null) return null
  if (typeof schedule === 'string') throw new Error('expand the schedule of the subscription')
  const { softgate_quote: quote, softgate_bundle: bundle, ...others } = schedule.metadata ?? {}
  const ours =
    quote !== undefined && bundle !== undefined
      ? {
          quote,
          bundle: JSON.parse(bundle) as Bundle,
          repriced: Object.entries(others)
            .filter(([key]) => key.startsWith(repricedKey))
            .map(([, one]) => JSON.parse(one) as Repriced),
        }
      : null
  return { id: schedule.id, ours, at: ms(schedule.phases.at(-1)?.start_date ?? 0) }
}

/** Flexible billing writes `cancel_at` where classic sets `cancel_at_period_end`: either means that it ends. */
function cancelAt(subscription: Stripe.Subscription): number | null {
  if (subscription.cancel_at !== null) return ms(subscription.cancel_at)
  if (!subscription.cancel_at_period_end) return null
  return ms(Math.min(...subscription.items.data.map((item) => item.current_period_end)))
}

function toItem(item: Stripe.SubscriptionItem): LiveItem {
  const { softgate_key: pushed, softgate_custom: custom } = item.price.metadata
  return {
    id: item.id,
    price: item.price.id,
    product: idOf(item.price.product) ?? '',
    // The lookup key moves on when a price is replaced; our metadata stays with the subscribers it was sold to.
    lookupKey: pushed ?? custom ?? item.price.lookup_key,
    pushed: pushed !== undefined,
    quantity: item.price.recurring?.usage_type === 'metered' ? null : (item.quantity ?? 1),
    since: ms(item.created),
    rate: toRate(item.price),
    interval: item.price.recurring?.interval === 'year' ? 'year' : 'month',
    periodStart: ms(item.current_period_start),
    periodEnd: ms(item.current_period_end),
  }
}

/** Items as Stripe takes them; one that begins has no id yet. */
export const toItems = (targets: readonly Target[]) =>
  targets.map(({ id, price, quantity, deleted }) =>
    deleted && id !== null
      ? { id, deleted }
      : { ...(id !== null && { id }), price, ...(quantity !== null && { quantity }) },
  )

const ended = ['complete', 'expired'] as const

export const toSession = (session: Stripe.Checkout.Session): LiveSession => ({
  id: session.id,
  // A word that Stripe may add later is no end: the page is looked at again.
  status: ended.find((word) => word === session.status) ?? 'open',
  paid: session.payment_status !== 'unpaid',
  url: session.url,
  clientSecret: session.status === 'open' ? session.client_secret : null,
  expiresAt: ms(session.expires_at),
  subscription: idOf(session.subscription),
  invoice: idOf(session.invoice),
  quote: session.metadata?.softgate_quote ?? null,
})

const sum = (entries: readonly { amount: number }[] | null | undefined): number =>
  (entries ?? []).reduce((total, { amount }) => total + amount, 0)

/** Lines come out net of their discounts, and tax is what comes on top: so that both add up to the total. */
const taxOnTop = ({ total_taxes }: Stripe.Invoice): number =>
  sum(total_taxes?.filter((entry) => entry.tax_behavior !== 'inclusive'))

export function toPreview(invoice: Stripe.Invoice): Preview {
  const tax = taxOnTop(invoice)
  return {
    amountDue: invoice.amount_due,
    total: invoice.total,
    tax,
    taxes: (invoice.total_taxes ?? [])
      .filter(({ amount }) => amount !== 0)
      .map(({ amount, tax_behavior, tax_rate_details }) => ({
        rate: tax_rate_details?.tax_rate ?? null,
        inclusive: tax_behavior === 'inclusive',
        amount,
      })),
    placeless: invoice.automatic_tax.status === 'requires_location_inputs',
    currency: invoice.currency,
    livemode: invoice.livemode,
    creditUsed: Math.min(Math.max(0, invoice.total), Math.max(0, -invoice.starting_balance)),
    lines: invoice.lines.data.map((line) => ({
      description: line.description ?? '',
      amount: line.amount - sum(line.discount_amounts),
      discount: sum(line.discount_amounts),
      price: idOf(line.pricing?.price_details?.price ?? null),
      quantity: line.quantity,
      proration: isProration(line),
      tax: sum(line.taxes?.filter((entry) => entry.tax_behavior !== 'inclusive')),
      periodStart: ms(line.period.start),
      periodEnd: ms(line.period.end),
    })),
  }
}

export const toCard = ({ card }: Stripe.PaymentMethod): PaymentMethod | null =>
  card ? { brand: card.brand, last4: card.last4, expMonth: card.exp_month, expYear: card.exp_year } : null

const isProration = ({ parent }: Stripe.InvoiceLineItem): boolean =>
  parent?.subscription_item_details?.proration === true || parent?.invoice_item_details?.proration === true

const reasons: Record<string, IssuedInvoice['reason']> = {
  subscription_create: 'start',
  subscription_cycle: 'renewal',
  subscription_update: 'change',
}

export const toIssued = (invoice: Stripe.Invoice): IssuedInvoice => ({
  id: invoice.id,
  at: ms(invoice.status_transitions.finalized_at ?? invoice.created),
  reason: reasons[invoice.billing_reason ?? ''] ?? 'other',
  description: invoice.description,
  status: invoice.status ?? 'open',
  total: invoice.total,
  currency: invoice.currency,
  url: invoice.hosted_invoice_url ?? null,
  lines: invoice.lines.data.map(toIssuedLine),
})

const toIssuedLine = ({ amount, period, pricing, quantity }: Stripe.InvoiceLineItem): IssuedLine => ({
  product: pricing?.price_details?.product ?? null,
  units: amount < 0 ? -(quantity ?? 0) : (quantity ?? 0),
  amount,
  start: ms(period.start),
  end: ms(period.end),
})

export function toBilled(invoice: Stripe.Invoice): BilledInvoice | null {
  const subscription = idOf(invoice.parent?.subscription_details?.subscription)
  if (subscription === null) return null
  const { reason, at } = toIssued(invoice)
  const lines = invoice.lines.data.map((line) => ({
    ...toIssuedLine(line),
    price: idOf(line.pricing?.price_details?.price),
    proration: isProration(line),
  }))
  return { subscription, reason, at, lines }
}

export function toPayment(invoice: Stripe.Invoice, intent: Stripe.PaymentIntent | null): Payment {
  const { currency } = invoice
  const error = intent?.last_payment_error
  return {
    invoice: {
      id: invoice.id,
      total: { amount: invoice.total, currency },
      amountDue: { amount: invoice.amount_due, currency },
      amountPaid: { amount: invoice.amount_paid, currency },
      status: invoice.status ?? 'draft',
      url: invoice.hosted_invoice_url ?? null,
    },
    tax: taxOnTop(invoice),
    intent: intent && {
      id: intent.id,
      status: intent.status,
      clientSecret: intent.client_secret,
      paymentMethod: idOf(intent.payment_method),
      error: error
        ? {
            code: error.decline_code ?? error.code ?? 'card_declined',
            detail: error.message ?? 'The card was declined.',
            paymentMethod: error.payment_method?.id ?? null,
          }
        : null,
    },
  }
}

/** Its coupon expanded; null without one, which Stripe's types allow for. */
export function toRedeemable({ id, promotion: { coupon } }: Stripe.PromotionCode): Redeemable | null {
  if (coupon === null || typeof coupon === 'string') return null
  const { percent_off: percent, amount_off: amount, currency, duration, duration_in_months: months } = coupon
  const lasts = duration === 'repeating' ? { months: months ?? 1 } : duration === 'once' ? 'once' : 'forever'
  const off = percent !== null ? { percent } : { amount: amount ?? 0, currency: currency ?? 'usd' }
  return { id, off, lasts }
}
