import type {
  FeatureRecord,
  MeterEventRecord,
  MeterRecord,
  PriceRecord,
  ProductFeatureRecord,
  ProductRecord,
} from './catalog-records.ts'
import type { CheckoutSessionRecord } from './checkout-records.ts'
import type { BalanceTransactionRecord, CustomerRecord, PaymentMethodRecord } from './customer-records.ts'
import type { CouponRecord, DiscountRecord, PromotionCodeRecord, TaxRateRecord } from './discount-records.ts'
import type { EventRecord, TestClockRecord, WebhookEndpointRecord } from './event-records.ts'
import type { DebitRecord, InvoiceItemRecord, InvoiceRecord } from './invoice-records.ts'
import type { ChargeRecord, CreditNoteRecord, DisputeRecord, RefundRecord } from './money-records.ts'
import type { CounterRecord, DeliveryRecord, IdempotencyRecord, JournalRecord } from './own-records.ts'
import type { InvoicePaymentRecord, PaymentIntentRecord } from './payment-records.ts'
import type { PortalConfigurationRecord, PortalSessionRecord } from './portal-records.ts'
import type { ScheduleRecord } from './schedule-records.ts'
import type { SubscriptionRecord } from './subscription-records.ts'

// What the sandbox keeps. Each record is the wire object without its constant members
// (those are in wire/constants) and with other objects named by id.
// All times are epoch seconds and all amounts minor units, as on Stripe, unless a name says otherwise.

/** Every kind of record, by the name it is stored under. */
export interface Records {
  readonly product: ProductRecord
  readonly price: PriceRecord
  readonly feature: FeatureRecord
  readonly product_feature: ProductFeatureRecord
  readonly customer: CustomerRecord
  readonly balance_transaction: BalanceTransactionRecord
  readonly payment_method: PaymentMethodRecord
  readonly subscription: SubscriptionRecord
  readonly schedule: ScheduleRecord
  readonly invoice: InvoiceRecord
  readonly preview: InvoiceRecord
  readonly invoice_item: InvoiceItemRecord
  readonly invoice_payment: InvoicePaymentRecord
  readonly payment_intent: PaymentIntentRecord
  readonly charge: ChargeRecord
  readonly dispute: DisputeRecord
  readonly test_clock: TestClockRecord
  readonly coupon: CouponRecord
  readonly promotion_code: PromotionCodeRecord
  readonly discount: DiscountRecord
  readonly tax_rate: TaxRateRecord
  readonly meter: MeterRecord
  readonly meter_event: MeterEventRecord
  readonly refund: RefundRecord
  readonly credit_note: CreditNoteRecord
  readonly portal_configuration: PortalConfigurationRecord
  readonly portal_session: PortalSessionRecord
  readonly checkout_session: CheckoutSessionRecord
  readonly event: EventRecord
  readonly webhook_endpoint: WebhookEndpointRecord
  readonly debit: DebitRecord
  readonly delivery: DeliveryRecord
  readonly idempotency: IdempotencyRecord
  readonly counter: CounterRecord
  readonly journal: JournalRecord
}

export type Kind = keyof Records
