import type { Facts, Interval, OpenInvoice, Segment } from '@softgate/sdk/contract'
import type { Catalog } from '../catalog/model.ts'

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

export interface UserRecord {
  account: string
  id: string
  email: string | null
  name: string | null
  role: string | null
  locale: string | null
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
  anchor: number
  periodStart: number
  periodEnd: number
  cancelAt: number | null
  /** What is not paid yet of it. */
  unpaid: OpenInvoice | null
  observedAt: number
}

/** Statuses in which a subscription gives its plan. Past due keeps it: the customer is warned, not cut off. */
const liveStatuses = new Set(['active', 'trialing', 'past_due'])

export const isLive = (subscription: SubscriptionRecord | null): subscription is SubscriptionRecord =>
  subscription !== null && liveStatuses.has(subscription.status)

/** Whether nothing that we have seen stands in the way of a change by one click. Stripe is asked again before each. */
export const isChangeable = (subscription: SubscriptionRecord | null): boolean =>
  subscription?.status === 'active' && subscription.cancelAt === null

/** Whether a payment of it is overdue. */
export const isOwing = ({ status }: { status: string }): boolean => status === 'past_due' || status === 'unpaid'

/** Statuses that no payment can bring back to life. */
const endedStatuses = new Set(['canceled', 'incomplete_expired'])

/** Whether a subscription is over, so that another may begin beside it. */
export const hasEnded = ({ status }: { status: string }): boolean => endedStatuses.has(status)

/** Whether the account can buy at all now: change what it has by one click, or begin where it has nothing. */
export const canBuy = (subscription: SubscriptionRecord | null): boolean =>
  subscription === null || hasEnded(subscription) || isChangeable(subscription)

/** The plan in force: of the live subscription, else the one set by the host, else the catalogue's default. */
export const planInForce = (
  catalog: Catalog,
  account: AccountRecord,
  subscription: SubscriptionRecord | null,
): string => {
  if (isLive(subscription) && subscription.plan !== null && subscription.plan in catalog.plans) return subscription.plan
  if (account.plan !== null && account.plan in catalog.plans) return account.plan
  return catalog.defaultPlan
}
