import { and, asc, eq, isNull, or } from 'drizzle-orm'
import type { MeteringStore } from '../metering/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

export function createMeteringStore(db: Db, t: Tables): MeteringStore {
  const { counters, crossings, events } = t
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
