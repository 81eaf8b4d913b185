import type { JsonObject } from '../wire/json.ts'

// What the sandbox keeps for itself, beside Stripe's objects.

/** Everything stored has an id. */
export interface Named {
  readonly id: string
}

/** Text by free names. */
export type Metadata = Readonly<Record<string, string>>

/** One event on its way to one endpoint. */
export interface DeliveryRecord extends Named {
  readonly event: string
  readonly endpoint: string
  readonly attempts: number
  /** Epoch milliseconds. */
  readonly dueAt: number
  /** True once it was held back on purpose. */
  readonly delayed?: true
  readonly state: 'pending' | 'delivered' | 'failed' | 'dropped'
}

/** The first answer to an idempotency key. */
export interface IdempotencyRecord extends Named {
  readonly hash: string
  readonly status: number
  readonly body: JsonObject
  /** Epoch milliseconds. */
  readonly storedAt: number
}

/** A number the sandbox counts or remembers: ids given out per prefix, the clock's offset. */
export interface CounterRecord extends Named {
  readonly value: number
}

/** One thing that really happened, whatever the caller was told. Times are epoch milliseconds. */
export type JournalEntry =
  | {
      readonly kind: 'charge'
      readonly at: number
      readonly paymentIntent: string
      readonly amount: number
      readonly currency: string
      readonly customer: string
      readonly invoice: string
    }
  | {
      /** Money given back, or taken back by the customer's bank. */
      readonly kind: 'dispute' | 'refund'
      readonly at: number
      readonly paymentIntent: string
      readonly amount: number
      readonly currency: string
      readonly customer: string
    }
  | {
      readonly kind: 'request'
      readonly at: number
      readonly method: string
      readonly path: string
      readonly idempotencyKey: string | null
      /** What was (or would have been) answered; 0 when a fault took the request before it had any effect. */
      readonly status: number
      readonly replayed: boolean
      /** The fault that struck this request, if one did. */
      readonly fault: string | null
    }

/** A journal entry as stored. */
export interface JournalRecord extends Named {
  readonly entry: JournalEntry
}
