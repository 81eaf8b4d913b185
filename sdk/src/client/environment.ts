/** The part of `Storage` that is used; its keys are the object's own. */
export type PageStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>

/** The part of `Window` that is used: when the page is hidden, left and shown again, and when the network is back. */
export interface PageWindow extends Pick<EventTarget, 'addEventListener'> {
  readonly document: Pick<Document, 'visibilityState'>
}

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

/** Everything that the client takes from the browser. What is null does not exist, and the client does without it. */
export interface Environment {
  fetch: typeof globalThis.fetch
  /** Epoch milliseconds. */
  now(): number
  /** Runs `fn` once, `ms` from now; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void
  /** From 0 up to but not including 1, for the spread of retries. */
  random(): number
  /** `n` random bytes, for ids. */
  bytes(n: number): Uint8Array
  /** May throw, as where a page may not store anything. */
  storage: (() => PageStorage) | null
  window: PageWindow | null
  locks: PageLocks | null
  channel: ((name: string) => PageChannel) | null
  /** Hears, in words for a developer, what went wrong where nobody could be answered. */
  onWarning(message: string, cause?: unknown): void
}
