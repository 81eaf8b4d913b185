/** The part of `Storage` that is used; its keys are the object's own. */
export type PageStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The part of `LockManager` that is used: a lock is held until the callback's promise is settled. */
export interface PageLocks {
  request(name: string, options: { signal: AbortSignal }, held: () => Promise<void>): Promise<unknown>
}

/** The part of `BroadcastChannel` that is used. */
export interface PageChannel {
  onmessage: ((event: MessageEvent) => void) | null
  postMessage(message: unknown): void
  close(): void
}

/**
 * The part of `window` that the client uses, all that it takes from its surroundings. What a browser may lack may be left
 * out, and the client does without it.
 */
export interface PageWindow {
  fetch: typeof globalThis.fetch
  setTimeout(fn: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  /** Ends calls that take too long. */
  readonly AbortSignal: { timeout(ms: number): AbortSignal }
  /** Epoch milliseconds. */
  readonly Date: { now(): number }
  /** For ids, and for the spread of retries. */
  readonly Math: { random(): number }
  /** Hears, in words for a developer, what went wrong where nobody could be answered. */
  readonly console: { warn(message: string, cause: unknown): void }
  /** To look at it may throw, as where a page may not store anything. */
  readonly localStorage?: PageStorage
  readonly navigator?: { readonly locks?: PageLocks }
  readonly BroadcastChannel?: new (name: string) => PageChannel
  /** Of the events of a page that is hidden, left and shown again, and of the network that is back. */
  addEventListener?(type: string, listener: () => void, options: { signal: AbortSignal }): void
}
