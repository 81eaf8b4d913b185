import type { Scalar } from './decision.ts'

/**
 * One thing that happened. `value` adds to the feature's usage, `set` states its level, a feature with neither counts one;
 * without a feature it is a mere signal.
 */
export interface EventInput {
  /** Made by the client, unique in the account, time-ordered (UUIDv7). Retries keep the id and the time. */
  id: string
  /** May be left out with a user token, which names its own account. */
  account?: string
  user?: string
  name: string
  feature?: string
  value?: number
  set?: number
  /** RFC 3339. */
  time: string
  properties?: Record<string, Scalar>
}

export interface EventsInput {
  events: EventInput[]
}

export type RejectionCode =
  | 'invalid_event'
  | 'account_unknown'
  | 'foreign_account'
  | 'feature_unknown'
  | 'feature_not_metered'
  | 'browser_not_allowed'
  | 'time_too_old'
  | 'time_in_future'

/** The answer after the commit is durable. `index` is the event's place in the request. */
export interface EventsAnswer {
  accepted: number
  duplicates: number
  rejected: { index: number; code: RejectionCode; detail: string }[]
}
