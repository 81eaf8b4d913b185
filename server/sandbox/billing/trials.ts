import { invalid } from '../errors.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'

const DAY = 86_400
/** How long before its end a trial is spoken of: https://docs.stripe.com/billing/subscriptions/trials */
const NOTICE_SECONDS = 3 * DAY
const LONGEST_SECONDS = 5 * 365 * DAY

/** The members of a subscription that belong to its trial. */
export type TrialMembers = Pick<SubscriptionRecord, 'status' | 'trial_end' | 'trial_start' | 'trial_warned'>

/** An end of a trial in epoch seconds, checked. */
export function checkedTrialEnd(world: World, end: number): number {
  const now = world.seconds()
  if (end > now && end <= now + LONGEST_SECONDS) return end
  throw invalid('Invalid timestamp: `trial_end` must be in the future, and at most five years away.', {
    param: 'trial_end',
  })
}

/** What a change does to a trial: `'now'` ends the one that runs, a time begins one or moves its end. */
export function trialAfter(
  world: World,
  subscription: SubscriptionRecord,
  wanted: 'now' | number | undefined,
): TrialMembers | null {
  const now = world.seconds()
  const trialing = subscription.status === 'trialing'
  const { trial_start } = subscription
  if (wanted === 'now') {
    return trialing ? { status: 'active', trial_end: now, trial_start, trial_warned: true } : null
  }
  if (wanted === undefined) return null
  return {
    status: 'trialing',
    trial_end: checkedTrialEnd(world, wanted),
    trial_start: trialing ? trial_start : now,
    trial_warned: false,
  }
}

/** An item while nothing is charged: one period until the trial is over. */
export const trialPeriod = (item: SubscriptionItemRecord, now: number, end: number): SubscriptionItemRecord => ({
  ...item,
  current_period_start: item.current_period_start || now,
  current_period_end: end,
})

/** When the customer is to be told that the trial ends; null when that was done. */
export const noticeAt = ({ created, status, trial_end, trial_warned }: SubscriptionRecord): number | null =>
  status === 'trialing' && trial_end !== null && !trial_warned ? Math.max(created, trial_end - NOTICE_SECONDS) : null

/** Tells that the trial ends soon. */
export function giveNotice(world: World, before: SubscriptionRecord): void {
  const warned = { ...before, trial_warned: true }
  world.store.put('subscription', warned)
  emit(world, 'customer.subscription.trial_will_end', warned)
}
