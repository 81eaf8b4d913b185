import type { Scalar } from '@softgate/sdk/contract'

/**
 * What an event does to one counter. Of `add`, `level`, `peak` and `key` one is given at most, and where none is, nothing
 * is counted.
 */
export interface Move {
  /** The counter that moves; null for a mere signal. */
  feature: string | null
  /** Whose counter it is: `user:…`, `entity:…`; the account's own when left out. */
  scope?: string
  /** Key of the counter's period; 0 for what never resets. */
  period: number
  /** Units to add. */
  add: number | null
  /** The level from the event's time on. */
  level: number | null
  /** Use is at least this. */
  peak?: number
  /** Counts one if it is the counter's first with this key. */
  key?: string
  /** Ascending levels of use; passing one upwards records a crossing. */
  marks: readonly number[]
}

/**
 * One write of the ingest path, fully decided: what to store, which counters to move and at which levels of use to record
 * a crossing. Plain data, as it travels to the writer's thread; what is rare is left out where it is not needed.
 */
export interface Op extends Move {
  account: string
  id: string
  user: string | null
  name: string
  /** Epoch ms, by the client. */
  time: number
  /** Epoch ms, by the server. */
  receivedAt: number
  properties: Record<string, Scalar> | null
  /** Refuse, and store nothing, if use and what is reserved would pass this; null for no bound. */
  bound: number | null
  /** The other counters that the event moves. */
  more?: readonly Move[]
  /** The event that this one stands in for: what it counted is taken back, unless its time is before `since`. */
  replaces?: { id: string; since: number }
}

/** How one Op ended: counted, seen before, refused by its bound, or later than what it replaces may be replaced. */
export type OpStatus = 'accepted' | 'duplicate' | 'refused' | 'late'

/** A counter after a commit. */
export interface CounterRow {
  account: string
  feature: string
  /** `user:…` or `entity:…`; empty for the account's own. */
  scope: string
  period: number
  used: number
}

/** What was counted of a feature within a quarter of an hour. */
export interface UseSlice {
  feature: string
  /** Units added. */
  added: number
  /** The level that was set, the highest that was seen, the key that was told apart; null for none. */
  level: number | null
  peak: number | null
  key: string | null
  /** Of the last event of the slice, epoch ms. */
  at: number
}

/** Use passed a mark upwards; waits until a trigger has looked at it. */
export interface Crossing {
  account: string
  feature: string
  scope: string
  period: number
  mark: number
  /** The event that caused it. */
  event: string
  used: number
  at: number
}

/** Everything one commit changed. `statuses` is in the order of the ops. */
export interface Written {
  statuses: OpStatus[]
  counters: CounterRow[]
  crossings: Crossing[]
}

/** Units of a counter that are reserved until an instant, epoch ms. */
export interface Hold {
  account: string
  /** Made by the host; the event that uses the units will have it. */
  id: string
  user: string | null
  feature: string
  scope: string
  period: number
  quantity: number
  expiresAt: number
}
