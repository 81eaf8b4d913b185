import type { Clock } from '../kernel/clock.ts'
import type { CounterRow } from '../metering/model.ts'
import type { Snapshot } from './snapshot.ts'

export interface SnapshotsOptions {
  clock: Clock
  /** Reads an account and builds its snapshot, or the one of a scope in it; null when there is no such account. */
  load(account: string, scope: string): Promise<Snapshot | null>
  /** How long a snapshot is believed, ms: for ever on one node, shorter where other nodes write too. */
  maxAgeMs: number
  /** The most accounts kept in memory; those loaded longest ago go first. */
  capacity?: number
}

/**
 * The snapshots in memory: of accounts, and of the users and entities in them that have counters of their own. Whoever
 * writes for an account says so here, and readers never see the state before it.
 */
export interface Snapshots {
  /** The snapshot, if it is in memory and still true: the way of a check, without a promise. */
  peek(account: string, scope?: string): Snapshot | undefined
  get(account: string, scope?: string): Promise<Snapshot | null>
  /** Reads it from the database, for the caller alone: it is as it was then, and no commit moves it. */
  read(account: string, scope: string): Promise<Snapshot | null>
  /** Forgets what is known of an account and everyone in it, as something else than a counter has changed. */
  drop(account: string): void
  /** Moves counters that a commit has changed. */
  count(rows: readonly CounterRow[]): void
}

interface Load {
  snapshot: Promise<Snapshot | null>
  /** Whether the account was written while it was being read: what was read may be the state before. */
  overtaken: boolean
}

const attempts = 5

/** Names of accounts hold no line break. */
const keyOf = (account: string, scope: string): string => (scope === '' ? account : `${account}\n${scope}`)

export function createSnapshots({ clock, load, maxAgeMs, capacity = 100_000 }: SnapshotsOptions): Snapshots {
  const kept = new Map<string, Snapshot>()
  const ages = Number.isFinite(maxAgeMs)
  // Only loads that no write has overtaken: whoever asks after a write begins another.
  const loading = new Map<string, Load>()
  // The scopes of an account that may be kept or under way: they go with it.
  const scopes = new Map<string, Set<string>>()

  const peek = (account: string, scope = ''): Snapshot | undefined => {
    const key = keyOf(account, scope)
    const snapshot = kept.get(key)
    if (!snapshot) return undefined
    const now = clock.now()
    if (now >= snapshot.nextChangeAt || (ages && now - snapshot.madeAt > maxAgeMs)) {
      kept.delete(key)
      return undefined
    }
    return snapshot
  }

  const keep = (key: string, snapshot: Snapshot): void => {
    kept.set(key, snapshot)
    if (kept.size <= capacity) return
    const [oldest = ''] = kept.keys()
    kept.delete(oldest)
    const [account = '', scope] = oldest.split('\n')
    if (scope !== undefined) scopes.get(account)?.delete(scope)
  }

  const read = async (account: string, scope: string, under: Load): Promise<Snapshot | null> => {
    try {
      const snapshot = await load(account, scope)
      if (snapshot && !under.overtaken) keep(keyOf(account, scope), snapshot)
      return snapshot
    } finally {
      if (!under.overtaken) loading.delete(keyOf(account, scope))
    }
  }

  const begin = (account: string, scope: string): Load => {
    const under: Load = { snapshot: Promise.resolve(null), overtaken: false }
    loading.set(keyOf(account, scope), under)
    if (scope !== '') scopes.set(account, (scopes.get(account) ?? new Set()).add(scope))
    under.snapshot = read(account, scope, under)
    return under
  }

  const wrote = (key: string): void => {
    const under = loading.get(key)
    if (!under) return
    under.overtaken = true
    loading.delete(key)
  }

  const forget = (key: string): void => {
    kept.delete(key)
    wrote(key)
  }

  return {
    peek,
    async get(account, scope = '') {
      for (let attempt = 1; ; attempt++) {
        const known = peek(account, scope)
        if (known) return known
        const under = loading.get(keyOf(account, scope)) ?? begin(account, scope)
        const snapshot = await under.snapshot
        // Where an account is written all the time, what was true when it was asked for has to do.
        if (!under.overtaken || attempt === attempts) return snapshot
      }
    },
    read: load,
    drop(account) {
      forget(account)
      for (const scope of scopes.get(account) ?? []) forget(keyOf(account, scope))
      scopes.delete(account)
    },
    count(rows) {
      for (const row of rows) {
        const key = keyOf(row.account, row.scope)
        kept.get(key)?.count(row)
        wrote(key)
      }
    },
  }
}
