import { and, asc, desc, eq, gte, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { MeteringStore } from '../metering/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** Fine enough for the days of every time zone: their offsets are quarters of an hour. */
const sliceMs = 15 * 60_000

const toNumber = (value: unknown): number | null => (value === null ? null : Number(value))

export function createMeteringStore(db: Db, t: Tables): MeteringStore {
  const { counters, crossings, events } = t
  // What moves a counter; a mere attempt at a feature names it too.
  const counted = and(
    isNotNull(events.feature),
    or(isNotNull(events.add), isNotNull(events.level), isNotNull(events.peak), isNotNull(events.key)),
    isNull(events.takenBy),
  )
  const columns = {
    account: crossings.account,
    feature: crossings.feature,
    scope: crossings.scope,
    period: crossings.period,
    mark: crossings.mark,
    event: crossings.event,
    used: crossings.used,
    at: crossings.at,
  }
  return {
    async counters(account, keys) {
      if (keys.length === 0) return []
      const wanted = keys.map(({ feature, scope, from }) =>
        and(eq(counters.feature, feature), eq(counters.scope, scope), gte(counters.period, from)),
      )
      return db
        .select({
          account: counters.account,
          feature: counters.feature,
          scope: counters.scope,
          period: counters.period,
          used: counters.used,
        })
        .from(counters)
        .where(and(eq(counters.account, account), or(...wanted)))
    },
    async usedSince(account, since, { scope = '', feature, by } = {}) {
      const group = by === undefined ? sql<null>`null` : sql<string | null>`${events.properties} ->> ${by}`
      return db
        .select({
          feature: sql<string>`${events.feature}`,
          added: sql<number>`coalesce(sum(${events.add}), 0)`.mapWith(Number),
          level: events.level,
          peak: sql<number | null>`max(${events.peak})`.mapWith(toNumber),
          key: events.key,
          at: sql<number>`max(${events.time})`.mapWith(Number),
          ...(by !== undefined && { group }),
        })
        .from(events)
        .where(
          and(
            eq(events.account, account),
            counted,
            gte(events.time, since),
            eq(events.scope, scope),
            feature === undefined ? undefined : eq(events.feature, feature),
          ),
        )
        .groupBy(
          events.feature,
          events.level,
          events.key,
          sql`${events.time} / ${sql.raw(String(sliceMs))}`,
          ...(by === undefined ? [] : [group]),
        )
        .orderBy(sql`max(${events.time})`)
    },
    async levelBefore(account, feature, at, scope = '') {
      const before = and(
        eq(events.account, account),
        eq(events.feature, feature),
        eq(events.scope, scope),
        isNull(events.takenBy),
        lt(events.time, at),
      )
      const [set] = await db
        .select({ level: events.level, time: events.time })
        .from(events)
        .where(and(before, isNotNull(events.level)))
        .orderBy(desc(events.time), desc(events.id))
        .limit(1)
      const [more] = await db
        .select({ added: sql<number>`coalesce(sum(${events.add}), 0)`.mapWith(Number) })
        .from(events)
        .where(and(before, gte(events.time, set?.time ?? 0)))
      return (set?.level ?? 0) + (more?.added ?? 0)
    },
    async firstPassings(account, keys, since) {
      if (keys.length === 0) return []
      const wanted = keys.map(({ feature, scope, from }) =>
        and(eq(crossings.feature, feature), eq(crossings.scope, scope), gte(crossings.period, from)),
      )
      return db
        .select({
          feature: crossings.feature,
          period: crossings.period,
          mark: crossings.mark,
          at: sql<number>`min(${crossings.at})`.mapWith(Number),
        })
        .from(crossings)
        .where(and(eq(crossings.account, account), gte(crossings.at, since), or(...wanted)))
        .groupBy(crossings.feature, crossings.period, crossings.mark)
    },
    async useOf(account, id) {
      const [row] = await db
        .select({ feature: events.feature, scope: events.scope })
        .from(events)
        .where(and(eq(events.account, account), eq(events.id, id)))
      return row?.feature == null ? null : { feature: row.feature, scope: row.scope }
    },
    async signal({ account, id, user, name, feature, time, receivedAt, properties }) {
      const stored = await db
        .insert(events)
        .values({ account, id, user, name, feature, scope: '', period: 0, time, receivedAt, properties })
        .onConflictDoNothing()
        .returning({ id: events.id })
      return stored.length === 1
    },
    async pendingCrossings(account) {
      return db
        .select(columns)
        .from(crossings)
        .where(and(eq(crossings.account, account), isNull(crossings.consumedAt)))
        .orderBy(asc(crossings.at), asc(crossings.mark))
    },
    async accountsWithPendingCrossings(limit) {
      const rows = await db
        .selectDistinct({ account: crossings.account })
        .from(crossings)
        .where(isNull(crossings.consumedAt))
        .limit(limit)
      return rows.map((row) => row.account)
    },
    async consumeCrossing({ account, feature, scope, period, mark, event }, now) {
      await db
        .update(crossings)
        .set({ consumedAt: now })
        .where(
          and(
            eq(crossings.account, account),
            eq(crossings.feature, feature),
            eq(crossings.scope, scope),
            eq(crossings.period, period),
            eq(crossings.mark, mark),
            eq(crossings.event, event),
          ),
        )
    },
  }
}
