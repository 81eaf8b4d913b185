import type { Clock } from '../kernel/clock.ts'
import type { CounterRow } from '../metering/model.ts'
import type { Snapshot } from './snapshot.ts'

export interface SnapshotsOptions {
  clock: Clock
  /** Reads an account and builds its snapshot; null when there is no such account. */
  load(account: string): Promise<Snapshot | null>
  /** How long a snapshot is believed, ms: for ever on one node, shorter where other nodes write too. */
  maxAgeMs: number
  /** The most accounts kept in memory; those loaded longest ago go first. */
  capacity?: number
}

/** The snapshots in memory. Whoever writes for an account says so here, and readers never see the state before it. */
export interface Snapshots {
  /** The snapshot, if it is in memory and still true: the way of a check, without a promise. */
  peek(account: string): Snapshot | undefined
  get(account: string): Promise<Snapshot | null>
  /** Forgets what is known of an account, as something else than a counter has changed. */
  drop(account: string): void
  /** Moves counters that a commit has changed. */
  count(rows: readonly CounterRow[]): void
}

interface Kept {
  snapshot: Snapshot
  loadedAt: number
}

export function createSnapshots({ clock, load, maxAgeMs, capacity = 100_000 }: SnapshotsOptions): Snapshots {
  const kept = new Map<string, Kept>()
  const loading = new Map<string, Promise<Snapshot | null>>()
  // Counts the writes of accounts that are being loaded: a load that began before a write must not be kept.
  const writes = new Map<string, number>()

  const peek = (account: string): Snapshot | undefined => {
    const entry = kept.get(account)
    if (!entry) return undefined
    const now = clock.now()
    if (now >= entry.snapshot.nextChangeAt || now - entry.loadedAt > maxAgeMs) {
      kept.delete(account)
      return undefined
    }
    return entry.snapshot
  }

  const loadFresh = async (account: string): Promise<Snapshot | null> => {
    for (let attempt = 1; ; attempt++) {
      writes.set(account, 0)
      const loadedAt = clock.now()
      const snapshot = await load(account)
      const undisturbed = writes.get(account) === 0
      // An account that is written all the time gets an answer that was true when its load began, and keeps nothing.
      if (!undisturbed && attempt < 5) continue
      if (snapshot && undisturbed) {
        kept.set(account, { snapshot, loadedAt })
        if (kept.size > capacity) kept.delete(kept.keys().next().value as string)
      }
      return snapshot
    }
  }

  const wrote = (account: string) => {
    const count = writes.get(account)
    if (count !== undefined) writes.set(account, count + 1)
  }

  return {
    peek,
    async get(account) {
      const known = peek(account)
      if (known) return known
      const under = loading.get(account)
      if (under) return under
      const load = loadFresh(account).finally(() => {
        loading.delete(account)
        writes.delete(account)
      })
      loading.set(account, load)
      return load
    },
    drop(account) {
      kept.delete(account)
      wrote(account)
    },
    count(rows) {
      for (const row of rows) {
        kept.get(row.account)?.snapshot.count(row)
        wrote(row.account)
      }
    },
  }
}
