import { breathe } from '../../server/src/kernel/breathe.ts'
import type { Clock } from '../../server/src/kernel/clock.ts'

/** A clock that stands still until it is told to move. */
export interface TestClock extends Clock {
  /** Moves `ms` ahead. Timers on the way run in the order of their times, each with everything it sets off settled. */
  advance(ms: number): Promise<void>
}

interface Timer {
  at: number
  fn: () => void
}

/** When tests begin, unless they say otherwise. March 12, two in the afternoon: no end of a month, no change of daylight saving. */
export const start = Date.UTC(2027, 2, 12, 14)

export function createTestClock(start: number): TestClock {
  let now = start
  const timers = new Set<Timer>()
  // A Set keeps the order of insertion and this sort is stable: timers of the same instant run as they were set.
  const nextUntil = (end: number): Timer | undefined =>
    [...timers].filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0]

  return {
    now: () => now,
    after(ms, fn) {
      const timer = { at: now + Math.max(0, ms), fn }
      timers.add(timer)
      return () => timers.delete(timer)
    },
    async advance(ms) {
      const end = now + ms
      // Whatever is settled by now has then run its callbacks.
      await breathe()
      for (let timer = nextUntil(end); timer; timer = nextUntil(end)) {
        timers.delete(timer)
        now = timer.at
        timer.fn()
        await breathe()
      }
      now = end
    },
  }
}
