import type { Scalar } from './decision.ts'

export type Segment = 'smb' | 'mid_market' | 'enterprise'

/** Facts of an account from the host: numbers, words and flags that triggers and readiness may read. */
export type Facts = Record<string, Scalar>

/** What the host says about an account. A PUT merges: what is left out stays, null clears. */
export interface AccountInput {
  name?: string | null
  segment?: Segment | null
  /** Refused while a live subscription exists: the subscription names the plan then. */
  plan?: string | null
  /** IANA name, such as `Europe/Berlin`. */
  timeZone?: string | null
  currency?: string | null
  stripeCustomerId?: string | null
  onboardedAt?: string | null
  contractRenewsAt?: string | null
  /** Minor units of the account's currency, a year. */
  contractValue?: number | null
  /** 0 to 100. */
  healthScore?: number | null
  /** Merged key by key; null clears a key. */
  facts?: Facts | null
}

export interface Account {
  id: string
  name: string | null
  segment: Segment | null
  /** The plan in force: of the live subscription, else the one that was set, else the catalogue's default. */
  plan: string
  timeZone: string | null
  currency: string | null
  stripeCustomerId: string | null
  onboardedAt: string | null
  contractRenewsAt: string | null
  contractValue: number | null
  healthScore: number | null
  facts: Facts
  subscription: AccountSubscription | null
  createdAt: string
}

export interface AccountSubscription {
  id: string
  status: string
  interval: 'month' | 'year'
  /** Units bought, by feature. */
  quantities: Record<string, number>
  currentPeriodStart: string
  currentPeriodEnd: string
  cancelAt: string | null
}

export interface UserInput {
  email?: string | null
  name?: string | null
  role?: string | null
  /** BCP 47 tag; prompts are written in it where the catalogue has it. */
  locale?: string | null
  /** The parts of the account that they belong to, at most 100: who reads what is said of an entity. Replaces those before. */
  entities?: string[] | null
}

export interface User {
  id: string
  account: string
  email: string | null
  name: string | null
  role: string | null
  locale: string | null
  entities: string[]
}

export interface TokenInput {
  account: string
  user: string
  may?: Permission[]
  /** The most its user may spend with this token; no bound when left out. */
  cap?: PurchaseCap
  /** Seconds until the token expires; at most 900. */
  expiresIn?: number
}

export type Permission = 'purchase'

/**
 * The most that the user of a token may spend. Asked when a change is quoted, and again in the moment in which it is bought.
 * What is charged in another currency is refused.
 */
export interface PurchaseCap {
  /** Minor units, such as cents. */
  amount: number
  /** ISO 4217 code in small letters. */
  currency: string
  /**
   * Bounds the sum of what the user has bought in the account within the last so many days, 1 to 366, and the charge at hand.
   * When left out, each charge is bounded by itself.
   */
  days?: number
}

export interface TokenAnswer {
  token: string
  expiresAt: string
}

export interface EraseQuery {
  /** `leave` erases the account beside its live subscription, which then goes on at Stripe alone; refused when left out. */
  subscription?: 'leave'
}

/** How much was erased by this call; nothing where nothing was left. */
export interface Erasure {
  account: string
  users: number
  events: number
}
