import type { Op, Written } from '../../metering/model.ts'
import { writeBatch } from './batch.ts'
import { consume } from './consume.ts'
import type { Connections } from './kept-connection.ts'
import type { Placed } from './placed.ts'
import { consumeAll } from './replay.ts'

/** The most bounded ops at work at once: each takes a connection, and others need some too. */
const lanes = 4

/** Commits a batch on PostgreSQL: the ops without a bound in one statement, then each bounded one on its own. */
export async function writeOps(connections: Connections, ops: readonly Op[]): Promise<Written> {
  const { pool } = connections
  const written: Written = { statuses: ops.map(() => 'duplicate'), counters: [], crossings: [] }
  const free = new Map<string, Placed>()
  const bounded: Placed[] = []
  for (const [place, op] of ops.entries()) {
    // Names of accounts hold no line break.
    const key = `${op.account}\n${op.id}`
    if (op.bound !== null) bounded.push({ op, place })
    else if (!free.has(key)) free.set(key, { op, place })
  }
  if (free.size > 0) await writeBatch(connections, [...free.values()], written)
  const left = bounded.values()
  const counted = written.counters.splice(0)
  const lane = async (): Promise<void> => {
    for (const { op, place } of left)
      written.statuses[place] = await (op.more ? consumeAll : consume)(pool, op, written)
  }
  await Promise.all(Array.from({ length: Math.min(lanes, bounded.length) }, lane))
  // Answers of several connections come in any order; what is consumed only adds, so of one counter the highest is the newest.
  written.counters.sort((a, b) => a.used - b.used)
  written.counters.unshift(...counted)
  return written
}
