/** Lets callers who want the same thing at the same time share one run of it. */
export interface Sharing {
  /** Joins the run that is under way for the key, or starts one. For work whose result serves all who ask meanwhile. */
  together<T>(key: string, work: () => Promise<T>): Promise<T>
  /**
   * Starts a run after the present one has ended; all who ask while it is under way share that next one. For work that
   * must begin after it was asked for, as it reads what has changed by then.
   */
  afresh(key: string, work: () => Promise<void>): Promise<void>
  /** Resolves when the run under way for the key has ended, however it did; at once when there is none. */
  ended(key: string): Promise<void>
}

export function createSharing(): Sharing {
  const running = new Map<string, Promise<unknown>>()
  const next = new Map<string, Promise<void>>()

  const start = <T>(key: string, work: () => Promise<T>): Promise<T> => {
    const run = work().finally(() => {
      if (running.get(key) === run) running.delete(key)
    })
    running.set(key, run)
    return run
  }

  return {
    together: <T>(key: string, work: () => Promise<T>) =>
      (running.get(key) as Promise<T> | undefined) ?? start(key, work),
    afresh(key, work) {
      const under = running.get(key)
      if (!under) return start(key, work)
      const waiting = next.get(key)
      if (waiting) return waiting
      const run = under
        .catch(() => {})
        .then(() => {
          next.delete(key)
          return start(key, work)
        })
      next.set(key, run)
      return run
    },
    async ended(key) {
      await running.get(key)?.catch(() => {})
    },
  }
}
