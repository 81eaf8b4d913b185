import type { Scalar } from '@softgate/sdk/contract'

/**
 * One write of the ingest path, fully decided: what to store, which counter to move and at which levels of use to record
 * a crossing. Plain data, as it travels to the writer's thread.
 */
export interface Op {
  account: string
  id: string
  user: string | null
  name: string
  /** The counter that moves; null for a mere signal. */
  feature: string | null
  /** Start of the counter's period, epoch ms; 0 for a level that never resets. */
  period: number
  /** Units to add, or null when `level` is set. */
  add: number | null
  /** The level to set, or null. The newest `time` wins. */
  level: number | null
  /** Epoch ms, by the client. */
  time: number
  /** Epoch ms, by the server. */
  receivedAt: number
  properties: Record<string, Scalar> | null
  /** Ascending levels of use; passing one upwards records a crossing. */
  marks: readonly number[]
  /** Refuse, and store nothing, if use would pass this; null for no bound. */
  bound: number | null
}

/** How one Op ended: counted, seen before, or refused by its bound. */
export type OpStatus = 'accepted' | 'duplicate' | 'refused'

/** A counter after a commit. */
export interface CounterRow {
  account: string
  feature: string
  period: number
  used: number
}

/** What was counted of a feature within a quarter of an hour: units added, or the level that was set (null for none). */
export interface UseSlice {
  feature: string
  added: number
  level: number | null
  /** Of the last event of the slice, epoch ms. */
  at: number
}

/** Use passed a mark upwards; waits until a trigger has looked at it. */
export interface Crossing {
  account: string
  feature: string
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
