import type { Scalar } from './decision.ts'

/** What an account may be given of a feature: on, units, no limit, or a value. */
export type OverrideGrant = true | number | 'unlimited' | { value: Scalar }

/** What an account has of a feature other than its plan gives. A PUT replaces the one before. */
export interface OverrideInput {
  /** Null takes the feature away. */
  grant: OverrideGrant | null
  /** Why, for those who find it later. */
  reason: string
  author: string
  /** RFC 3339. A trial must have one. */
  endsAt?: string | null
  /** Gives the feature on trial, which an account has once; an override beside it wins. */
  trial?: boolean
}

export interface Override {
  account: string
  feature: string
  grant: OverrideGrant | null
  reason: string
  author: string
  endsAt: string | null
  trial: boolean
  createdAt: string
}

/** Both may be there, and both may have ended: `endsAt` says so. An override wins over a trial. */
export interface OverridesAnswer {
  override: Override | null
  trial: Override | null
}
