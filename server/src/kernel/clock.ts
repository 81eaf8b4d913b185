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

/** A clock that somebody moves; whoever does says so with `moved`. */
export interface MovableClock extends Clock {
  moved(): void
}

/** The most that a timer of the machine can wait. */
const longestMs = 2 ** 31 - 1

/** A clock that shows `now`, which runs as the machine's does and now and then leaps ahead. */
export function createMovableClock(now: () => number): MovableClock {
  const timers = new Set<{ at: number; fn: () => void; cancel: () => void }>()
  const arm = (timer: { at: number; fn: () => void; cancel: () => void }): void => {
    timer.cancel = systemClock.after(Math.min(longestMs, Math.max(0, timer.at - now())), () => {
      if (timer.at > now()) return arm(timer)
      timers.delete(timer)
      timer.fn()
    })
  }
  return {
    now,
    after(ms, fn) {
      const timer = { at: now() + ms, fn, cancel: () => {} }
      timers.add(timer)
      arm(timer)
      return () => {
        timer.cancel()
        timers.delete(timer)
      }
    },
    moved() {
      for (const timer of timers) {
        timer.cancel()
        arm(timer)
      }
    },
  }
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
