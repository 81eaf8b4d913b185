import type {
  EventRecord,
  InvoiceItemRecord,
  InvoicePaymentRecord,
  InvoiceRecord,
  Kind,
  LineRecord,
  PaymentIntentRecord,
  PaymentMethodRecord,
  PriceRecord,
  Records,
  SubscriptionItemRecord,
  SubscriptionRecord,
} from '../state/records.ts'
import type { World } from '../state/world.ts'
import { CONSTANTS } from './constants.ts'
import { type Json, type JsonObject, toJson } from './json.ts'

/** The API version whose shapes these are. */
export const API_VERSION = '2026-10-28.endive'

/** How many members a list inside another object shows before `has_more`. */
const INLINE_LIMIT = 10

type Described = Extract<Records[Kind], { readonly object: string }>

/** A record as Stripe shows it: https://docs.stripe.com/api, declarations of stripe-node 23. */
export function render(world: World, record: Described): JsonObject {
  switch (record.object) {
    case 'price':
      return renderPrice(record)
    case 'subscription':
      return renderSubscription(world, record)
    case 'invoice':
      return renderInvoice(world, record)
    case 'invoiceitem':
      return renderInvoiceItem(world, record)
    case 'invoice_payment':
      return renderInvoicePayment(record)
    case 'payment_intent':
      return renderPaymentIntent(record)
    case 'payment_method':
      return renderPaymentMethod(record)
    case 'event':
      return renderEvent(world, record)
    case 'webhook_endpoint': {
      const { secret: _told, ...shown } = record
      return complete('webhook_endpoint', shown)
    }
    case 'customer':
      return record.deleted
        ? { id: record.id, object: 'customer', deleted: true }
        : complete('customer', {
            ...record,
            invoice_prefix: `SB${record.id.slice(-6)}`,
            invoice_settings: { custom_fields: null, footer: null, rendering_options: null, ...record.invoice_settings },
          })
    default:
      return complete(record.object, record)
  }
}

const complete = (kind: string, members: object): JsonObject => toJson({ ...CONSTANTS[kind], ...members })

/** A list inside an object: its first members and where the rest is. */
export const inlineList = (url: string, members: readonly Json[], limit = INLINE_LIMIT): JsonObject => ({
  object: 'list',
  data: members.slice(0, limit),
  has_more: members.length > limit,
  total_count: members.length,
  url,
})

const renderPrice = (price: PriceRecord): JsonObject =>
  complete('price', {
    ...price,
    recurring: price.recurring && {
      ...price.recurring,
      meter: null,
      trial_period_days: null,
      usage_type: 'licensed',
    },
    type: price.recurring ? 'recurring' : 'one_time',
    unit_amount_decimal: String(price.unit_amount),
  })

const renderPlan = (price: PriceRecord): JsonObject =>
  complete('plan', {
    id: price.id,
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: String(price.unit_amount),
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    metadata: price.metadata,
    nickname: price.nickname,
    product: price.product,
  })

/** An item of a subscription, with its price in full. */
export function renderItem(world: World, subscription: string, item: SubscriptionItemRecord): JsonObject {
  const price = world.store.get('price', item.price)
  return complete('subscription_item', {
    ...item,
    plan: price ? renderPlan(price) : null,
    price: price ? renderPrice(price) : null,
    subscription,
  })
}

function renderSubscription(world: World, record: SubscriptionRecord): JsonObject {
  const { items, pending_update: pending, cancellation_reason, billing_mode, ...shown } = record
  const toItem = (item: SubscriptionItemRecord): JsonObject => renderItem(world, record.id, item)
  return complete('subscription', {
    ...shown,
    billing_mode: {
      ...billing_mode,
      flexible: billing_mode.type === 'flexible' ? { proration_discounts: 'included' } : null,
    },
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: cancellation_reason },
    items: inlineList(`/v1/subscription_items?subscription=${record.id}`, items.map(toItem), items.length),
    pending_update: pending && {
      billing_cycle_anchor: pending.billing_cycle_anchor,
      cancel_at_period_end: pending.cancel_at_period_end,
      discount: null,
      discounts: null,
      expires_at: pending.expires_at,
      metadata: pending.metadata,
      subscription_items: pending.items.map(toItem),
      trial_end: null,
      trial_from_plan: null,
    },
  })
}

const renderPricing = (world: World, price: string | null, proration: boolean): JsonObject | null => {
  const found = price ? world.store.get('price', price) : undefined
  return found
    ? {
        type: 'price_details',
        price_details: { price: found.id, product: found.product },
        unit_amount_decimal: proration ? null : String(found.unit_amount),
      }
    : null
}

