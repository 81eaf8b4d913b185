import type { Environment } from './environment.ts'

/**
 * The browser's own. The globals are called when they are needed, not kept: what a page puts in their place later counts,
 * and none of them works when it is called as a method of something else.
 */
export const browser = (): Environment => ({
  fetch: (input, init) => globalThis.fetch(input, init),
  now: () => Date.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
  bytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
  storage: ownStorage(),
  document: globalThis.document ?? null,
  locks: globalThis.navigator?.locks ?? null,
  channel: globalThis.BroadcastChannel ? (name) => new BroadcastChannel(name) : null,
  onWarning: (message, cause) => console.warn(`softgate: ${message}`, cause ?? ''),
})

/** Where a page may not store anything, only to look at it throws. */
function ownStorage(): Storage | null {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}
