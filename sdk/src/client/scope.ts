import type { Environment } from './environment.ts'

/** What must end together: timers, listeners, connections. */
export interface Scope {
  closed: boolean
  /** Runs `undo` when the scope closes, unless the returned function, which runs it at once, comes first. */
  add(undo: () => void): () => void
  /** The environment's timer, cancelled with the scope. */
  after(ms: number, fn: () => void): () => void
  /** Resolves `ms` from now; never when the scope closes before. */
  wait(ms: number): Promise<void>
  /** A scope that closes with this one, or before. */
  fork(): Scope
  close(): void
}

export function createScope(env: Pick<Environment, 'after'>): Scope {
  const undos = new Set<() => void>()
  const scope: Scope = {
    closed: false,
    add(undo) {
      const once = (): void => {
        if (undos.delete(once)) undo()
      }
      undos.add(once)
      return once
    },
    after(ms, fn) {
      if (scope.closed) return () => {}
      const cancel = env.after(ms, () => {
        undos.delete(undo)
        fn()
      })
      const undo = scope.add(cancel)
      return undo
    },
    wait: (ms) => new Promise((resolve) => void scope.after(ms, resolve)),
    fork() {
      const inner = createScope(env)
      inner.add(scope.add(inner.close))
      return inner
    },
    close() {
      scope.closed = true
      for (const undo of undos) undo()
    },
  }
  return scope
}

/** Full jitter: anything up to a bound that doubles with each failure, so that clients do not come back together. */
export const jitter = (random: () => number, failures: number, capMs: number): number =>
  random() * Math.min(capMs, 1_000 * 2 ** failures)
