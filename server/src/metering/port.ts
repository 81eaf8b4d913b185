import type { CounterRow, Crossing, Op, UseSlice, Written } from './model.ts'

/** What metering needs from storage outside the hot path. */
export interface MeteringStore {
  /** What was used since `since`, oldest first: of every feature, or of one; `by` splits the slices by a property. */
  usedSince(
    account: string,
    since: number,
    of?: { scope?: string; feature?: string; by?: string },
  ): Promise<(UseSlice & { group?: string | null })[]>
  /** The level of a feature just before `at`. */
  levelBefore(account: string, feature: string, at: number, scope?: string): Promise<number>
  /** The counters of one account for the given features and scopes, from the period with the key `from` on. */
  counters(account: string, keys: { feature: string; scope: string; from: number }[]): Promise<CounterRow[]>
  /** When each mark was first passed in the periods from `from` on, of those passed since `since`. */
  firstPassings(
    account: string,
    keys: { feature: string; scope: string; from: number }[],
    since: number,
  ): Promise<{ feature: string; period: number; mark: number; at: number }[]>
  /** Records a signal: an event that moves no counter. False when its id was there before. */
  signal(op: Op): Promise<boolean>
  /** Crossings that no trigger has looked at yet, oldest first. */
  pendingCrossings(account: string): Promise<Crossing[]>
  /** Accounts that have such crossings; what a restart has to catch up on. */
  accountsWithPendingCrossings(limit: number): Promise<string[]>
  consumeCrossing(crossing: Crossing, now: number): Promise<void>
}

/**
 * The hot path: many ops, one durable commit. An event, its counter change and the crossings it causes are stored
 * together or not at all; when the promise resolves, they survive a power cut.
 */
export type WriteOps = (ops: readonly Op[]) => Promise<Written>