const renderLineParent = (line: LineRecord): JsonObject => {
  const shared = {
    invoice_item: line.invoice_item,
    proration: line.proration,
    proration_details: line.proration ? { credited_items: line.credited } : null,
    subscription: line.subscription,
  }
  return line.subscription_item
    ? toJson({
        type: 'subscription_item_details',
        invoice_item_details: null,
        subscription_item_details: { ...shared, subscription_item: line.subscription_item },
      })
    : toJson({ type: 'invoice_item_details', invoice_item_details: shared, subscription_item_details: null })
}

/** A line of an invoice. */
export const renderLine = (world: World, line: LineRecord): JsonObject =>
  complete('line_item', {
    id: line.id,
    amount: line.amount,
    currency: line.currency,
    description: line.description,
    discountable: !line.proration,
    invoice: line.invoice,
    metadata: line.metadata,
    parent: renderLineParent(line),
    period: line.period,
    pricing: renderPricing(world, line.price, line.proration),
    quantity: line.quantity,
    quantity_decimal: String(line.quantity),
    subscription: line.subscription,
    subtotal: line.amount,
  })

function renderInvoice(world: World, record: InvoiceRecord): JsonObject {
  const { lines, payment_intent: _intent, finalized_at, paid_at, voided_at, ...kept } = record
  const { subscription, subscription_metadata, proration_date, ...shown } = kept
  const customer = record.customer ? world.store.get('customer', record.customer) : undefined
  const page = record.status === 'draft' ? null : `${world.baseUrl()}/_sandbox/invoices/${record.id}`
  return complete('invoice', {
    ...shown,
    amount_remaining: record.status === 'paid' ? 0 : record.amount_due - record.amount_paid,
    auto_advance: record.status === 'open',
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    effective_at: finalized_at,
    hosted_invoice_url: page,
    invoice_pdf: null,
    lines: inlineList(`/v1/invoices/${record.id}/lines`, lines.map((line) => renderLine(world, line))),
    parent: subscription && {
      type: 'subscription_details',
      quote_details: null,
      subscription_details: {
        metadata: subscription_metadata,
        subscription,
        ...(proration_date !== null && { subscription_proration_date: proration_date }),
      },
    },
    status_transitions: { finalized_at, marked_uncollectible_at: null, paid_at, voided_at },
    subtotal: record.total,
    subtotal_excluding_tax: record.total,
    total_excluding_tax: record.total,
  })
}

function renderInvoiceItem(world: World, record: InvoiceItemRecord): JsonObject {
  const { born_invoiced: _own, credited, price, subscription, subscription_item, ...shown } = record
  return complete('invoiceitem', {
    ...shown,
    discountable: !record.proration,
    ...(record.proration && { frozen_fields: ['pricing', 'quantity', 'discounts'] }),
    net_amount: record.amount,
    parent: subscription && {
      type: 'subscription_details',
      subscription_details: { subscription, ...(subscription_item && { subscription_item }) },
    },
    pricing: renderPricing(world, price, record.proration),
    ...(record.proration && {
      proration_details: {
        credited_items: credited && { type: 'invoice_line_items', invoice_line_item_details: credited },
        discount_amounts: [],
      },
    }),
    quantity_decimal: String(record.quantity),
  })
}

function renderInvoicePayment(record: InvoicePaymentRecord): JsonObject {
  const { payment_intent, canceled_at, paid_at, ...shown } = record
  return complete('invoice_payment', {
    ...shown,
    payment: { type: 'payment_intent', payment_intent },
    status_transitions: { canceled_at, paid_at },
  })
}

function renderPaymentIntent(record: PaymentIntentRecord): JsonObject {
  const { invoice: _invoice, ...shown } = record
  return complete('payment_intent', {
    ...shown,
    cancellation_reason: record.status === 'canceled' ? 'void_invoice' : null,
    next_action:
      record.status === 'requires_action'
        ? { type: 'use_stripe_sdk', use_stripe_sdk: { type: 'three_d_secure_redirect', source: record.id } }
        : null,
  })
}

function renderPaymentMethod(record: PaymentMethodRecord): JsonObject {
  const { number: _number, authenticated: _authenticated, card, ...shown } = record
  return complete('payment_method', { ...shown, card: { ...CONSTANTS['card'], ...card, display_brand: card.brand } })
}

const renderEvent = (world: World, record: EventRecord): JsonObject =>
  complete('event', {
    ...record,
    pending_webhooks: world.store
      .all('delivery')
      .filter((delivery) => delivery.event === record.id && delivery.state === 'pending').length,
  })
