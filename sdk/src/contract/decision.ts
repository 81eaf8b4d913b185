export type FeatureKind = 'boolean' | 'metered' | 'static'

/**
 * What a user meets: `ok`; `warn` (past the soft limit); `grace` (over the limit, tolerated for a time);
 * `blocked` (the limit is reached); `locked` (the plan does not grant the feature).
 */
export type DecisionState = 'ok' | 'warn' | 'grace' | 'blocked' | 'locked'

export type DecisionReason =
  | 'granted'
  | 'unlimited'
  | 'within_limit'
  | 'soft_limit_passed'
  | 'limit_reached'
  /** Over the limit, allowed for a while or a little. */
  | 'grace'
  /** Over the limit, allowed and billed. */
  | 'overage'
  | 'not_in_plan'
  /** Taken away from this account by an override. */
  | 'revoked'
  | 'beta_only'
  /** It opens by use of another feature; see `unlock`. */
  | 'not_unlocked'
  | 'role_not_allowed'
  /** Nothing is known of the feature: this is the default that the host has declared. */
  | 'unknown'

/** What may be stored under a free key: one scalar, no nesting. */
export type Scalar = string | number | boolean | null

/**
 * The one answer about one feature of one account. Meter, gate and server read the same object, so their numbers cannot
 * disagree. A refusal is a value: `allowed` is false and `reason` says why.
 */
export interface Decision {
  feature: string
  kind: FeatureKind
  state: DecisionState
  /** Whether the quantity that was asked for (1 when none was) is allowed now. */
  allowed: boolean
  reason: DecisionReason
  /** The granted value of a `static` feature. */
  value?: Scalar
  /** Units allowed; null when there is no limit, or none applies (boolean, static). */
  limit: number | null
  /** Units used in the present period, or the present level of an allocated feature; null where nothing is counted. */
  used: number | null
  remaining: number | null
  /** The use from which `state` is `warn`. */
  softLimit: number | null
  /** When use starts again at zero; null for a level such as seats. */
  resetsAt: string | null
  graceEndsAt: string | null
  /** The first instant at which time alone would change this answer. */
  nextChangeAt: string | null
  /** All uses from which it warns, where there are several. */
  softLimits?: number[]
  /** Units that may still be used where grace adds to what remains; null for no bound but time. */
  graceRemaining?: number | null
  /** Units over the limit, which are billed. */
  overage?: number
  /** Units reserved and not used yet. */
  held?: number
  /** How far the use is that unlocks it. */
  unlock?: { feature: string; used: number; needed: number }
  /** The account has it on trial. */
  trial?: { endsAt: string }
  /** The user whom it is about may not even see it. */
  hidden?: boolean
  /** Which grant, override, rule or state of payment decided, in this order; where it was asked for. */
  explain?: Reason[]
  /** Whose use and limit these are, where each user or each entity of the account has its own. */
  scope?: 'user' | 'entity'
  /** Units of the limit that were left over from earlier periods. */
  rolledOver?: number
  /**
   * When the limit will be reached if use goes on as in the last weeks; from `earliest` to `latest` in about four of five
   * cases. Left out where there is less than a week to go by, and where it is not expected before the reset.
   */
  forecast?: { at: string; earliest: string; latest: string }
  /** `live` from the server, `cache` from the last known state, `default` from the feature's declared default. */
  source: 'live' | 'cache' | 'default'
  /** Age of the answer in milliseconds; 0 when live. */
  ageMs: number
}

/** One step of an explanation: a code, the facts it looked at, and the rule that decided. */
export interface Reason {
  code: string
  facts: Record<string, Scalar>
  rule?: string
}

export interface CheckInput {
  /** May be left out with a user token, which names its own account. */
  account?: string
  /** Who would use it, where each user has a limit; with a user token always its own user. */
  user?: string
  /** What it would be used for, where each entity has a limit. */
  entity?: string
  feature: string
  /** Units that would be used; 1 when left out. */
  quantity?: number
  /** Whether the answer says why it is what it is; with a secret key only. */
  explain?: boolean
}

export interface ConsumeInput {
  /**
   * Made by the caller, unique in the account, time-ordered (UUIDv7). The same id counts once; for another feature, user, entity
   * or quantity it is refused.
   */
  id: string
  account: string
  user?: string
  entity?: string
  feature: string
  /** 1 when left out; of a feature that counts events no more than that. */
  quantity?: number
}

export interface ReserveInput extends ConsumeInput {
  /** Seconds until the reservation is over; 300 when left out, at most 86,400. */
  expiresIn?: number
}

/** `expiresAt` is null where nothing was reserved; the decision says why. */
export interface ReserveAnswer {
  decision: Decision
  expiresAt: string | null
}

export interface CommitInput {
  /** Of the reservation. */
  id: string
  account: string
  /** Units that were used, at most as many as are reserved; all of them when left out. */
  quantity?: number
}

export interface ReleaseInput {
  id: string
  account: string
}

export interface ReleaseAnswer {
  /** Units that are free again; 0 where they were before. */
  released: number
}
