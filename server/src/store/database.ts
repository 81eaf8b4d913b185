import type { StillKept, UseDrift } from '../metering/model.ts'
import type { WriteOps } from '../metering/port.ts'
import type { Leaving } from './forget.ts'
import type { OldUse } from './forget-use.ts'
import type { Stores } from './stores.ts'

/** An open database: the stores for reading, transactions for writing, and the hot path. */
export interface Database {
  dialect: 'sqlite' | 'postgres'
  /** Reads outside of a transaction: the last committed state. */
  read: Stores
  /**
   * Runs `work` in one transaction, alone for its account: two transactions of the same account never overlap, on one node
   * or many. `work` must not wait for anything but the stores it is given.
   */
  transaction<T>(account: string, work: (stores: Stores) => Promise<T>): Promise<T>
  writeOps: WriteOps
  /** Prepares for the events of the weeks after `now`: PostgreSQL keeps them in partitions by time. */
  makeRoom(now: number): Promise<void>
  /**
   * Deletes a lot of the events received before `before`, the oldest first and a few at a time, so that writers hardly wait;
   * `leaving`, where there is one, has them all first. Where there is none, PostgreSQL keeps what lies in a partition until it
   * can drop that as a whole. Gives how many there were: 0 when none is left, or another node is at it.
   */
  forgetEvents(before: number, leaving: Leaving | null): Promise<number>
  /**
   * Deletes what accounts used in periods that began before an instant, all of it or nothing; what never starts again keeps
   * its sum or level. What is written for the same periods meanwhile counts before or after, and is never lost.
   */
  forgetUse(old: OldUse): Promise<void>
  /**
   * Compares some counters with their days, and the days since `kept.events` with their events, as all of it was at one instant;
   * nobody waits for it. Gives what differs and where to go on: what names a counter, as JSON, or null for the end.
   */
  examineUse(after: string | null, kept: StillKept): Promise<{ drifts: UseDrift[]; next: string | null }>
  /**
   * Counts a counter anew from its days, and first the named day from its events. What comes in meanwhile counts before or
   * after. False where the events of the day are not all there: then nothing is changed.
   */
  recountUse(drift: UseDrift): Promise<boolean>
  /**
   * Calls `changed` when another node has written for an account, and `missed` when that may have happened unheard, to any
   * number of them; does nothing where there is only one node.
   */
  onForeignChange(hearer: { changed(account: string): void; missed(): void }): Promise<void>
  /** Tells the other nodes that an account has changed. */
  announce(accounts: readonly string[]): void
  /** Fails if the database does not answer. */
  ping(): Promise<void>
  close(): Promise<void>
}
