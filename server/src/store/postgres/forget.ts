import type pg from 'pg'
import type { Db } from '../db.ts'
import { type Leaving, toPastEvent } from '../forget.ts'
import { forgetUse, type OldUse } from '../forget-use.ts'
import type { Tables } from '../tables.ts'
import { dropPartition, partitions } from './partitions.ts'

/** Handed on and deleted together: few enough that writers of the same accounts hardly wait. */
const lot = 5_000

/**
 * Deletes a lot of events received before an instant and gives how many there were; 0 while another node is at it. Partitions
 * by time go as a whole: with all that is in them, or, where events are handed on first, once that has emptied them.
 */
export async function forgetEvents(pool: pg.Pool, before: number, leaving: Leaving | null): Promise<number> {
  const client = await pool.connect()
  try {
    const { rows: locked } = await client.query(
      "select pg_try_advisory_lock(hashtextextended('softgate retention', 0)) as mine",
    )
    if (!locked[0].mine) return 0
    try {
      for (const { name, until } of await partitions(client)) {
        const count = leaving || until === null ? await forgetLot(client, name, { before, leaving }) : 0
        if (count > 0) return count
        if (until !== null && until <= before) await dropPartition(pool, name, leaving ? 0 : before)
      }
      return 0
    } finally {
      await client.query("select pg_advisory_unlock(hashtextextended('softgate retention', 0))")
    }
  } finally {
    client.release()
  }
}

async function forgetLot(
  client: pg.PoolClient,
  table: string,
  { before, leaving }: { before: number; leaving: Leaving | null },
): Promise<number> {
  const { rows } = await client.query(`select * from ${table} where received_at < $1 limit ${lot}`, [before])
  if (rows.length === 0) return 0
  await leaving?.(rows.flatMap(toPastEvent))
  await client.query(
    `delete from ${table} e using unnest($1::text[], $2::text[]) as n(account, id) where e.account = n.account and e.id = n.id`,
    [rows.map(({ account }) => account), rows.map(({ id }) => id)],
  )
  return rows.length
}

/** Another node wrote what was read: serialisation failure or deadlock. Nothing was deleted. */
const overtaken = new Set(['40001', '40P01'])
const attempts = 8

/** Deletes old use as if nobody wrote meanwhile: what another node has written since it was read makes it begin anew. */
export async function forgetUseAlone(db: Db, tables: Tables, old: OldUse): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction((tx) => forgetUse(tx, tables, old), { isolationLevel: 'repeatable read' })
    } catch (error) {
      const { cause } = error as { cause?: { code?: string } }
      if (attempt === attempts || !overtaken.has(cause?.code ?? '')) throw error
    }
  }
}
