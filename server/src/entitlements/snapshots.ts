import type { Clock } from '../kernel/clock.ts'
import type { CounterRow } from '../metering/model.ts'
import type { Snapshot } from './snapshot.ts'

export interface SnapshotsOptions {
  clock: Clock
  /** Reads an account and builds its snapshot, or the one of a scope in it; null when there is no such account. */
  load(account: string, scope: string): Promise<Snapshot | null>
  /** How long a snapshot is believed, ms: for ever on one node, shorter where other nodes write too. */
  maxAgeMs: number
  /** The most bytes that they may take together, as they estimate themselves; what was not asked for of late goes first. */
  room: number
}

/** How full the memory is. */
export interface Held {
  /** Snapshots of accounts, and of users and entities in them. */
  count: number
  bytes: number
  room: number
  /** How many have gone for want of room since the start. */
  evicted: number
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
  held(): Held
}

interface Load {
  snapshot: Promise<Snapshot | null>
  /** Whether the account was written while it was being read: what was read may be the state before. */
  overtaken: boolean
}

const attempts = 5
/** Asked for since the last look, a snapshot is passed over; but so many at most before one has to go. */
const mostChances = 64
const mostRest = 1_000

/** Names of accounts hold no line break. */
const keyOf = (account: string, scope: string): string => (scope === '' ? account : `${account}\n${scope}`)

export function createSnapshots({ clock, load, maxAgeMs, room }: SnapshotsOptions): Snapshots {
  const kept = new Map<string, Snapshot>()
  const ages = Number.isFinite(maxAgeMs)
  // Only loads that no write has overtaken: whoever asks after a write begins another.
  const loading = new Map<string, Load>()
  // The scopes of an account that are kept or under way: they go with it.
  const scopes = new Map<string, Set<string>>()
  let bytes = 0
  let evicted = 0
  /** Goes round all that is kept. Once it rests it is given up: it would keep every table alive that the map outgrows. */
  let hand: Iterator<[string, Snapshot]> | null = null
  let rested = 0

  const peek = (account: string, scope = ''): Snapshot | undefined => {
    const key = keyOf(account, scope)
    const snapshot = kept.get(key)
    if (!snapshot) return undefined
    const now = clock.now()
    if (now >= snapshot.nextChangeAt || (ages && now - snapshot.madeAt > maxAgeMs)) {
      remove(key)
      return undefined
    }
    snapshot.recent = true
    return snapshot
  }

  const remove = (key: string): void => {
    const snapshot = kept.get(key)
    if (!snapshot) return
    kept.delete(key)
    snapshot.weigh = null
    bytes -= snapshot.bytes
    forgetScope(key)
  }

  const keep = (key: string, snapshot: Snapshot): void => {
    remove(key)
    kept.set(key, snapshot)
    bytes += snapshot.bytes
    snapshot.weigh = weigh
    makeRoom()
  }

  const weigh = (more: number): void => {
    bytes += more
    makeRoom()
  }

  const next = (): [string, Snapshot] => {
    hand ??= kept.entries()
    const step = hand.next()
    if (!step.done) return step.value
    hand = null
    return next()
  }

  /** Takes from memory what nobody asked for since the hand was there before. */
  const makeRoom = (): void => {
    if (bytes <= room) {
      if (++rested > mostRest) hand = null
      return
    }
    rested = 0
    for (let chances = mostChances; bytes > room && kept.size > 1; ) {
      const [key, snapshot] = next()
      if (snapshot.recent && chances-- > 0) snapshot.recent = false
      else {
        remove(key)
        evicted++
        chances = mostChances
      }
    }
  }

  /** An account has no list of scopes that are neither kept nor under way. */
  const forgetScope = (key: string): void => {
    const [account = '', scope] = key.split('\n')
    const mine = scopes.get(account)
    if (scope === undefined || !mine || kept.has(key) || loading.has(key)) return
    mine.delete(scope)
    if (mine.size === 0) scopes.delete(account)
  }

  const read = async (account: string, scope: string, under: Load): Promise<Snapshot | null> => {
    const key = keyOf(account, scope)
    try {
      const snapshot = await load(account, scope)
      if (snapshot && !under.overtaken) keep(scope === '' ? snapshot.account.id : key, snapshot)
      return snapshot
    } finally {
      if (!under.overtaken) loading.delete(key)
      forgetScope(key)
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
    wrote(key)
    remove(key)
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
      for (const scope of [...(scopes.get(account) ?? [])]) forget(keyOf(account, scope))
      scopes.delete(account)
    },
    count(rows) {
      for (const row of rows) {
        const key = keyOf(row.account, row.scope)
        kept.get(key)?.count(row)
        wrote(key)
      }
    },
    held: () => ({ count: kept.size, bytes, room, evicted }),
  }
}
