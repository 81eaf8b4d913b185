import type pg from 'pg'
import type { CounterRow, Crossing } from '../../metering/model.ts'
import type { Tally } from '../../metering/tally.ts'
import { recountSql, toTally } from '../recount.ts'
import { arrayOf } from './arrays.ts'

/** A counter under the lock of a transaction. */
export interface Counter extends Tally {
  row: CounterRow
  held: number
  moved: boolean
}

export type CounterName = Omit<CounterRow, 'used'>

export const nameOf = ({ account, feature, scope, period }: CounterName): string =>
  JSON.stringify([account, feature, scope, period])

const columns = (names: readonly CounterName[]): string[] => [
  arrayOf(names, (name) => name.account),
  arrayOf(names, (name) => name.feature),
  arrayOf(names, (name) => name.scope),
  arrayOf(names, (name) => name.period),
]

const list = 'unnest($1::text[], $2::text[], $3::text[], $4::bigint[]) as n(account, feature, scope, period)'

/**
 * Ends an insert that locks what is there already and changes nothing of it. Where another transaction has just deleted it,
 * it is inserted: a look at it afterwards would find neither.
 */
export const locking = (key: string): string =>
  `on conflict (${key}) do update set account = excluded.account where false`

/** Locks the counters, in one order whoever asks; those that there are not yet are made. */
export async function lockCounters(
  client: pg.PoolClient,
  wanted: readonly CounterName[],
): Promise<Map<string, Counter>> {
  const names = columns([...new Map(wanted.map((name) => [nameOf(name), name])).values()])
  const made = client.query(
    `insert into counters (account, feature, scope, period, used, held, level_at, last_at)
     select account, feature, scope, period, 0, 0, 0, 0 from ${list}
     order by account, feature, scope, period ${locking('account, feature, scope, period')}`,
    names,
  )
  const read = client.query(`select c.* from counters c join ${list} using (account, feature, scope, period)`, names)
  const [, { rows }] = await Promise.all([made, read])
  const counters = rows.map(({ account, feature, scope, period, used, held, level_at, last_at }): Counter => {
    const row = { account, feature, scope, period: Number(period), used: Number(used) }
    return { row, used: row.used, held: Number(held), levelAt: Number(level_at), lastAt: Number(last_at), moved: false }
  })
  return new Map(counters.map((counter) => [nameOf(counter.row), counter]))
}

/** Tells a counter from its days, which must be saved. */
export async function recount(client: pg.PoolClient, { row }: Counter): Promise<Tally> {
  const { rows } = await client.query(recountSql('usage_days'), [row.account, row.feature, row.scope, row.period])
  return toTally(rows[0])
}

/** Writes the counters that moved and the marks that they passed. */
export async function saveCounters(
  client: pg.PoolClient,
  moved: readonly Counter[],
  crossings: readonly Crossing[],
): Promise<void> {
  const written = client.query(
    `update counters c set used = n.used, level_at = n.level_at, last_at = n.last_at
     from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[])
       as n(account, feature, scope, period, used, level_at, last_at)
     where (c.account, c.feature, c.scope, c.period) = (n.account, n.feature, n.scope, n.period)`,
    [
      ...columns(moved.map(({ row }) => row)),
      arrayOf(moved, ({ used }) => used),
      arrayOf(moved, ({ levelAt }) => levelAt),
      arrayOf(moved, ({ lastAt }) => lastAt),
    ],
  )
  if (crossings.length === 0) return void (await written)
  const passed = client.query(
    `insert into crossings (account, feature, scope, period, mark, event, used, at)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[], $8::bigint[])
     on conflict do nothing`,
    [
      ...columns(crossings),
      arrayOf(crossings, ({ mark }) => mark),
      arrayOf(crossings, ({ event }) => event),
      arrayOf(crossings, ({ used }) => used),
      arrayOf(crossings, ({ at }) => at),
    ],
  )
  await Promise.all([written, passed])
}
