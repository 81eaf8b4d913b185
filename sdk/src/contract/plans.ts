import type { ChangeKind } from './billing.ts'
import type { Scalar } from './decision.ts'
import type { Interval, Money, PriceTiers } from './money.ts'

export interface PlansQuery {
  /** Features that were asked for, separated by commas. */
  feature?: string
}

/**
 * How often a limit is given anew: with the billing period (the calendar month on a plan that is free), by the calendar, or day
 * by day for so many days.
 */
export type Each = 'billing' | 'day' | 'week' | 'month' | { days: number }

/** What a plan gives of a feature, as data. */
export type PlanGrant =
  | { kind: 'included' | 'not_included' | 'unlimited' | 'purchased' }
  /** Without `each` it is a level such as seats, or given once. */
  | { kind: 'limit'; limit: number; each?: Each }
  | { kind: 'value'; value: Scalar }

export interface ComparedPlan {
  key: string
  title: string
  /** In the account's currency; none for a plan that is free or sold by agreement. */
  prices: PlanPrice[]
  /** Whether it is what applies without a subscription. One that is not, and has no prices, is sold by agreement. */
  free: boolean
  /** By feature, each of the catalogue's. */
  grants: Record<string, PlanGrant>
  /** Whether it is in force now. */
  present: boolean
  /** When it takes the place of the present one; null when it does not. */
  pendingAt: string | null
  /** What leads to it: one offer an interval, for users who may buy. The free one is reached by `cancel`, at any interval. */
  offers: { id: string; kind: ChangeKind; interval: Interval }[]
}

export interface PlanPrice {
  interval: Interval
  /** Of one unit; where there are tiers, the amount that their words name. */
  price: Money
  /** How the price depends on the number of units; there where it does. Show its words instead of `price`. */
  tiers?: PriceTiers
  /** The word for one unit, such as `seat`. */
  unit: string | null
  /** Units that this account would pay for: as many as it pays for now, or else uses. */
  units: number
  /** What so many come to each interval, before discounts and tax. */
  total: Money
}

export interface PlansAnswer {
  /** In ascending order. */
  plans: ComparedPlan[]
  /** How often the account pays now; null while it pays nothing. */
  interval: Interval | null
  /** The key of the smallest plan, from the present one up, that covers what was asked for; null where none does. */
  covering: string | null
}
