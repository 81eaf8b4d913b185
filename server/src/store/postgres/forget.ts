import type pg from 'pg'
import { type Leaving, toPastEvent } from '../forget.ts'

/** Handed on and deleted together: few enough that writers of the same accounts hardly wait. */
const lot = 5_000

/** Deletes a lot of events received before an instant and gives how many there were; 0 while another node is at it. */
export async function forgetEvents(pool: pg.Pool, before: number, leaving: Leaving): Promise<number> {
  const client = await pool.connect()
  try {
    const { rows: locked } = await client.query(
      "select pg_try_advisory_lock(hashtextextended('softgate retention', 0)) as mine",
    )
    if (!locked[0].mine) return 0
    try {
      const { rows } = await client.query(`select * from events where received_at < $1 limit ${lot}`, [before])
      if (rows.length === 0) return 0
      await leaving(rows.flatMap(toPastEvent))
      await client.query(
        'delete from events e using unnest($1::text[], $2::text[]) as n(account, id) where e.account = n.account and e.id = n.id',
        [rows.map(({ account }) => account), rows.map(({ id }) => id)],
      )
      return rows.length
    } finally {
      await client.query("select pg_advisory_unlock(hashtextextended('softgate retention', 0))")
    }
  } finally {
    client.release()
  }
}
