import type { UsageAnswer, UsageQuery } from '@softgate/sdk/contract'
import { calendarDays } from '../kernel/period.ts'
import { ProblemError } from '../kernel/problem.ts'
import { usePerSpan } from '../metering/history.ts'
import { type Context, featureUnknown, snapshotOf, type Who } from './context.ts'

/** A metered feature's use, day by day as the account's calendar has them. */
export async function usage(context: Context, who: Who, { feature, days = 30 }: UsageQuery): Promise<UsageAnswer> {
  const spec = context.catalog.features[feature]
  if (!spec) throw featureUnknown(feature)
  if (spec.kind !== 'metered')
    throw new ProblemError('invalid_request', `${feature} is ${spec.kind}: it has no use to count.`)
  const { account } = await snapshotOf(context, who.account)
  const spans = calendarDays(context.clock.now(), days, account.timeZone ?? 'UTC')
  const since = spans[0]?.start ?? 0
  const { metering } = context.database.read
  const [slices, before] = await Promise.all([
    metering.usedSince(account.id, since),
    spec.meter === 'allocated' ? metering.levelBefore(account.id, feature, since) : 0,
  ])
  const mine = slices.filter((slice) => slice.feature === feature)
  const used = usePerSpan(spec.meter, { slices: mine, spans, before })
  return { feature, days: spans.map(({ date }, index) => ({ date, used: used[index] ?? 0 })) }
}
