import type { Clock } from './clock.ts'
import { ProblemError } from './problem.ts'

/** Counts one use by `key`; throws `rate_limited` when the key has used up its window. */
export type RateLimit = (key: string) => void

/** At most `points` uses a key in each window of `seconds`, counted in this process. */
export function createRateLimit(clock: Clock, { points, seconds }: { points: number; seconds: number }): RateLimit {
  let window = 0
  let used = new Map<string, number>()
  return (key) => {
    const now = Math.floor(clock.now() / (seconds * 1_000))
    if (now !== window) {
      window = now
      used = new Map()
    }
    const count = (used.get(key) ?? 0) + 1
    if (count > points)
      throw new ProblemError('rate_limited', `More than ${points} in ${seconds} seconds. Wait a moment.`)
    used.set(key, count)
  }
}
