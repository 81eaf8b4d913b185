import type { Problem, ProblemCode } from './contract/index.ts'

/** A call that the server refused, or that never reached it (`code` is `unreachable` then, and the outcome unknown). */
export class SoftgateError extends Error {
  override readonly name = 'SoftgateError'
  declare readonly code: ProblemCode | 'unreachable'
  declare readonly status: number | null
  declare readonly problem: Problem | null

  constructor(message: string, problem: Problem | null, cause?: unknown, status = problem?.status ?? null) {
    super(message, { cause })
    this.code = problem?.code ?? 'unreachable'
    this.status = status
    this.problem = problem
  }
}
