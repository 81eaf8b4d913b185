import type { Offer, Outcome } from '@softgate/sdk/contract'
import type { Audience } from '../catalog/model.ts'
import { entityScope, userScope } from '../kernel/scope.ts'

/** The offer as it was shown; stored with the delivery so that quote, payment and report read the same. */
export type StoredOffer = Offer

/** One decision to show one prompt: what links a trigger's fire to its exposure, click, quote and payment. */
export interface Delivery {
  account: string
  id: string
  fire: string
  /** The one user whom it answers; null when nobody asked. */
  user: string | null
  /** Whose limit it is about, and who of them and the admins reads it. */
  scope: string
  to: Audience
  prompt: string
  variant: string
  placement: string
  feature: string
  quantity: number
  offer: StoredOffer | null
  at: number
}

/** A user, as far as it decides what is for them. */
export interface Addressee {
  user: string
  entities: readonly string[]
  /** Whether their role may buy. */
  admin: boolean
}

/** The scopes whose users someone is among: the account, their own, their entities. */
export const scopesOf = ({ user, entities }: Pick<Addressee, 'user' | 'entities'>): string[] => [
  '',
  userScope(user),
  ...entities.map(entityScope),
]

/** Whether a delivery is for someone. */
export const isFor = ({ user, scope, to }: Pick<Delivery, 'user' | 'scope' | 'to'>, reader: Addressee): boolean =>
  user === null
    ? (to !== 'admins' && scopesOf(reader).includes(scope)) || (to !== 'own' && reader.admin)
    : user === reader.user

export interface OutcomeRecord {
  account: string
  delivery: string
  /** The scope of the delivery. */
  about: string
  user: string
  outcome: Outcome
  prompt: string
  feature: string
  scope: 'user' | 'account'
  until: number | null
  at: number
}
