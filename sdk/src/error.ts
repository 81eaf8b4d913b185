import type { Problem, ProblemCode } from './contract/index.ts'

export interface SoftgateErrorOptions {
  problem?: Problem | undefined
  status?: number
  cause?: unknown
}

/** A call that the server refused, or that never reached it (`code` is `unreachable` then, and the outcome unknown). */
export class SoftgateError extends Error {
  override readonly name = 'SoftgateError'
  declare readonly code: ProblemCode | 'unreachable'
  declare readonly status: number | null
  declare readonly problem: Problem | null

  constructor(message: string, { problem, status, cause }: SoftgateErrorOptions) {
    super(message, { cause })
    this.code = problem?.code ?? 'unreachable'
    this.status = status ?? problem?.status ?? null
    this.problem = problem ?? null
  }
}
