import type { UsageAnswer, UsageQuery } from '@softgate/sdk/contract'
import { calendarDays, dayKey } from '../kernel/period.ts'
import { ProblemError } from '../kernel/problem.ts'
import { readSplit } from '../metering/days.ts'
import { usePerDay } from '../metering/history.ts'
import type { UsageDay } from '../metering/model.ts'
import { comparisonFor } from './comparison.ts'
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
  const dates = calendarDays(context.clock.now(), days, account.timeZone ?? 'UTC')
  const keys = dates.map(dayKey)
  const from = keys[0] ?? 0
  const { metering } = context.database.read
  const of = { features: [feature], scope, from }
  const [rows, split, before, comparison] = await Promise.all([
    metering.usageDays(account.id, of),
    by === undefined ? [] : metering.usageDays(account.id, { ...of, property: by }),
    spec.meter === 'allocated' ? metering.levelBefore(account.id, feature, from, scope) : 0,
    scope === '' ? comparisonFor(context, account, feature) : undefined,
  ])
  const { aggregate } = spec.counts ?? {}
  const perDay = (mine: readonly UsageDay[], ahead: number) => {
    const used = usePerDay(spec.meter, { rows: mine, days: keys, before: ahead, ...(aggregate && { aggregate }) })
    return dates.map((date, index) => ({ date, used: used[index] ?? 0 }))
  }
  const values = [...new Set(split.map(({ value }) => value))]
  return {
    feature,
    days: perDay(rows, before),
    ...(comparison && { comparison }),
    ...(by !== undefined && {
      groups: values.map((value) => ({
        value: readSplit(value),
        days: perDay(
          split.filter((row) => row.value === value),
          0,
        ),
      })),
    }),
  }
}
