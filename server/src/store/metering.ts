import { and, asc, desc, eq, gt, gte, inArray, isNotNull, isNull, lt, or, sql } from 'drizzle-orm'
import type { MeteringStore } from '../metering/port.ts'
import type { Db } from './db.ts'
import type { Tables } from './tables.ts'

const toNumber = (value: unknown): number | null => (value === null ? null : Number(value))

interface DaysOf {
  features: readonly string[]
  scope?: string
  property?: string
}

/** Counters that are asked for, those of the same scope and from the same period on in one condition: forty take long to write. */
function areWanted(
  t: Tables['counters'] | Tables['crossings'],
  keys: readonly { feature: string; scope: string; from: number }[],
) {
  const groups = new Map<string, { features: string[]; scope: string; from: number }>()
  for (const { feature, scope, from } of keys) {
    const group = groups.get(`${from} ${scope}`)
    if (group) group.features.push(feature)
    else groups.set(`${from} ${scope}`, { features: [feature], scope, from })
  }
  return or(
    ...[...groups.values()].map(({ features, scope, from }) =>
      and(inArray(t.feature, features), eq(t.scope, scope), gte(t.period, from)),
    ),
  )
}

export function createMeteringStore(db: Db, t: Tables): MeteringStore {
  const { counters, crossings, usage: days, events } = t
  const isOf = (account: string, { features, scope = '', property = '' }: DaysOf) =>
    and(
      eq(days.account, account),
      inArray(days.feature, [...features]),
      eq(days.scope, scope),
      eq(days.property, property),
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
      return db
        .select({
          account: counters.account,
          feature: counters.feature,
          scope: counters.scope,
          period: counters.period,
          used: counters.used,
        })
        .from(counters)
        .where(and(eq(counters.account, account), areWanted(counters, keys)))
    },
    async usageDays(account, { from, ...of }) {
      if (of.features.length === 0) return []
      return db
        .select({
          feature: days.feature,
          day: days.day,
          value: days.value,
          added: sql<number>`coalesce(sum(case when ${days.key} = '' then ${days.added} end), 0)`.mapWith(Number),
          level: sql<number | null>`max(${days.level})`.mapWith(toNumber),
          peak: sql<number | null>`max(${days.peak})`.mapWith(toNumber),
          keys: sql<number>`count(distinct case when ${days.key} > '' and ${days.added} > 0 then ${days.key} end)`.mapWith(
            Number,
          ),
        })
        .from(days)
        .where(and(isOf(account, of), gte(days.day, from)))
        .groupBy(days.feature, days.day, days.value)
        .orderBy(asc(days.day), asc(days.feature), asc(days.value))
    },
    async usedBy(accounts, { added, levels, from }) {
      if (accounts.length === 0) return { added: [], levels: [] }
      const isTheirs = and(inArray(days.account, [...accounts]), inArray(days.feature, [...added]))
      return {
        added:
          added.length === 0
            ? []
            : await db
                .select({ account: days.account, feature: days.feature, day: days.day, added: days.added })
                .from(days)
                .where(and(isTheirs, eq(days.scope, ''), eq(days.property, ''), gte(days.day, from), eq(days.key, ''))),
        levels:
          levels.length === 0
            ? []
            : await db
                .select({ account: counters.account, feature: counters.feature, used: counters.used })
                .from(counters)
                .where(
                  and(
                    inArray(counters.account, [...accounts]),
                    inArray(counters.feature, [...levels]),
                    eq(counters.scope, ''),
                    eq(counters.period, 0),
                  ),
                ),
      }
    },
    async levelBefore(account, feature, day, scope = '') {
      const before = and(isOf(account, { features: [feature], scope }), lt(days.day, day))
      const [stated] = await db
        .select({ level: days.level, day: days.day })
        .from(days)
        .where(and(before, isNotNull(days.level)))
        .orderBy(desc(days.day))
        .limit(1)
      const [since] = await db
        .select({ added: sql<number>`coalesce(sum(${days.added}), 0)`.mapWith(Number) })
        .from(days)
        .where(and(before, eq(days.key, ''), stated && gt(days.day, stated.day)))
      return (stated?.level ?? 0) + (since?.added ?? 0)
    },
    async firstPassings(account, keys, since) {
      if (keys.length === 0) return []
      return db
        .select({
          feature: crossings.feature,
          period: crossings.period,
          mark: crossings.mark,
          at: sql<number>`min(${crossings.at})`.mapWith(Number),
        })
        .from(crossings)
        .where(and(eq(crossings.account, account), gte(crossings.at, since), areWanted(crossings, keys)))
        .groupBy(crossings.feature, crossings.period, crossings.mark)
    },
    async useOf(account, id) {
      const [row] = await db
        .select({ feature: events.feature, scope: events.scope })
        .from(events)
        .where(and(eq(events.account, account), eq(events.id, id)))
      return row?.feature == null ? null : { feature: row.feature, scope: row.scope }
    },
    async signal({ account, id, user, name, feature, time, day, receivedAt, properties }) {
      const stored = await db
        .insert(events)
        .values({ account, id, user, name, feature, scope: '', period: 0, time, day, receivedAt, properties })
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
