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
  /** A part of the account with a counter of its own, such as a workspace or a department. */
  entity?: string
  name: string
  feature?: string
  value?: number
  set?: number
  /** RFC 3339. */
  time: string
  properties?: Record<string, Scalar>
  /**
   * Id of an event that this one stands in for: what that one counted is taken back, and it never counts again, even if it
   * comes later. Without a feature to count for, this only takes back. A host's alone. Rejected as `time_too_old` where that one
   * is too old to be corrected, or not known and may be: its account is older than what is kept, and its id no recent UUIDv7.
   */
  replaces?: string
}

export interface EventsInput {
  /**
   * Now by the sender's clock, epoch milliseconds, where it may be wrong, as a browser's: if it is half a minute off or
   * more, the times of the events are put right by it.
   */
  sentAt?: number
  events: EventInput[]
}

export interface ImportQuery {
  /** Counts also what is so old that its id may be forgotten: it was never sent here. Rejected as `time_too_old` when left out. */
  uncounted?: 'true'
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
