import { and, asc, count, eq, gt, gte, inArray, isNotNull, lt, notExists, notInArray, sql } from 'drizzle-orm'
import { emptyDay, joinDays } from '../metering/days.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** Use of periods that began before an instant. */
export interface OldUse {
  accounts: readonly string[]
  /** Epoch ms. */
  before: number
  /** Features whose counters stay. */
  keep: readonly string[]
}

/**
 * Deletes old use. What never starts again is kept as one day: the sum of its additions, or where its level stood. Nobody may
 * write what it has read before it is done.
 */
export async function forgetUse(
  db: Db,
  { counters, crossings, days, uniques, usage }: Tables,
  { accounts, before, keep }: OldUse,
): Promise<void> {
  if (accounts.length === 0) return
  const isTheirs = (t: typeof counters | typeof uniques | typeof days | typeof crossings) =>
    inArray(t.account, [...accounts])
  const old = (t: typeof counters | typeof uniques) =>
    and(
      isTheirs(t),
      gt(t.period, 0),
      lt(t.period, before),
      keep.length > 0 ? notInArray(t.feature, [...keep]) : undefined,
    )
  const isKept = db
    .select({ one: sql`1` })
    .from(usage)
    .where(
      and(
        eq(usage.account, counters.account),
        eq(usage.feature, counters.feature),
        eq(usage.scope, counters.scope),
        eq(usage.property, ''),
        gte(usage.day, before),
        eq(usage.period, counters.period),
      ),
    )
  await db.delete(counters).where(and(old(counters), eq(counters.held, 0), notExists(isKept)))
  await db.delete(uniques).where(old(uniques))
  await db.delete(days).where(and(isTheirs(days), gt(days.period, 0), lt(days.day, before)))
  await db.delete(crossings).where(and(isTheirs(crossings), lt(crossings.at, before), isNotNull(crossings.consumedAt)))

  const lasting = and(isTheirs(days), eq(days.period, 0), lt(days.day, before))
  const name = {
    account: days.account,
    feature: days.feature,
    scope: days.scope,
    property: days.property,
    value: days.value,
    key: days.key,
  }
  const groups = await db
    .select({ ...name, last: sql<number>`max(${days.day})`.mapWith(Number) })
    .from(days)
    .where(lasting)
    .groupBy(days.account, days.feature, days.scope, days.property, days.value, days.key)
    .having(gt(count(), 1))
  for (const { last, ...group } of groups) {
    const mine = and(
      lasting,
      ...Object.entries(group).map(([column, value]) => eq(name[column as keyof typeof name], value)),
    )
    const rows = await db.select().from(days).where(mine).orderBy(asc(days.day))
    const { added, level, levelAt, lastAt, peak } = rows.reduce(joinDays, { ...emptyDay })
    const first = rows.reduce((least, row) => Math.min(least, row.first ?? row.day), last)
    await db
      .update(days)
      .set({ first, added, level, levelAt, lastAt, peak })
      .where(and(mine, eq(days.day, last)))
    await db.delete(days).where(
      and(
        mine,
        inArray(
          days.day,
          rows.map((row) => row.day).filter((day) => day !== last),
        ),
      ),
    )
  }
}
