import type { Route } from '../wire/route.ts'
import { checkoutSessionRoutes } from './checkout-sessions.ts'
import { couponRoutes, promotionCodeRoutes } from './coupons.ts'
import { creditNoteRoutes } from './credit-notes.ts'
import { customerRoutes } from './customers.ts'
import { disputeRoutes } from './disputes.ts'
import { featureRoutes } from './features.ts'
import { invoiceItemRoutes } from './invoice-items.ts'
import { invoicePreviewRoutes } from './invoice-preview.ts'
import { invoiceRoutes } from './invoices.ts'
import { meterRoutes } from './meters.ts'
import { paymentMethodRoutes } from './payment-methods.ts'
import { invoicePaymentRoutes, paymentIntentRoutes } from './payments.ts'
import { portalRoutes } from './portal.ts'
import { priceRoutes } from './prices.ts'
import { productRoutes } from './products.ts'
import { chargeRoutes, refundRoutes } from './refunds.ts'
import { subscriptionScheduleRoutes } from './subscription-schedules.ts'
import { subscriptionRoutes } from './subscriptions.ts'
import { taxRateRoutes } from './tax-rates.ts'
import { testClockRoutes } from './test-clocks.ts'
import { eventRoutes, webhookEndpointRoutes } from './webhooks.ts'

/** Every endpoint the sandbox has; any other path is refused. */
export const routes: readonly Route[] = [
  ...chargeRoutes,
  ...checkoutSessionRoutes,
  ...couponRoutes,
  ...creditNoteRoutes,
  ...customerRoutes,
  ...disputeRoutes,
  ...eventRoutes,
  ...featureRoutes,
  ...invoiceItemRoutes,
  ...invoicePaymentRoutes,
  ...invoicePreviewRoutes,
  ...invoiceRoutes,
  ...meterRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...portalRoutes,
  ...priceRoutes,
  ...productRoutes,
  ...promotionCodeRoutes,
  ...refundRoutes,
  ...subscriptionRoutes,
  ...subscriptionScheduleRoutes,
  ...taxRateRoutes,
  ...testClockRoutes,
  ...webhookEndpointRoutes,
]
