import type { UsageAnswer, UsageQuery } from '@softgate/sdk/contract'
import { calendarDays } from '../kernel/period.ts'
import { ProblemError } from '../kernel/problem.ts'
import { usePerSpan } from '../metering/history.ts'
import type { UseSlice } from '../metering/model.ts'
import { type Context, featureUnknown, scopeFor, snapshotOf, type Who } from './context.ts'

/** A metered feature's use, day by day as the account's calendar has them, split by a property where that is asked for. */
export async function usage(context: Context, who: Who, query: UsageQuery): Promise<UsageAnswer> {
  const { feature, days = 30, by, entity } = query
  const spec = context.catalog.features[feature]
  if (!spec) throw featureUnknown(feature)
  if (spec.kind !== 'metered')
    throw new ProblemError('invalid_request', `${feature} is ${spec.kind}: it has no use to count.`)
  const properties = spec.counts?.by ?? []
  if (by !== undefined && !properties.includes(by))
    throw new ProblemError(
      'invalid_request',
      `${feature} cannot be split by ${by}, only by what it declares: ${properties.join(', ') || 'nothing'}.`,
    )
  const { account } = await snapshotOf(context, who.account)
  // Where each entity is counted, the account's total is told when no entity is named.
  const named = entity === undefined && spec.scope === 'entity' && spec.total
  const scope = named ? '' : scopeFor(context, feature, { user: who.user, ...(entity !== undefined && { entity }) })
  const spans = calendarDays(context.clock.now(), days, account.timeZone ?? 'UTC')
  const since = spans[0]?.start ?? 0
  const { metering } = context.database.read
  const [slices, before] = await Promise.all([
    metering.usedSince(account.id, since, { feature, scope, ...(by !== undefined && { by }) }),
    spec.meter === 'allocated' ? metering.levelBefore(account.id, feature, since, scope) : 0,
  ])
  const { aggregate } = spec.counts ?? {}
  const perDay = (mine: readonly UseSlice[], ahead: number) => {
    const used = usePerSpan(spec.meter, { slices: mine, spans, before: ahead, ...(aggregate && { aggregate }) })
    return spans.map(({ date }, index) => ({ date, used: used[index] ?? 0 }))
  }
  const values = by === undefined ? [] : [...new Set(slices.map((slice) => slice.group ?? null))]
  return {
    feature,
    days: perDay(slices, before),
    ...(by !== undefined && {
      groups: values.map((value) => ({
        value,
        days: perDay(
          slices.filter((slice) => (slice.group ?? null) === value),
          0,
        ),
      })),
    }),
  }
}
