import type { Environment } from './environment.ts'

/**
 * The browser's own. The globals are called when they are needed, not kept: what a page puts in their place later counts,
 * none of them works when it is called as a method of something else, and where a page may not store anything, only to
 * look at the storage throws.
 */
export const browser = (): Environment => ({
  fetch: (input, init) => fetch(input, init),
  now: () => Date.now(),
  after(ms, fn) {
    const timer = setTimeout(fn, ms)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
  bytes: (n) => crypto.getRandomValues(new Uint8Array(n)),
  storage: () => localStorage,
  window: globalThis.window,
  locks: globalThis.navigator?.locks,
  channel: (name) => new BroadcastChannel(name),
  onWarning: (message, cause) => console.warn(`softgate: ${message}`, cause),
})
