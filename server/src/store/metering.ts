import { and, asc, eq, gte, inArray, isNull, lt, or, sql } from 'drizzle-orm'
import { digestOf } from '../kernel/hash.ts'
import type { MeteringStore } from '../metering/port.ts'
import type { Db } from './db.ts'
import { keepQueries } from './prepared.ts'
import type { Tables } from './tables.ts'

const toNumber = (value: unknown): number | null => (value === null ? null : Number(value))

interface Group {
  features: string[]
  scope: string
  from: number
}

/** Counters that are asked for, those of the same scope and from the same period on together. */
function groupsOf(keys: readonly { feature: string; scope: string; from: number }[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { feature, scope, from } of keys) {
    const group = groups.get(`${from} ${scope}`)
    if (group) group.features.push(feature)
    else groups.set(`${from} ${scope}`, { features: [feature], scope, from })
  }
  return [...groups.values()]
}

/** The condition for them, but for the values of a query that is kept: all but the features. */
const areWanted = (t: Tables['counters'] | Tables['crossings'], groups: readonly Group[]) =>
  or(
    ...groups.map(({ features }, n) =>
      and(
        inArray(t.feature, features),
        eq(t.scope, sql.placeholder(`scope${n}`)),
        gte(t.period, sql.placeholder(`from${n}`)),
      ),
    ),
  )

const valuesOf = (groups: readonly Group[]): Record<string, unknown> =>
  Object.fromEntries(
    groups.flatMap(({ scope, from }, n) => [
      [`scope${n}`, scope],
      [`from${n}`, from],
    ]),
  )

/** So many accounts that are asked about together. */
interface Many {
  count: number
  features: readonly string[]
}

const placesOf = (count: number) => Array.from({ length: count }, (_, n) => sql.placeholder(`account${n}`))

const featuresOf = (groups: readonly Group[]): string => JSON.stringify(groups.map(({ features }) => features))
/** What PostgreSQL knows a kept query by. */
const nameOf = (kind: string, text: string): string => `softgate_${kind}_${digestOf(text)}`

