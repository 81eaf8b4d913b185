import type pg from 'pg'
import { figureOf } from '../../metering/days.ts'
import type { StillKept, UseDrift } from '../../metering/model.ts'
import { examineSql, forgetKeysSql, tellKeysSql } from '../recount.ts'
import { type CounterName, lockCounters, locking, nameOf, recount, saveCounters } from './counters.ts'
import { inTransaction } from './transaction.ts'

/** Features of accounts that one call looks at. */
const page = 50
/** A counter may have millions of events. Nobody waits for who counts them. */
const patience = "set local statement_timeout = '120s'"

/** Those after one, found by leaps over an index of all counters. */
const leapSql = `
select account, feature from counters where (account, feature) > ($1, $2) order by account, feature limit 1`

const countersSql = `
select c.scope, c.period, null as day, c.used as kept, greatest(t.level + t.added, t.peak) + t.keys as told
from counters c, lateral (${examineSql('usage_days', ['c.account', 'c.feature', 'c.scope', 'c.period'])}) as t
where c.account = $1 and c.feature = $2 and (c.period = 0 or c.period >= $3)
  and c.used <> greatest(t.level + t.added, t.peak) + t.keys`

/** What the events say of days; `some` narrows them. As `tallyDay` has it: of two levels at one instant the greater id holds. */
const tallySql = (some: string): string => `
with happened as materialized (
  select scope, period, day, id, time, "add", level, peak from events
  where account = $1 and feature = $2 and ${some} and taken_by is null and key is null
    and coalesce("add", level, peak) is not null
), newest as (
  select distinct on (scope, period, day) scope, period, day, level, time from happened where level is not null
  order by scope, period, day, time desc, id collate "C" desc
)
select scope, period, day, coalesce(sum(h."add"), 0) as added,
  n.level + coalesce(sum(h."add") filter (where h.time >= n.time), 0) as level, coalesce(n.time, 0) as level_at,
  coalesce(max(h.time) filter (where h."add" is not null), 0) as last_at, max(h.peak) as peak
from happened h left join newest n using (scope, period, day) group by scope, period, day, n.level, n.time`

/** No zone is as much as a day from UTC. */
const daysSql = `
with told as (${tallySql('day >= $3 and time >= $3 - 86400000')}), kept as (
  select scope, period, day, added, level, peak from usage_days
  where account = $1 and feature = $2 and property = '' and key = '' and day >= $3
)
select scope, period, day, coalesce(k.added, 0) as added, k.level, k.peak,
  coalesce(t.added, 0) as told_added, t.level as told_level, t.peak as told_peak
from kept k full join told t using (scope, period, day)
where (coalesce(k.added, 0), k.level, k.peak) is distinct from (coalesce(t.added, 0), t.level, t.peak)`

/** The driver gives 64-bit integers as text. */
const toNumber = (value: string | null): number | null => (value === null ? null : Number(value))
const figure = (added: string, level: string | null, peak: string | null): number =>
  figureOf({ added: Number(added), level: toNumber(level), peak: toNumber(peak) })

export const examineUse = (
  pool: pg.Pool,
  after: string | null,
  kept: StillKept,
): Promise<{ drifts: UseDrift[]; next: string | null }> =>
  inTransaction(pool, async (client) => {
    await client.query('set transaction isolation level repeatable read read only')
    await client.query(patience)
    const drifts: UseDrift[] = []
    let last: string[] = after === null ? ['', ''] : JSON.parse(after).slice(0, 2)
    for (let seen = 0; seen < page; seen++) {
      const [unit] = (await client.query(leapSql, last)).rows
      if (!unit) return { drifts, next: null }
      const { account, feature } = unit
      last = [account, feature]
      const counters = await client.query(countersSql, [...last, kept.days])
      const days = await client.query(daysSql, [...last, kept.events])
      for (const { scope, period, ...row } of [...counters.rows, ...days.rows])
        drifts.push({
          account,
          feature,
          scope,
          period: Number(period),
          day: toNumber(row.day),
          kept: Number(row.kept ?? figure(row.added, row.level, row.peak)),
          told: Number(row.told ?? figure(row.told_added, row.told_level, row.told_peak)),
        })
    }
    return { drifts, next: JSON.stringify([...last, '', 0]) }
  })

/** Two of ours lock rows in other orders than a writer may have them; who is thrown out tries again. */
const deadlock = '40P01'
const attempts = 8

/** Under the locks that whoever counts needs too, so that all that they see was counted, and all else comes on top. */
export async function recountUse(pool: pg.Pool, drift: UseDrift): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await inTransaction(pool, (client) => mend(client, drift))
    } catch (error) {
      if (attempt === attempts || (error as { code?: string }).code !== deadlock) throw error
    }
  }
}

async function mend(client: pg.PoolClient, drift: UseDrift): Promise<boolean> {
  const { account, feature, scope, period, day } = drift
  const names = [account, feature, scope, period]
  await client.query(patience)
  const counter = (await lockCounters(client, [drift])).get(nameOf(drift))
  if (!counter) return false
  if (day !== null) await mendDay(client, drift, day)
  await client.query(forgetKeysSql, names)
  await client.query(tellKeysSql, names)
  Object.assign(counter, await recount(client, counter))
  await saveCounters(client, [counter], [])
  return true
}

async function mendDay(client: pg.PoolClient, { account, feature, scope, period }: CounterName, day: number) {
  const key = 'account, feature, scope, property, day, period, value, key'
  const names = [account, feature, scope, period, day]
  await client.query(
    `insert into usage_days (${key}, added, level_at, last_at) values ($1, $2, $3, '', $5, $4, '', '', 0, 0, 0) ${locking(key)}`,
    names,
  )
  const some = 'scope = $3 and period = $4 and day = $5 and time >= $5 - 86400000 and time < $5 + 172800000'
  const [told] = (await client.query(tallySql(some), names)).rows
  const { added = 0, level = null, level_at = 0, last_at = 0, peak = null } = told ?? {}
  await client.query(
    `update usage_days set added = $6, level = $7, level_at = $8, last_at = $9, peak = $10
     where account = $1 and feature = $2 and scope = $3 and property = '' and period = $4 and day = $5 and value = ''
       and key = ''`,
    [...names, added, level, level_at, last_at, peak],
  )
}
