import type { Clock } from '../kernel/clock.ts'

/** Rings for keys at their times, all of them on one timer. */
export interface Alarm {
  /** Rings once for the key, at `at` (epoch ms) or a little after; sooner where it was set to a sooner time before. */
  by(key: string, at: number): void
  forget(key: string): void
}

/** Timers of the machine hold 31 bits. */
const longestMs = 2 ** 31 - 1

export function createAlarm(clock: Clock, ring: (key: string) => void): Alarm {
  const times = new Map<string, number>()
  let next = Number.POSITIVE_INFINITY
  let cancel = (): void => {}

  const arm = (): void => {
    cancel()
    if (next < Number.POSITIVE_INFINITY) cancel = clock.after(Math.min(next - clock.now(), longestMs), run)
  }
  const run = (): void => {
    const now = clock.now()
    const due: string[] = []
    next = Number.POSITIVE_INFINITY
    for (const [key, at] of times)
      if (at <= now) due.push(key)
      else next = Math.min(next, at)
    for (const key of due) times.delete(key)
    arm()
    for (const key of due) ring(key)
  }

  return {
    by(key, at) {
      if (at >= (times.get(key) ?? Number.POSITIVE_INFINITY)) return
      // Whoever asks for now, and again when it rings, must not ring without end.
      const soon = Math.max(at, clock.now() + 1)
      times.set(key, soon)
      if (soon >= next) return
      next = soon
      arm()
    },
    forget: (key) => void times.delete(key),
  }
}
