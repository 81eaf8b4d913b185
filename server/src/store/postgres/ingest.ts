import type pg from 'pg'
import type { Op, Written } from '../../metering/model.ts'
import { writeBatch } from './batch.ts'
import { consume } from './consume.ts'
import { consumeAll } from './replay.ts'

/** Commits a batch on PostgreSQL: the ops without a bound in one statement, then each bounded one on its own. */
export async function writeOps(pool: pg.Pool, ops: readonly Op[]): Promise<Written> {
  const written: Written = { statuses: ops.map(() => 'duplicate'), counters: [], crossings: [] }
  const free = new Map<string, { op: Op; place: number }>()
  for (const [place, op] of ops.entries()) {
    const key = JSON.stringify([op.account, op.id])
    if (op.bound === null && !free.has(key)) free.set(key, { op, place })
  }
  if (free.size > 0) await writeBatch(pool, [...free.values()], written)
  for (const [place, op] of ops.entries()) {
    if (op.bound !== null) written.statuses[place] = await (op.more ? consumeAll : consume)(pool, op, written)
  }
  return written
}
