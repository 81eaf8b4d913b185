import type { Dunning } from '../billing/dunning.ts'
import type { Store } from './store.ts'

/** What every rule of the sandbox needs: the records, the time, fresh ids, and who is asking. */
export interface World {
  readonly store: Store
  /** Epoch milliseconds on the sandbox's clock. */
  now(): number
  /** Epoch ms on the clock that was given, without what was advanced: the time of those who receive webhooks. */
  outsideNow(): number
  /** Runs `work` as if it were `seconds`; to be undone or committed as a whole. */
  at<T>(seconds: number, work: () => T): T
  /** Epoch seconds, the unit of all of Stripe's times. */
  seconds(): number
  /** `prefix_sb_000001` and so on; never the same twice, also across restarts of a stored sandbox. */
  nextId(prefix: string): string
  /** Moves the clock forward by `ms`; what falls due is brought about before the next request. */
  advance(ms: number): void
  /** What can be set for the whole sandbox, until it is closed. */
  readonly settings: { dunning: Dunning }
  /** An unguessable token. */
  secret(): string
  /** Where the sandbox is reached, without a slash at the end. */
  baseUrl(): string
  /** The API call being served, or nulls when time alone caused the change. */
  asker: { readonly id: string | null; readonly idempotency_key: string | null }
}

/** Counts up under `prefix` and names the next object. */
export function nextId(store: Store, prefix: string): string {
  const value = (store.get('counter', prefix)?.value ?? 0) + 1
  store.put('counter', { id: prefix, value })
  return `${prefix}_sb_${String(value).padStart(6, '0')}`
}
