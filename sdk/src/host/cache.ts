import type { AccountState, Decision } from '../contract/index.ts'
import { forQuantity } from '../decisions.ts'
import { readEvents } from '../read-events.ts'

export interface DecisionCache {
  /**
   * The decision about one unit, if it is surely the present one or, with `stale`, the last known one. Its age tells how
   * long ago the backend was last heard to say so, by silence too.
   */
  find(account: string, feature: string, options?: { stale: boolean }): Decision | null
  /** Keeps what the backend answered to a question of `askedAt`, unless the stream has said something newer since. */
  keep(account: string, decision: Decision, askedAt: number): void
  /** Something was written for the account: what is known of it is only the last known, until it is said anew. */
  doubt(account: string): void
  /** Units that were used here and that the backend has not heard of. */
  count(account: string, feature: string, units: number): void
  close(): void
}

export interface CacheOptions {
  url: string
  secretKey: string
  fetch: typeof globalThis.fetch
  now(): number
  after(ms: number, fn: () => void): () => void
}

interface Entry {
  decision: Decision
  /** When the backend said it, epoch ms. */
  at: number
  /** Something was written since that may have changed it. */
  doubtful?: boolean
}

/** Accounts that are remembered, the least lately asked for forgotten first. */
const most = 10_000
const reconnectMs = 1_000
/** The backend shows every 25 seconds that it is there. */
const silenceMs = 60_000

/**
 * Decisions about one unit, by account and feature. The backend's stream of all accounts replaces what has changed, so an
 * entry from the present connection is the present answer; one from before it is only the last known.
 */
export function createDecisionCache({ url, secretKey, fetch, now, after }: CacheOptions): DecisionCache {
  const accounts = new Map<string, Map<string, Entry>>()
  let connectedAt = Number.POSITIVE_INFINITY
  let heardAt = 0
  let stopped = false
  let connection = new AbortController()
  let cancelTimer = () => {}

  const listen = async (): Promise<void> => {
    connection = new AbortController()
    const { signal } = connection
    try {
      const response = await fetch(`${url}/v1/stream`, { headers: { authorization: `Bearer ${secretKey}` }, signal })
      if (!response.ok || !response.body) throw new Error(`the stream answered ${response.status}`)
      connectedAt = now()
      heard()
      await readEvents(response.body, heard, (text) => replace(JSON.parse(text) as AccountState))
    } catch {
      // Whatever it was, the answer is the same: what is known ages until the stream is there again.
    }
    connectedAt = Number.POSITIVE_INFINITY
    cancelTimer()
    if (!stopped) cancelTimer = after(reconnectMs, listen)
  }
  const heard = (): void => {
    heardAt = now()
    cancelTimer()
    cancelTimer = after(silenceMs, () => connection.abort())
  }

  const replace = ({ account, features }: AccountState): void => {
    const known = accounts.get(account.id)
    if (!known) return
    const at = now()
    for (const [feature, decision] of Object.entries(features)) known.set(feature, { decision, at })
  }

  void listen()
  return {
    find(account, feature, { stale } = { stale: false }) {
      const known = accounts.get(account) ?? new Map<string, Entry>()
      // From here on the stream's word on this account is heard, also while it is being asked about.
      accounts.delete(account)
      accounts.set(account, known)
      const [oldest] = accounts.keys()
      if (accounts.size > most && oldest !== undefined) accounts.delete(oldest)
      const entry = known.get(feature)
      if (!entry) return null
      const { decision, at, doubtful } = entry
      const { nextChangeAt } = decision
      const standing = at >= connectedAt && !doubtful
      const present = standing && (nextChangeAt === null || now() < Date.parse(nextChangeAt))
      if (!present && !stale) return null
      return { ...decision, source: 'cache', ageMs: now() - (standing ? Math.max(at, heardAt) : at) }
    },
    keep(account, decision, askedAt) {
      const known = accounts.get(account)
      if (!known || (known.get(decision.feature)?.at ?? 0) > askedAt) return
      known.set(decision.feature, { decision, at: askedAt })
    },
    doubt(account) {
      for (const entry of accounts.get(account)?.values() ?? []) entry.doubtful = true
    },
    count(account, feature, units) {
      const known = accounts.get(account)
      const entry = known?.get(feature)
      if (!known || entry?.decision.used == null) return
      known.set(feature, { ...entry, decision: afterUse(entry.decision, units) })
    },
    close() {
      stopped = true
      cancelTimer()
      connection.abort()
    },
  }
}

/** What a decision about one unit becomes by use that only this side knows of. */
function afterUse(decision: Decision, units: number): Decision {
  const used = (decision.used ?? 0) + units
  const { limit, held = 0, graceRemaining, overage } = decision
  if (limit === null) return { ...decision, used }
  const left = {
    ...decision,
    used,
    remaining: Math.max(0, limit - used - held),
    ...(graceRemaining != null && { graceRemaining: Math.max(0, graceRemaining - units) }),
    ...(overage !== undefined && { overage: Math.max(0, used - limit) }),
  }
  return forQuantity(left, 1)
}
