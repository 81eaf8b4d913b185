import { and, asc, desc, eq, gt, gte, inArray, isNull, lt, lte, ne, notExists, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { UseReport } from '../billing/overage.ts'
import type { UseStore } from '../billing/use-port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

/** Statuses in which a subscription bills use; a trial is free. */
const billing = ['active', 'past_due']

export function createUseStore(
  db: Db,
  { counters: c, subscriptions: s, overages: o, useReports: r }: Tables,
): UseStore {
  const isReport = ({ account, id }: Pick<UseReport, 'account' | 'id'>) => and(eq(r.account, account), eq(r.id, id))
  const isPeriod = ({ account, feature, period }: { account: string; feature: string; period: number }) =>
    and(eq(o.account, account), eq(o.feature, feature), eq(o.period, period))
  // From the subscriptions, few of which bill use, each counter is found by its key.
  const changed = (...conditions: Parameters<typeof and>) =>
    db
      .select({ account: c.account, feature: c.feature, period: c.period, used: c.used })
      .from(s)
      .innerJoin(c, and(eq(c.account, s.account), eq(c.scope, '')))
      .leftJoin(o, and(eq(o.account, c.account), eq(o.feature, c.feature), eq(o.period, c.period)))
      .where(and(inArray(s.status, billing), gt(c.used, 0), ...conditions))
  const moved = ne(o.used, c.used)
  return {
    changed: ({ features, plans, since, before, limit }) =>
      changed(
        inArray(s.plan, plans),
        inArray(c.feature, features),
        gte(c.period, since),
        or(isNull(o.used), and(moved, lte(o.at, before))),
      )
        .orderBy(asc(sql`coalesce(${o.at}, 0)`), asc(c.account))
        .limit(limit),
    changedIn: (account, features, since) =>
      changed(eq(s.account, account), inArray(c.feature, features), gte(c.period, since), or(isNull(o.used), moved)),
    async find(account, feature, period) {
      const [row] = await db.select().from(o).where(isPeriod({ account, feature, period }))
      return row ?? null
    },
    async save({ account, feature, period, ...rest }) {
      await db
        .insert(o)
        .values({ account, feature, period, ...rest })
        .onConflictDoUpdate({ target: [o.account, o.feature, o.period], set: rest })
    },
    async told(account, feature, period) {
      const rows = await db
        .select()
        .from(r)
        .where(and(eq(r.account, account), eq(r.feature, feature), eq(r.period, period), ne(r.state, 'lost')))
        .orderBy(desc(r.createdAt), desc(r.id))
      const voided = new Set(rows.map((row) => row.voids))
      return rows.filter((row) => row.voids === null && !voided.has(row.id))
    },
    async add(reports) {
      if (reports.length > 0) await db.insert(r).values([...reports])
    },
    async drop(account, ids) {
      if (ids.length > 0) await db.delete(r).where(and(eq(r.account, account), inArray(r.id, [...ids])))
    },
    async claim(now, until, limit) {
      const voided = alias(r, 'voided')
      const isBehind = db
        .select({ one: sql`1` })
        .from(voided)
        .where(and(eq(voided.account, r.account), eq(voided.id, r.voids), eq(voided.state, 'waiting')))
      const due = await db
        .select({ account: r.account, id: r.id })
        .from(r)
        .where(and(eq(r.state, 'waiting'), lte(r.nextAt, now), notExists(isBehind)))
        .orderBy(asc(r.nextAt), asc(r.id))
        .limit(limit)
      const claimed: UseReport[] = []
      for (const one of due) {
        // Another node may have taken it since: then nothing is due any more.
        const rows = await db
          .update(r)
          .set({ nextAt: until, attempts: sql`${r.attempts} + 1`, triedAt: sql`coalesce(${r.triedAt}, ${now})` })
          .where(and(isReport(one), eq(r.state, 'waiting'), lte(r.nextAt, now)))
          .returning()
        claimed.push(...rows)
      }
      return claimed
    },
    async answer(report) {
      const { state, triedAt, nextAt, reason } = report
      await db.update(r).set({ state, triedAt, nextAt, reason }).where(isReport(report))
    },
    async troubles(account, before) {
      const late = and(eq(r.state, 'waiting'), lt(r.createdAt, before))
      const reports = await db
        .select()
        .from(r)
        .where(and(eq(r.account, account), or(eq(r.state, 'lost'), late)))
        .orderBy(asc(r.createdAt), asc(r.id))
      const periods = await db
        .select()
        .from(o)
        .where(and(eq(o.account, account), ne(o.missed, 0)))
        .orderBy(asc(o.period), asc(o.feature))
      return { reports, periods }
    },
    async forgetBefore(at) {
      await db.delete(r).where(and(eq(r.state, 'sent'), lt(r.createdAt, at)))
    },
  }
}
