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

interface Load {
  snapshot: Promise<Snapshot | null>
  /** Whether the account was written while it was being read: what was read may be the state before. */
  overtaken: boolean
}

const attempts = 5

export function createSnapshots({ clock, load, maxAgeMs, capacity = 100_000 }: SnapshotsOptions): Snapshots {
  const kept = new Map<string, Kept>()
  // Only loads that no write has overtaken: whoever asks after a write begins another.
  const loading = new Map<string, Load>()

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

  const keep = (account: string, entry: Kept): void => {
    kept.set(account, entry)
    if (kept.size > capacity) kept.delete(kept.keys().next().value as string)
  }

  const read = async (account: string, under: Load): Promise<Snapshot | null> => {
    const loadedAt = clock.now()
    try {
      const snapshot = await load(account)
      if (snapshot && !under.overtaken) keep(account, { snapshot, loadedAt })
      return snapshot
    } finally {
      if (!under.overtaken) loading.delete(account)
    }
  }

  const begin = (account: string): Load => {
    const under: Load = { snapshot: Promise.resolve(null), overtaken: false }
    loading.set(account, under)
    under.snapshot = read(account, under)
    return under
  }

  const wrote = (account: string): void => {
    const under = loading.get(account)
    if (!under) return
    under.overtaken = true
    loading.delete(account)
  }

  return {
    peek,
    async get(account) {
      for (let attempt = 1; ; attempt++) {
        const known = peek(account)
        if (known) return known
        const under = loading.get(account) ?? begin(account)
        const snapshot = await under.snapshot
        // Where an account is written all the time, what was true when it was asked for has to do.
        if (!under.overtaken || attempt === attempts) return snapshot
      }
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
