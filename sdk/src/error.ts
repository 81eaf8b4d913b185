import type { Problem, ProblemCode } from './contract/index.ts'

/** A call that the server refused, or that never reached it (`code` is `unreachable` then, and the outcome unknown). */
export class SoftgateError extends Error {
  override readonly name = 'SoftgateError'
  declare readonly code: ProblemCode | 'unreachable'
  declare readonly status: number | null
  declare readonly problem: Problem | null
  /** Whether the server has said no, and would again: no limit that passes, no fault of its own, nothing on the way. */
  declare readonly final: boolean

  constructor(message: string, problem: Problem | null, cause?: unknown, status = problem?.status ?? null) {
    super(message, { cause })
    this.code = problem?.code ?? 'unreachable'
    this.status = status
    this.problem = problem
    this.final = /^4(?!08|29)/.test(`${status}`)
  }
}
