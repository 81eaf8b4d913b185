import { isLive } from '../accounts/model.ts'
import { addedBy } from '../billing/bought.ts'
import type { LiveSubscription } from '../billing/model.ts'
import { isReversed } from '../billing/settlement.ts'
import { toRecord } from '../billing/sync.ts'
import { billedBundle } from '../billing/targets.ts'
import { type Context, requireGateway } from './context.ts'
import { planEnd } from './quote-end.ts'
import { planRevoke } from './quote-revoke.ts'
import type { Followed, Following } from './reversal-following.ts'
import { type Paid, type PaidPeriod, paidSince, purposeOf } from './reversal-purpose.ts'

/**
 * What follows when the payment of the present period has gone back, by `onReversal` if it was the first one, by
 * `onRenewalReversal` otherwise. Nothing brings a subscription back that is over: it waits for the last word about its money.
 */
export async function ending(context: Context, period: PaidPeriod, followed: Followed): Promise<Following> {
  const { payment } = followed.paid
  const { catalog, clock } = context
  if (payment.contested || period.end <= clock.now()) return 'nothing'
  const live = await requireGateway(context).subscription(period.subscription)
  const record = live && toRecord(catalog, '', live, clock.now())
  // Another period has begun since, with a payment of its own.
  if (!live || !isLive(record) || record.plan === null || record.periodStart > period.start) return 'nothing'
  const isFirst = period.reason === 'convert' || period.reason === 'start' || live.trialEnd === period.start
  const policy = catalog.changes[isFirst ? 'onReversal' : 'onRenewalReversal']
  if (policy === 'keep' || (policy === 'cancel' && live.cancelAt !== null)) return 'nothing'
  if (live.schedule !== null && live.schedule.ours === null)
    return { undecided: 'A schedule at Stripe manages the subscription.' }
  const { intent } = payment
  if (policy === 'cancel') return planEnd(context, live, { intent, when: 'at_period_end' })
  const since = paidSince(followed.standing, payment.at)
  return since.length === 0 ? planEnd(context, live, { intent, when: 'now' }) : leaving(context, live, followed, since)
}

/** Leaves of a period whose payment has gone back what others have paid for since. */
async function leaving(
  context: Context,
  live: LiveSubscription,
  { account, paid }: Followed,
  since: readonly Paid[],
): Promise<Following> {
  const held = since.filter(({ payment }) => !isReversed(payment))
  // What is disputed may come back, or leave nothing.
  if (held.length === 0) return 'nothing'
  const present = billedBundle(context.catalog, live)
  const purposes = await Promise.all(held.map((one) => purposeOf(context, one)))
  const changes = purposes.map((purpose) =>
    purpose?.of === 'change' && purpose.subscription === live.id ? purpose.bought(context.catalog, present) : null,
  )
  const bought = changes.flatMap((change) => change ?? [])
  const after = bought.length === changes.length ? addedBy(present.bundle, bought) : null
  if (!after) return { undecided: 'Something else than more of the same was paid for the same period since.' }
  return planRevoke(context, live, { account, intent: paid.payment.intent, after, price: null })
}
