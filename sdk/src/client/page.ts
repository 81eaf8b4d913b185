import { type Signal, signal } from '@preact/signals-core'
import type { SoftgateOptions } from './options.ts'
import type { PageStorage, PageWindow } from './page-window.ts'

/** What all parts of one client share. */
export interface Page extends SoftgateOptions {
  window: PageWindow
  /** What keys in the storage and names of locks and channels begin with. */
  prefix: string
  /** Whom the token names, `account user`, which holds no other space; empty until one is known. */
  user: Signal<string>
  /** When the state was last known to be true, epoch ms. */
  knownAt: number
  /** Epoch milliseconds. */
  now(): number
  /** Resolves in `ms`; never, when the client is closed before. */
  wait(ms: number): Promise<void>
  /** Waits after so many failures: at random, half a minute on average in the end, so that clients do not come back together. */
  rest(failures: number): Promise<void>
  /** Runs on localStorage as it is in the wild: where it is full, forbidden, missing or full of garbage, `run` ends there. */
  stored(run: (storage: PageStorage) => void): void
  warn(message: string, cause?: unknown): void
}

export function createPage(options: SoftgateOptions, closed: AbortSignal): Page {
  const { window = globalThis as PageWindow } = options
  const url = options.url.replace(/\/$/, '')
  const wait = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      window.setTimeout(() => closed.aborted || resolve(), ms)
    })
  return {
    ...options,
    window,
    url,
    prefix: `softgate:${url}`,
    user: signal(''),
    knownAt: 0,
    now: () => window.Date.now(),
    wait,
    rest: (failures) => wait((1 + window.Math.random()) * Math.min(20_000, 500 * 2 ** failures)),
    stored(run) {
      try {
        run(window.localStorage as PageStorage)
      } catch {
        // What is not stored lives in memory.
      }
    },
    warn: (message, cause) => window.console.warn(`softgate: ${message}`, cause),
  }
}
