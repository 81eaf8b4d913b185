import type { QuoteRecord } from '../billing/model.ts'
import type { Planned } from './quote-plan.ts'
import type { Paid } from './reversal-purpose.ts'

/** A payment that has moved, and what else is known of it. */
export interface Followed {
  account: string
  paid: Paid
  /** The quote by which what it had bought was taken back; null where it is held. */
  taken: QuoteRecord | null
  /** The customer's other payments that have not gone back for good. */
  standing: Paid[]
}

/** Why nobody but a person can tell what should follow from what became of a payment. */
export interface Undecided {
  undecided: string
}

/** What should follow; `nothing` where there is nothing to do, or not yet. */
export type Following = Planned | 'nothing' | Undecided
