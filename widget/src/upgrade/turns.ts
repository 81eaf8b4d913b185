import type { Page } from '../page.ts'

/** One question at a time: each turn outdates the ones before, and their timers with them. */
export interface Turns {
  /** Begins the next turn; returns how to tell whether it still is the one. */
  next(): () => boolean
  /** Runs once, unless another turn begins before. */
  later(ms: number, run: () => void): void
}

export function createTurns(page: Page): Turns {
  let turn = 0
  let cancels: (() => void)[] = []
  return {
    next() {
      for (const cancel of cancels) cancel()
      cancels = []
      const mine = ++turn
      return () => mine === turn
    },
    later(ms, run) {
      cancels.push(page.after(ms, run))
    },
  }
}
