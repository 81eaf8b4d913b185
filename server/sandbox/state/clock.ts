import type { Store } from './store.ts'

/** The sandbox's clock: the given one plus what was advanced, or held at an instant while due work runs. */
export interface Clock {
  now(): number
  /** The given clock alone. */
  outside(): number
  /** Moves the clock forward by `ms`; kept with the records. */
  shift(ms: number): void
  /** Runs `work` with the clock standing at `at`. */
  holdAt<T>(at: number, work: () => T): T
}

const OFFSET = 'clock-offset'

/** A clock over `source` (epoch ms) whose offset lives in `store`. `moved` is told once what moved it is done. */
export function createClock(store: Store, source: () => number, moved: () => void = () => {}): Clock {
  let held: number | null = null
  const offset = (): number => store.get('counter', OFFSET)?.value ?? 0
  return {
    now: () => held ?? source() + offset(),
    outside: source,
    shift: (ms) => {
      store.put('counter', { id: OFFSET, value: offset() + ms })
      queueMicrotask(moved)
    },
    holdAt: (at, work) => {
      const outer = held
      held = at
      try {
        return work()
      } finally {
        held = outer
      }
    },
  }
}
