import type { Interval, Money } from './money.ts'

/**
 * When a subscriber moves to the present price of a plan or an add-on. `renewal`: with its next period, brought by a schedule. `now`: at
 * once, the difference for the rest of the period is charged. `now_free`: at once, charged from the next renewal on.
 */
export type RepriceWhen = 'renewal' | 'now' | 'now_free'

/** Either `plan` or `addon` is named. */
export interface RepriceInput {
  /** Its own price moves; those of add-ons beside it stay. */
  plan?: string
  addon?: string
  when: RepriceWhen
  /** `look` changes nothing; `apply` does what a look shows now. */
  mode: 'look' | 'apply'
  /** Only these, at most 50; every subscriber when left out. */
  accounts?: string[]
  /** The account after which to go on: `next` of the answer before. */
  after?: string
}

/** A subscriber that keeps an older price. Amounts are for all its units of the plan or the add-on each interval, before discounts and tax. */
export interface Repricing {
  account: string
  /**
   * `moves`: an apply moves it. `moved`: this apply has. `waits`: an earlier one has arranged it. `kept`: it stays, for the
   * `reason`. `failed`: it was tried and nothing was changed.
   */
  state: 'moves' | 'moved' | 'waits' | 'kept' | 'failed'
  units: number
  interval: Interval
  from: Money
  to: Money
  /** From when on it pays the present price. */
  at: string | null
  /** What its card is charged at once, tax included. */
  dueNow: Money | null
  reason: string | null
}

export interface RepriceAnswer {
  repricings: Repricing[]
  /** Where to go on; null when all subscribers were looked at. */
  next: string | null
}
