/** Time as an option: everything that reads the time or waits takes a Clock, so a test can drive it. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number
  /** Runs `fn` once, `ms` from now; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void
}

/** The machine's clock. Its timers never keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, fn) => {
    const timer = setTimeout(fn, ms)
    timer.unref()
    return () => clearTimeout(timer)
  },
}

/** Waits `ms` on the given clock. */
export const sleep = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve)
  })

/** RFC 3339 in UTC, as every time on the wire. */
export const toIso = (at: number): string => new Date(at).toISOString()

/** The same for an instant that may be absent. */
export const toIsoOrNull = (at: number | null): string | null => (at === null ? null : toIso(at))
