import type { ChangeKind, Facts, Interval, Money, OpenInvoice, Segment } from '@softgate/sdk/contract'
import type { Bundle } from '../catalog/bundle.ts'
import type { Rate } from '../catalog/rate.ts'

/** An account as it is stored: instants in epoch milliseconds, money in minor units. */
export interface AccountRecord {
  id: string
  name: string | null
  segment: Segment | null
  plan: string | null
  timeZone: string | null
  currency: string | null
  stripeCustomerId: string | null
  onboardedAt: number | null
  contractRenewsAt: number | null
  contractValue: number | null
  healthScore: number | null
  facts: Facts
  createdAt: number
}

/** An account of which nothing is known but its id, since `now` (epoch ms). */
export const emptyAccount = (id: string, now: number): AccountRecord => ({
  id,
  name: null,
  segment: null,
  plan: null,
  timeZone: null,
  currency: null,
  stripeCustomerId: null,
  onboardedAt: null,
  contractRenewsAt: null,
  contractValue: null,
  healthScore: null,
  facts: {},
  createdAt: now,
})

export interface UserRecord {
  account: string
  id: string
  email: string | null
  name: string | null
  role: string | null
  locale: string | null
  /** Parts of the account that they belong to. */
  entities: string[]
}

/**
 * The account's subscription as it was last seen at Stripe. `observedAt` is the instant before that look began: an older
 * look never overwrites a newer one, whatever order their answers arrive in.
 */
export interface SubscriptionRecord {
  account: string
  id: string
  status: string
  plan: string | null
  interval: Interval
  currency: string
  /** Units bought, by feature. */
  quantities: Record<string, number>
  /** Units bought, by add-on. */
  addons: Record<string, number>
  /** Features whose use beyond the limit it bills: the lookup key of the price, and since when it does. */
  overage: Record<string, { key: string; since: number }>
  /** What this account pays for units, by the lookup key of their price. */
  rates: Record<string, Rate>
  anchor: number
  periodStart: number
  periodEnd: number
  cancelAt: number | null
  /** What is not paid yet of it. */
  unpaid: OpenInvoice | null
  /** What our schedule brings at `at`; `repriced`: other prices of what is held, which are not the account's to undo. */
  pending: { at: number; bundle: Bundle; repriced: { addon: string | null; unit: Money; words: string }[] } | null
  /** Whether the customer pays by invoice; such an account asks its contact instead of buying. */
  byInvoice: boolean
  /** Since when the status is what it is, as far as we have seen. */
  statusSince: number
  observedAt: number
}

/** Statuses in which a subscription gives its plan. Past due keeps it: the customer is warned, not cut off. */
const liveStatuses = new Set(['active', 'trialing', 'past_due'])

export const isLive = (subscription: SubscriptionRecord | null): subscription is SubscriptionRecord =>
  subscription !== null && liveStatuses.has(subscription.status)

const changeableStatuses = new Set(['active', 'trialing'])

const isChangeable = (subscription: SubscriptionRecord | null): boolean =>
  subscription !== null &&
  changeableStatuses.has(subscription.status) &&
  subscription.cancelAt === null &&
  !subscription.byInvoice

/** Whether a payment of it is overdue. */
export const isOwing = ({ status }: { status: string }): boolean => status === 'past_due' || status === 'unpaid'

/** Statuses that no payment can bring back to life. */
export const endedStatuses = ['canceled', 'incomplete_expired']

/** Whether a subscription is over, so that another may begin beside it. */
export const hasEnded = ({ status }: { status: string }): boolean => endedStatuses.includes(status)

/** Whether the account pays an invoice that it is sent: nobody in it can buy, and its admins ask the vendor's team. */
export const paysByInvoice = (subscription: SubscriptionRecord | null): boolean =>
  subscription?.byInvoice === true && !hasEnded(subscription)

/** Whether the account pays for something that the catalogue does not sell: nothing can be bought on top, nor begin beside it. */
export const paysForOther = (subscription: SubscriptionRecord | null): boolean =>
  subscription?.plan === null && !hasEnded(subscription)

/**
 * Whether a change of this kind can be chosen now, as far as we have seen; Stripe is asked again before each. A way out is open
 * longer than a way up.
 */
export function permits(subscription: SubscriptionRecord | null, kind: ChangeKind): boolean {
  if (subscription === null || hasEnded(subscription)) return true
  if (kind === 'resume') return subscription.cancelAt !== null && !subscription.byInvoice
  if (kind === 'cancel') return isLive(subscription) && subscription.cancelAt === null && !subscription.byInvoice
  return isChangeable(subscription)
}
