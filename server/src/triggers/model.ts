import type { Reason, Scalar } from '@softgate/sdk/contract'

/** `fired`: it asks. `held_out`: it would have asked, but the account is measured instead. `suppressed`: a rule said no. */
export type FireStatus = 'fired' | 'held_out' | 'suppressed'

/** A trigger's answer to one signal of one account, kept with its reasons whatever the answer was. */
export interface Fire {
  account: string
  id: string
  trigger: string
  expansion: string
  status: FireStatus
  /** The user whose own attempt it answers; null when nobody asked. */
  user: string | null
  feature: string
  cause: string
  explain: Reason[]
  at: number
}

/** A trigger that only time keeps from firing for an account: at `at` it is looked at again. */
export interface Look {
  account: string
  trigger: string
  feature: string
  cause: string
  at: number
}

/** What happened: someone met a gate, or use passed a mark. */
export type Signal =
  | { on: 'blocked'; feature: string; user: string; cause: string }
  | { on: 'usage'; feature: string; mark: number; cause: string }

/** The named facts that conditions and readiness read, flat: `plan`, `seats.used`, `facts.nps`. */
export type FactSheet = Record<string, Scalar>
