import type { JsonObject } from '../wire/json.ts'
import type { Metadata, Named } from './own-records.ts'

export interface EventRecord extends Named {
  readonly object: 'event'
  readonly api_version: string
  readonly created: number
  readonly data: JsonObject
  readonly request: { readonly id: string | null; readonly idempotency_key: string | null }
  readonly type: string
}

export interface WebhookEndpointRecord extends Named {
  readonly object: 'webhook_endpoint'
  readonly api_version: string | null
  readonly created: number
  readonly description: string | null
  readonly enabled_events: readonly string[]
  readonly metadata: Metadata
  readonly secret: string
  readonly status: 'enabled' | 'disabled'
  readonly url: string
}

/** A name for the sandbox's clock: https://docs.stripe.com/api/test_clocks */
export interface TestClockRecord extends Named {
  readonly object: 'test_helpers.test_clock'
  readonly created: number
  readonly deletes_after: number
  readonly name: string | null
}
