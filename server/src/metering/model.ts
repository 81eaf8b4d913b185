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
  /** The values of properties by which its history can be asked for. */
  splits?: readonly Split[]
  /** Ascending levels of use; passing one upwards records a crossing. */
  marks: readonly number[]
  /** Where the counter is one day of a rolling window: use of its other days, which the marks are about as well. */
  rest?: number
}

/** A property and what an event has of it, as JSON of its text; `null` for nothing. */
export interface Split {
  property: string
  value: string
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
  /** Key of the day that it counts on, as the account's time zone had the days when it came in. */
  day: number
  /** Epoch ms, by the server. */
  receivedAt: number
  properties: Record<string, Scalar> | null
  /** Refuse, and store nothing, if use and what is reserved would pass this; null for no bound. */
  bound: number | null
  /** The other counters that the event moves. */
  more?: readonly Move[]
  /**
   * The event that this one stands in for: what it counted is taken back, unless its time is before `since`. It may come later,
   * but where it must have been `seen`, as it may have been counted and forgotten.
   */
  replaces?: { id: string; since: number; seen?: true }
  /**
   * Days such as its own may be `joined` in one row, or the events of its own be `gone`: it counts where it can be told from the
   * sums that are left (see `fits`).
   */
  old?: 'joined' | 'gone'
}

/**
 * How one Op ended: counted, seen before, refused by its bound, later than what it replaces may be replaced, with a bound and
 * of a time before the level of its counter, under which it would vanish, or of a day that is joined with others, from which it
 * cannot be told. All but the first two store nothing.
 */
export type OpStatus = 'accepted' | 'duplicate' | 'refused' | 'late' | 'early' | 'joined'

/** A counter after a commit. */
export interface CounterRow {
  account: string
  feature: string
  /** `user:…` or `entity:…`; empty for the account's own. */
  scope: string
  period: number
  used: number
}

/** What was counted of a feature on one day in one period. Of what was not counted that way the numbers are 0, the others null. */
export interface UsageDay {
  feature: string
  /** Midnight UTC of its date. */
  day: number
  /** Key of the counter's period: one may end and another begin within a day. */
  period: number
  /** Of the property by which it is split, as `Split` names it; empty where it is not. */
  value: string
  /** Units added. */
  added: number
  /** Where the level stood at the end; null where none was stated on that day. */
  level: number | null
  /** The highest. */
  peak: number | null
  /** How many different keys there were. */
  keys: number
}

/** An event as it was reported, after long. */
export interface PastEvent {
  account: string
  id: string
  user: string | null
  entity: string | null
  name: string
  feature: string | null
  /** What it added, or the height that it reached. */
  value: number | null
  /** The level that it stated. */
  set: number | null
  /** Epoch ms. */
  time: number
  receivedAt: number
  properties: Record<string, Scalar> | null
  replaces: string | null
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

/** A counter that differs from what it is told from. */
export interface UseDrift extends Omit<CounterRow, 'used'> {
  /** The key of the day whose row differs from its events; null where the counter differs from its days. */
  day: number | null
  /** What is kept. */
  kept: number
  /** What its days or events give; null where not all of the events are there. */
  told: number | null
}

/** What is still there of what was counted, as retention deletes it. */
export interface StillKept {
  /** The key of the first day all of whose events are. */
  events: number
  /** Key of the first period all of whose days are; what never starts again keeps their sum. */
  days: number
}
