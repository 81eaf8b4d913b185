import type pg from 'pg'
import { inTransaction } from './transaction.ts'

/*
 * An event lies in the partition of its id, whatever its time: so the same id meets itself, however late it comes again. What
 * was made within so many milliseconds has UUIDv7 that begin with the same four digits, and those have a partition.
 */
const spanMs = 2 ** 32
const digits = 4

/** The digits with which UUIDv7 of an instant begin. */
const prefixOf = (time: number): string =>
  Math.floor(time / spanMs)
    .toString(16)
    .padStart(digits, '0')

/** The first text after all that begin so. */
const afterAll = (prefix: string): string =>
  prefix.slice(0, -1) + String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)

/** Others wait behind who waits for a lock; where it takes longer, the next sweep tries again. */
const patience = "set local lock_timeout = '2s'"

type Client = pg.Pool | pg.PoolClient

/** Makes the partitions for ids of the present and of the next 50 days where they are missing. */
export async function makePartitions(pool: pg.Pool, now: number): Promise<void> {
  for (const prefix of [prefixOf(now), prefixOf(now + spanMs)]) {
    const name = `events_${prefix}`
    const isThere = async (client: Client): Promise<boolean> =>
      (await client.query('select to_regclass($1) is not null as there', [name])).rows[0].there
    if (await isThere(pool)) continue
    await inTransaction(pool, async (client) => {
      await client.query(patience)
      await client.query('lock table only events in share update exclusive mode')
      // What came before its time is there, and no more of it may come meanwhile.
      await client.query('lock table only events_rest in access exclusive mode')
      if (await isThere(client)) return
      const range = [prefix, afterAll(prefix)]
      await client.query(`create table ${name} (like events including all)`)
      await client.query(
        `with early as (delete from events_rest where id >= $1 and id < $2 returning *) insert into ${name} select * from early`,
        range,
      )
      await client.query(`alter table events attach partition ${name} for values from ('${range.join("') to ('")}')`)
    })
  }
}

export interface Partition {
  name: string
  /** The end of the time in which its ids were made; null where they tell none. */
  until: number | null
}

export async function partitions(client: Client): Promise<Partition[]> {
  const { rows } = await client.query(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass order by 1",
  )
  return rows.map(({ name }) => {
    const [, prefix] = /^events_([0-9a-f]{4})$/.exec(name) ?? []
    return { name, until: prefix === undefined ? null : (Number.parseInt(prefix, 16) + 1) * spanMs }
  })
}

/** Drops a partition, unless something in it was received since `before`. */
export async function dropPartition(pool: pg.Pool, name: string, before: number): Promise<void> {
  const isOver = async (client: Client): Promise<boolean> =>
    (await client.query(`select from ${name} where received_at >= $1 limit 1`, [before])).rowCount === 0
  if (!(await isOver(pool))) return
  await inTransaction(pool, async (client) => {
    await client.query(patience)
    // The whole first, as writers do: they do not wait for us while we wait for them.
    await client.query('lock table only events in access exclusive mode')
    if (await isOver(client)) await client.query(`drop table ${name}`)
  })
}
