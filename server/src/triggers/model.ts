import type { Reason, Scalar } from '@softgate/sdk/contract'
import type { Audience } from '../catalog/model.ts'

/** `fired`: it asks. `held_out`: it would have asked, but the account is measured instead. `suppressed`: a rule said no. */
export type FireStatus = 'fired' | 'held_out' | 'suppressed'

/** Those who read what a trigger says: whom it is about, or who may buy. */
export type Party = 'own' | 'admins'

/** A trigger's answer to one signal of one account, kept with its reasons whatever the answer was. */
export interface Fire {
  account: string
  id: string
  trigger: string
  expansion: string
  status: FireStatus
  /** The user whose own attempt it answers; null when nobody asked. */
  user: string | null
  /** Whose limit it is about; see `readScope`. */
  scope: string
  /** Who reads it; whom the account's own limit is about are all, admins too: `both`. */
  to: Audience
  feature: string
  cause: string
  explain: Reason[]
  at: number
}

/** A trigger that only time keeps from firing for an account: at `at` it is looked at again. */
export interface Look {
  account: string
  trigger: string
  scope: string
  feature: string
  cause: string
  at: number
}

/** What happened: someone met a gate, or use passed a mark. `scope` says whose limit it was. */
export type Signal =
  | { on: 'blocked'; feature: string; scope: string; user: string; cause: string }
  | { on: 'usage'; feature: string; scope: string; mark: number; cause: string }

/** The named facts that conditions and readiness read, flat: `plan`, `seats.used`, `facts.nps`. */
export type FactSheet = Record<string, Scalar>
