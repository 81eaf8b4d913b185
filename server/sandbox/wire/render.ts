import type { PaymentMethodRecord } from '../state/customer-records.ts'
import type { EventRecord } from '../state/event-records.ts'
import type { InvoicePaymentRecord, PaymentIntentRecord } from '../state/payment-records.ts'
import type { Kind, Records } from '../state/records.ts'
import type { World } from '../state/world.ts'
import { complete } from './complete.ts'
import { CONSTANTS } from './constants/index.ts'
import type { JsonObject } from './json.ts'
import { renderCheckoutSession } from './render-checkout.ts'
import { renderCoupon, renderDiscount, renderPromotionCode, renderTaxRate } from './render-discount.ts'
import { renderInvoice, renderInvoiceItem } from './render-invoice.ts'
import { renderMeter } from './render-meter.ts'
import { renderCharge, renderCreditNote, renderDispute, renderRefund } from './render-money.ts'
import { renderPortalConfiguration, renderPortalSession } from './render-portal.ts'
import { renderPrice } from './render-price.ts'
import { renderSchedule } from './render-schedule.ts'
import { renderSubscription } from './render-subscription.ts'

/** The API version whose shapes these are. */
export const API_VERSION = '2026-10-28.endive'

type Described = Extract<Records[Kind], { readonly object: string }>

/** A record as Stripe shows it: https://docs.stripe.com/api, declarations of stripe-node 23. */
export function render(world: World, record: Described): JsonObject {
  switch (record.object) {
    case 'price':
      return renderPrice(record)
    case 'subscription':
      return renderSubscription(world, record)
    case 'subscription_schedule':
      return renderSchedule(world, record)
    case 'invoice':
      return renderInvoice(world, record)
    case 'invoiceitem':
      return renderInvoiceItem(world, record)
    case 'invoice_payment':
      return renderInvoicePayment(record)
    case 'checkout.session':
      return renderCheckoutSession(world, record)
    case 'charge':
      return renderCharge(world, record)
    case 'refund':
      return renderRefund(record)
    case 'credit_note':
      return renderCreditNote(world, record)
    case 'coupon':
      return renderCoupon(world, record)
    case 'promotion_code':
      return renderPromotionCode(world, record)
    case 'discount':
      return renderDiscount(record)
    case 'tax_rate':
      return renderTaxRate(record)
    case 'billing_portal.configuration':
      return renderPortalConfiguration(record)
    case 'billing_portal.session':
      return renderPortalSession(world, record)
    case 'dispute':
      return renderDispute(record)
    case 'test_helpers.test_clock':
      return complete('test_helpers.test_clock', { ...record, frozen_time: world.seconds() })
    case 'product_feature': {
      const feature = world.store.get('feature', record.feature)
      return complete('product_feature', {
        id: record.id,
        object: record.object,
        entitlement_feature: feature && render(world, feature),
      })
    }
    case 'billing.meter':
      return renderMeter(record)
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
    case 'customer': {
      // Their tax numbers are a list of their own.
      const { tax_ids: _apart, ...shown } = record
      return record.deleted
        ? { id: record.id, object: 'customer', deleted: true }
        : complete('customer', {
            ...shown,
            invoice_prefix: `SB${record.id.slice(-6)}`,
            invoice_settings: {
              custom_fields: null,
              footer: null,
              rendering_options: null,
              ...record.invoice_settings,
            },
          })
    }
    default:
      return complete(record.object, record)
  }
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
