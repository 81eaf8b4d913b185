import type pg from 'pg'
import type { Op, Written } from '../../metering/model.ts'
import { arrayOf } from './arrays.ts'
import { divisionByZero, uniqueViolation } from './batch-statements.ts'
import type { Connections } from './kept-connection.ts'
import type { Placed } from './placed.ts'
import { replay } from './replay.ts'
import { rise } from './rising.ts'

/**
 * Another was faster: unique violation, deadlock, serialisation failure, or the event's partition has just been made. Nothing
 * was stored; trying again is safe.
 */
const raced = new Set([uniqueViolation, '40P01', '40001', '23514'])
const attempts = 8

const isRising = ({ level, peak, old, key, rest, more, add }: Op): boolean =>
  level === null &&
  peak === undefined &&
  old === undefined &&
  key === undefined &&
  rest === undefined &&
  more === undefined &&
  (add ?? 0) >= 0

/** Stores the ops of a batch that have no bound, in one commit. `placed` are distinct by account and id. */
export async function writeBatch({ pool, kept }: Connections, placed: Placed[], written: Written): Promise<void> {
  let left = placed
  let rising = placed.every(({ op }) => isRising(op) && !op.replaces)
  for (let attempt = 1; left.length > 0; attempt++) {
    try {
      if (!rising) return await replay(pool, left, written)
      await rise(
        kept,
        left.map(({ op }) => op),
        written,
      )
      for (const { place } of left) written.statuses[place] = 'accepted'
      return
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (rising && code === divisionByZero) rising = false
      else if (attempt === attempts || !raced.has(code)) throw error
      else if (rising && code === uniqueViolation) left = await unknown(pool, left)
    }
  }
}

/** Those of the ops whose ids are new. */
async function unknown(pool: pg.Pool, placed: Placed[]): Promise<Placed[]> {
  const { rows } = await pool.query(
    'select n.place::int from unnest($1::text[], $2::text[]) with ordinality as n(account, id, place) join events using (account, id)',
    [arrayOf(placed, ({ op }) => op.account), arrayOf(placed, ({ op }) => op.id)],
  )
  const known = new Set(rows.map(({ place }) => place))
  return placed.filter((_, index) => !known.has(index + 1))
}
