import type { Offer, Outcome } from '@softgate/sdk/contract'

/** The offer as it was shown; stored with the delivery so that quote, payment and report read the same. */
export type StoredOffer = Offer

/** One decision to show one prompt: what links a trigger's fire to its exposure, click, quote and payment. */
export interface Delivery {
  account: string
  id: string
  fire: string
  /** The one user whom it answers; null when it is for everyone in the account. */
  user: string | null
  prompt: string
  variant: string
  placement: string
  feature: string
  quantity: number
  offer: StoredOffer | null
  at: number
}

export interface OutcomeRecord {
  account: string
  delivery: string
  user: string
  outcome: Outcome
  prompt: string
  feature: string
  scope: 'user' | 'account'
  until: number | null
  at: number
}
