import type { UsageAnswer, UsageQuery } from '@softgate/sdk/contract'
import type { MeteredFeature } from '../catalog/model.ts'
import { calendarDays, dayKey } from '../kernel/period.ts'
import { ProblemError } from '../kernel/problem.ts'
import { readSplit } from '../metering/days.ts'
import { usePerDay } from '../metering/history.ts'
import type { UsageDay } from '../metering/model.ts'
import { dayOf, periodOf } from '../metering/period.ts'
import { comparisonFor } from './comparison.ts'
import { type Context, featureUnknown, scopeFor, snapshotOf, type Who } from './context.ts'

const dayMs = 86_400_000

/** A metered feature's use, day by day as the account's calendar has them, split by a property where that is asked for. */
export async function usage(context: Context, who: Who, query: UsageQuery): Promise<UsageAnswer> {
  const { feature, days = 30, by } = query
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
  const snapshot = await snapshotOf(context, who.account)
  const { account } = snapshot
  const scope = scopeOf(context, who, spec, query)
  const dates = calendarDays(context.clock.now(), days, account.timeZone ?? 'UTC')
  const keys = dates.map(dayKey)
  const from = keys[0] ?? 0
  const { metering } = context.database.read
  // What a consumable stood at is told by its period: that is read from its beginning, or goes on for ever.
  const began = spec.meter === 'consumable' ? (periodOf(spec, snapshot, from - dayMs)?.start ?? null) : null
  const of = { features: [feature], scope, from: began === null ? from : dayOf(account, began) }
  /** What each value stood at ahead of the first day; of all together it is the value of no property. */
  const levelsAhead = async (property?: string) => {
    const where = { feature, scope, day: from }
    const asked = [where, ...(property === undefined ? [] : [{ ...where, property }])]
    return (await Promise.all(asked.map((one) => metering.levelsBefore(account.id, one)))).flat()
  }
  const [rows, split, before, comparison] = await Promise.all([
    metering.usageDays(account.id, of),
    by === undefined ? [] : metering.usageDays(account.id, { ...of, property: by }),
    began === null ? levelsAhead(by) : [],
    scope === '' ? comparisonFor(context, account, feature) : undefined,
  ])
  const { aggregate } = spec.counts ?? {}
  const perDay = (value: string, all: readonly UsageDay[]) => {
    const mine = all.filter((row) => row.value === value)
    const ahead = before.find((one) => one.value === value)?.level ?? 0
    const used = usePerDay(spec.meter, { rows: mine, days: keys, before: ahead, ...(aggregate && { aggregate }) })
    return dates.map((date, index) => ({ date, used: used[index] ?? 0 }))
  }
  const standing = spec.meter === 'allocated' ? before.filter(({ level }) => level !== 0) : []
  const known = [...split.filter(({ day }) => day >= from), ...standing].map(({ value }) => value)
  const values = [...new Set(known.filter((value) => value !== ''))]
  return {
    feature,
    days: perDay('', rows),
    ...(comparison && { comparison }),
    ...(by !== undefined && {
      groups: values.map((value) => ({
        value: readSplit(value),
        days: perDay(value, split),
      })),
    }),
  }
}

/** Whose use is asked for. What does not fit is refused: an answer would be taken for somebody else's. */
function scopeOf(context: Context, { user }: Who, { scope, total }: MeteredFeature, query: UsageQuery): string {
  const { feature, entity } = query
  const wrong = (why: string) => new ProblemError('invalid_request', `${feature} ${why}`)
  if (entity !== undefined && scope !== 'entity')
    throw wrong(`is not counted for each entity, but for ${scope === 'user' ? 'each user' : 'the account'}.`)
  if (query.total && entity !== undefined) throw wrong(`is asked for ${entity} or in total, not both.`)
  if (query.total && scope !== undefined && !total) throw wrong(`is counted for each ${scope}, and not in total.`)
  if (query.total || (scope === 'entity' && total && entity === undefined)) return ''
  return scopeFor(context, feature, { user, ...(entity !== undefined && { entity }) })
}
