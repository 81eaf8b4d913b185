import type { Problem, ProblemCode } from './contract/index.ts'

/** A call that the server refused, or that never reached it (`code` is `unreachable` then, and the outcome unknown). */
export class SoftgateError extends Error {
  readonly code: ProblemCode | 'unreachable'
  readonly status: number | null
  readonly problem: Problem | null

  constructor(message: string, options: { problem?: Problem; status?: number; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'SoftgateError'
    this.code = options.problem?.code ?? 'unreachable'
    this.status = options.status ?? null
    this.problem = options.problem ?? null
  }
}