export function createMeteringStore(db: Db, t: Tables): MeteringStore {
  const { counters, crossings, usage: days, events } = t
  const wantedCounters = keepQueries(
    (groups: readonly Group[], text) =>
      db
        .select({
          account: counters.account,
          feature: counters.feature,
          scope: counters.scope,
          period: counters.period,
          used: counters.used,
        })
        .from(counters)
        .where(and(eq(counters.account, sql.placeholder('account')), areWanted(counters, groups)))
        .prepare(nameOf('counters', text)),
    featuresOf,
  )
  const passingsOf = keepQueries(
    (groups: readonly Group[], text) =>
      db
        .select({
          feature: crossings.feature,
          period: crossings.period,
          mark: crossings.mark,
          first: sql<number>`min(${crossings.at})`.mapWith(Number),
          last: sql<number>`max(${crossings.at})`.mapWith(Number),
        })
        .from(crossings)
        .where(
          and(
            eq(crossings.account, sql.placeholder('account')),
            gte(crossings.at, sql.placeholder('since')),
            areWanted(crossings, groups),
          ),
        )
        .groupBy(crossings.feature, crossings.period, crossings.mark)
        .prepare(nameOf('passings', text)),
    featuresOf,
  )
  const daysOf = keepQueries(
    (features: readonly string[], text) =>
      db
        .select({
          feature: days.feature,
          day: days.day,
          period: days.period,
          value: days.value,
          added: sql<number>`coalesce(sum(case when ${days.key} = '' then ${days.added} end), 0)`.mapWith(Number),
          level: sql<number | null>`max(${days.level})`.mapWith(toNumber),
          peak: sql<number | null>`max(${days.peak})`.mapWith(toNumber),
          keys: sql<number>`count(distinct case when ${days.key} > '' and ${days.added} > 0 then ${days.key} end)`.mapWith(
            Number,
          ),
        })
        .from(days)
        .where(
          and(
            eq(days.account, sql.placeholder('account')),
            inArray(days.feature, [...features]),
            eq(days.scope, sql.placeholder('scope')),
            eq(days.property, sql.placeholder('property')),
            gte(days.day, sql.placeholder('from')),
          ),
        )
        .groupBy(days.feature, days.day, days.period, days.value)
        .orderBy(asc(days.day), asc(days.feature), asc(days.value), asc(days.period))
        .prepare(nameOf('days', text)),
    JSON.stringify,
  )
  const addedBy = keepQueries(
    ({ count, features }: Many, text) =>
      db
        .select({ account: days.account, feature: days.feature, used: sql<number>`sum(${days.added})`.mapWith(Number) })
        .from(days)
        .where(
          and(
            inArray(days.account, placesOf(count)),
            inArray(days.feature, [...features]),
            eq(days.scope, ''),
            eq(days.property, ''),
            gte(days.day, sql.placeholder('from')),
            lt(days.day, sql.placeholder('until')),
            eq(days.key, ''),
          ),
        )
        .groupBy(days.account, days.feature)
        .prepare(nameOf('added', text)),
    JSON.stringify,
  )
  const levelsOf = keepQueries(
    ({ count, features }: Many, text) =>
      db
        .select({ account: counters.account, feature: counters.feature, used: counters.used })
        .from(counters)
        .where(
          and(
            inArray(counters.account, placesOf(count)),
            inArray(counters.feature, [...features]),
            eq(counters.scope, ''),
            eq(counters.period, 0),
          ),
        )
        .prepare(nameOf('levels', text)),
    JSON.stringify,
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
      const groups = groupsOf(keys)
      return wantedCounters(groups).execute({ account, ...valuesOf(groups) })
    },
    async usageDays(account, { features, scope = '', property = '', from }) {
      if (features.length === 0) return []
      return daysOf(features).execute({ account, scope, property, from })
    },
    async usedBy(accounts, { added, levels, from, until }) {
      if (accounts.length === 0) return []
      const names = Object.fromEntries(accounts.map((account, n) => [`account${n}`, account]))
      const count = accounts.length
      const sums = added.length > 0 ? addedBy({ count, features: added }).execute({ ...names, from, until }) : []
      const standing = levels.length > 0 ? levelsOf({ count, features: levels }).execute(names) : []
      return (await Promise.all([sums, standing])).flat()
    },
    async levelsBefore(account, { feature, day, scope = '', property = '' }) {
      const later = sql`select 1 from ${days} as later where later.account = ${days.account}
        and later.feature = ${days.feature} and later.scope = ${days.scope} and later.property = ${days.property}
        and later.value = ${days.value} and later.day > ${days.day} and later.day < ${day} and later.level is not null`
      return db
        .select({ value: days.value, level: sql<number>`sum(coalesce(${days.level}, ${days.added}))`.mapWith(Number) })
        .from(days)
        .where(
          and(
            eq(days.account, account),
            eq(days.feature, feature),
            eq(days.scope, scope),
            eq(days.property, property),
            lt(days.day, day),
            eq(days.key, ''),
            sql`not exists (${later})`,
          ),
        )
        .groupBy(days.value)
    },
    async passings(account, keys, since) {
      if (keys.length === 0) return []
      const groups = groupsOf(keys)
      return passingsOf(groups).execute({ account, since, ...valuesOf(groups) })
    },
    async useOf(account, id) {
      const [row] = await db
        .select({ feature: events.feature, scope: events.scope, add: events.add })
        .from(events)
        .where(and(eq(events.account, account), eq(events.id, id)))
      return row?.feature == null ? null : { ...row, feature: row.feature }
    },
    async signal({ account, id, user, name, feature, time, day, receivedAt, properties }) {
      const stored = await db
        .insert(events)
        .values({ account, id, user, name, feature, scope: '', period: 0, time, day, receivedAt, properties })
        .onConflictDoNothing()
        .returning({ id: events.id })
      return stored.length === 1
    },
    async pendingCrossings(account, limit) {
      return db
        .select(columns)
        .from(crossings)
        .where(and(eq(crossings.account, account), isNull(crossings.consumedAt)))
        .orderBy(asc(crossings.at), asc(crossings.mark))
        .limit(limit)
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
      const consumed = await db
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
            isNull(crossings.consumedAt),
          ),
        )
        .returning({ event: crossings.event })
      return consumed.length > 0
    },
  }
}
