import type { Environment } from './environment.ts'

/** A pause is half of its bound on average. */
const maxPauseMs = 60_000

/** Runs `fn` in `ms`, unless the signal is aborted before. */
export function later({ after }: Pick<Environment, 'after'>, signal: AbortSignal, ms: number, fn: () => void): void {
  const cancel = after(ms, () => {
    signal.removeEventListener('abort', cancel)
    fn()
  })
  signal.addEventListener('abort', cancel)
}

/** Full jitter: anything up to a bound that doubles with each failure, so that clients do not come back together. */
export const pauseAfter = (failures: number, { random }: Pick<Environment, 'random'>): number =>
  random() * Math.min(maxPauseMs, 1_000 * 2 ** failures)
