import type { CounterRow, Crossing, Hold, Op, UsageDay, Written } from './model.ts'

/** What metering needs from storage outside the hot path. */
export interface MeteringStore {
  /** What the features were used from the day with the key `from` on, oldest first; each value of `property` by itself. */
  usageDays(
    account: string,
    of: { features: readonly string[]; from: number; scope?: string; property?: string },
  ): Promise<UsageDay[]>
  /**
   * What accounts use: what each added to the features `added` on its days from `from` on and before `until`, and the levels
   * at which the features `levels` stand now.
   */
  usedBy(
    accounts: readonly string[],
    of: { added: readonly string[]; levels: readonly string[]; from: number; until: number },
  ): Promise<{ account: string; feature: string; used: number }[]>
  /** The levels of a feature at the end of the day before `day`: of all, or of each value of `property` that had one. */
  levelsBefore(
    account: string,
    of: { feature: string; day: number; scope?: string; property?: string },
  ): Promise<{ value: string; level: number }[]>
  /** The counters of one account for the given features and scopes, from the period with the key `from` on. */
  counters(account: string, keys: { feature: string; scope: string; from: number }[]): Promise<CounterRow[]>
  /** When each mark was first and last passed in the periods from `from` on, of those passed since `since`. */
  passings(
    account: string,
    keys: { feature: string; scope: string; from: number }[],
    since: number,
  ): Promise<{ feature: string; period: number; mark: number; first: number; last: number }[]>
  /** The counter that an event moved, and what it added; null when there is none such. */
  useOf(account: string, id: string): Promise<{ feature: string; scope: string; add: number | null } | null>
  /** Records a signal: an event that moves no counter. False when its id was there before. */
  signal(op: Op): Promise<boolean>
  /** Crossings that no trigger has looked at yet, of the account and of all in it, oldest first. */
  pendingCrossings(account: string, limit: number): Promise<Crossing[]>
  /** Accounts that have such crossings; what a restart has to catch up on. */
  accountsWithPendingCrossings(limit: number): Promise<string[]>
  /** False when it was looked at before. */
  consumeCrossing(crossing: Crossing, now: number): Promise<boolean>
}

/**
 * The hot path: many ops, one durable commit. An event, its counter change and the crossings it causes are stored
 * together or not at all; when the promise resolves, they survive a power cut.
 */
export type WriteOps = (ops: readonly Op[]) => Promise<Written>

/** Where a counter stands under its lock; `levelAt` is the time of its newest level, 0 when there is none. */
export interface Room {
  used: number
  held: number
  levelAt: number
}

/** Units of one counter, taken under its lock. All but `standing` happen inside the account's transaction. */
export interface ReservationStore {
  /** Locks a counter until the transaction ends, lets go of what is reserved past its time, and says where it stands. */
  room(counter: Omit<CounterRow, 'used'>, now: number): Promise<Room>
  /** Whether an event or a reservation has this id. */
  known(account: string, id: string): Promise<'event' | 'hold' | null>
  hold(hold: Hold): Promise<void>
  /** Takes a reservation off its counter, if its time is not over; null when there is none. */
  take(account: string, id: string, now: number): Promise<Hold | null>
  /** Counts an op that only adds, under the locks of its counters; gives the marks that it passed. */
  count(op: Op): Promise<Crossing[]>
  /** What is reserved in the account at `now`. */
  standing(account: string, now: number): Promise<Hold[]>
}
