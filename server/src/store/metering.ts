import { and, asc, desc, eq, gte, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { MeteringStore } from '../metering/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** Fine enough for the days of every time zone: their offsets are quarters of an hour. */
const sliceMs = 15 * 60_000

export function createMeteringStore(db: Db, t: Tables): MeteringStore {
  const { counters, crossings, events } = t
  // What moves a counter; a mere attempt at a feature names it too.
  const counted = and(isNotNull(events.feature), or(isNotNull(events.add), isNotNull(events.level)))
  const columns = {
    account: crossings.account,
    feature: crossings.feature,
    period: crossings.period,
    mark: crossings.mark,
    event: crossings.event,
    used: crossings.used,
    at: crossings.at,
  }
  return {
    async counters(account, keys) {
      if (keys.length === 0) return []
      const wanted = keys.map(({ feature, period }) => and(eq(counters.feature, feature), eq(counters.period, period)))
      return db
        .select({
          account: counters.account,
          feature: counters.feature,
          period: counters.period,
          used: counters.used,
        })
        .from(counters)
        .where(and(eq(counters.account, account), or(...wanted)))
    },
    async usedSince(account, since) {
      return db
        .select({
          feature: sql<string>`${events.feature}`,
          added: sql<number>`coalesce(sum(${events.add}), 0)`.mapWith(Number),
          level: events.level,
          at: sql<number>`max(${events.time})`.mapWith(Number),
        })
        .from(events)
        .where(and(eq(events.account, account), counted, gte(events.time, since)))
        .groupBy(events.feature, events.level, sql`${events.time} / ${sql.raw(String(sliceMs))}`)
        .orderBy(sql`max(${events.time})`)
    },
    async levelBefore(account, feature, at) {
      const before = and(eq(events.account, account), eq(events.feature, feature), lt(events.time, at))
      const [set] = await db
        .select({ level: events.level, time: events.time })
        .from(events)
        .where(and(before, isNotNull(events.level)))
        .orderBy(desc(events.time))
        .limit(1)
      const [more] = await db
        .select({ added: sql<number>`coalesce(sum(${events.add}), 0)`.mapWith(Number) })
        .from(events)
        .where(and(before, gte(events.time, set?.time ?? 0)))
      return (set?.level ?? 0) + (more?.added ?? 0)
    },
    async signal({ account, id, user, name, feature, time, receivedAt, properties }) {
      const stored = await db
        .insert(events)
        .values({ account, id, user, name, feature, time, receivedAt, properties })
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
    async consumeCrossing({ account, feature, period, mark, event }, now) {
      await db
        .update(crossings)
        .set({ consumedAt: now })
        .where(
          and(
            eq(crossings.account, account),
            eq(crossings.feature, feature),
            eq(crossings.period, period),
            eq(crossings.mark, mark),
            eq(crossings.event, event),
          ),
        )
    },
  }
}
