/** What goes wrong with a request. `before`: nothing happened. `after`: it happened, and the answer is lost or a 500. */
export type FaultKind =
  | 'timeout_before'
  | 'timeout_after'
  | 'reset_before'
  | 'reset_after'
  | 'error_500_before'
  | 'error_500_after'
  | 'rate_limit'
  | 'lock_timeout'

/** Every fault there is. */
export const FAULT_KINDS: readonly FaultKind[] = [
  'timeout_before',
  'timeout_after',
  'reset_before',
  'reset_after',
  'error_500_before',
  'error_500_after',
  'rate_limit',
  'lock_timeout',
]

/** A fault for the next `times` (1) requests that match; `path` is a prefix such as `/v1/subscriptions`. */
export interface Fault {
  readonly match?: { readonly method?: string; readonly path?: string }
  readonly kind: FaultKind
  readonly times?: number
}

/** The faults that wait for a request. */
export interface Faults {
  add(fault: Fault): void
  /** Those that have not struck yet. */
  waiting(): readonly Fault[]
  /** The fault that strikes this request, used up by it. */
  take(method: string, path: string): FaultKind | null
}

/** The answer to this request never arrives. */
export class LostReply extends Error {
  override readonly name = 'LostReply'
}

/** An empty list of faults; the first that matches strikes. */
export function createFaults(): Faults {
  const waiting: { readonly fault: Fault; left: number }[] = []
  return {
    add: (fault) => {
      waiting.push({ fault, left: fault.times ?? 1 })
    },
    waiting: () => waiting.map(({ fault }) => fault),
    take: (method, path) => {
      const index = waiting.findIndex(({ fault: { match } }) => {
        const sameMethod = match?.method === undefined || match.method.toUpperCase() === method
        return sameMethod && (match?.path === undefined || path.startsWith(match.path))
      })
      const entry = waiting[index]
      if (!entry) return null
      entry.left -= 1
      if (entry.left <= 0) waiting.splice(index, 1)
      return entry.fault.kind
    },
  }
}
