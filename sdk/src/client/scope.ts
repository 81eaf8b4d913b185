import type { Environment } from './environment.ts'

/** What must end together: timers, listeners, connections. */
export interface Scope {
  /** Aborted when the scope closes. */
  readonly signal: AbortSignal
  /** Runs `undo`, which may be called twice, when the scope closes, or at once when it has. The returned function does so sooner. */
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
  const control = new AbortController()
  const { signal } = control
  const undos = new Set<() => void>()
  const scope: Scope = {
    signal,
    add(undo) {
      const once = (): void => {
        undos.delete(once)
        undo()
      }
      undos.add(once)
      if (signal.aborted) once()
      return once
    },
    after(ms, fn) {
      const cancel = env.after(ms, () => {
        done()
        fn()
      })
      const done = scope.add(cancel)
      return done
    },
    wait: (ms) => new Promise((resolve) => void scope.after(ms, resolve)),
    fork() {
      const inner = createScope(env)
      inner.add(scope.add(inner.close))
      return inner
    },
    close() {
      control.abort()
      for (const undo of undos) undo()
    },
  }
  return scope
}

/** Full jitter: anything up to a bound that doubles with each failure, so that clients do not come back together. */
export const jitter = ({ random }: Pick<Environment, 'random'>, failures: number, capMs: number): number =>
  random() * Math.min(capMs, 1_000 * 2 ** failures)
