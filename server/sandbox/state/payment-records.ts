import type { JsonObject } from '../wire/json.ts'
import type { Named } from './own-records.ts'

export interface InvoicePaymentRecord extends Named {
  readonly object: 'invoice_payment'
  readonly amount_paid: number | null
  readonly amount_requested: number
  readonly created: number
  readonly currency: string
  readonly invoice: string
  readonly payment_intent: string
  readonly status: 'open' | 'paid' | 'canceled'
  readonly canceled_at: number | null
  readonly paid_at: number | null
}

export interface PaymentIntentRecord extends Named {
  readonly object: 'payment_intent'
  readonly amount: number
  readonly amount_received: number
  readonly canceled_at: number | null
  readonly client_secret: string
  readonly created: number
  readonly currency: string
  readonly customer: string
  readonly invoice: string
  readonly last_payment_error: JsonObject | null
  readonly latest_charge: string | null
  readonly payment_method: string | null
  readonly status: 'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'succeeded' | 'canceled'
}
