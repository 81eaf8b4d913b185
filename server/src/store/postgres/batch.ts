import type pg from 'pg'
import type { Op, Written } from '../../metering/model.ts'
import { arrayOf } from './arrays.ts'
import { divisionByZero, risingStatement } from './batch-statements.ts'
import { replay } from './replay.ts'

/** Another node was faster: unique violation, deadlock, serialisation failure. Nothing was stored; trying again is safe. */
const raced = new Set(['23505', '40P01', '40001'])
const attempts = 8

/**
 * Smaller batches run prepared. PostgreSQL soon plans a prepared statement for ten rows whatever it is given, and its nested
 * loops then cost a batch of a thousand ten times what a fresh plan does.
 */
const preparedUpTo = 100

/** An op and its place in the batch. */
export interface Placed {
  op: Op
  place: number
}

const isRising = ({ level, peak, key, more, add }: Op): boolean =>
  level === null && peak === undefined && key === undefined && more === undefined && (add ?? 0) >= 0

/** Stores the ops of a batch that have no bound, in one commit. `placed` are distinct by account and id. */
export async function writeBatch(pool: pg.Pool, placed: Placed[], written: Written): Promise<void> {
  let rising = placed.every(({ op }) => isRising(op) && !op.replaces)
  for (let attempt = 1; ; attempt++) {
    try {
      if (rising) return readRows(await rise(pool, placed), placed, written)
      return await replay(pool, placed, written)
    } catch (error) {
      const { code = '' } = error as { code?: string }
      if (rising && code === divisionByZero) rising = false
      else if (attempt === attempts || !raced.has(code)) throw error
    }
  }
}

async function rise(pool: pg.Pool, placed: Placed[]): Promise<Row[]> {
  const ops = placed.map(({ op }) => op)
  const name = ops.length <= preparedUpTo && { name: 'softgate_rising' }
  const { rows } = await pool.query({ ...name, text: risingStatement, values: valuesOf(ops) })
  return rows
}

function valuesOf(ops: Op[]): string[] {
  const marks = new Map<string, { op: Op; mark: number }>()
  for (const op of ops) {
    if (op.feature === null) continue
    for (const mark of op.marks) marks.set(`${op.account}\n${op.feature}\n${op.scope ?? ''}\n${mark}`, { op, mark })
  }
  const levels = [...marks.values()]
  const splits = ops.flatMap((op, index) => (op.splits ?? []).map((split) => ({ ...split, place: index + 1 })))
  return [
    arrayOf(ops, (op) => op.account),
    arrayOf(ops, (op) => op.id),
    arrayOf(ops, (op) => op.user),
    arrayOf(ops, (op) => op.name),
    arrayOf(ops, (op) => op.feature),
    arrayOf(ops, (op) => op.scope ?? ''),
    arrayOf(ops, (op) => op.period),
    arrayOf(ops, (op) => op.add),
    arrayOf(ops, (op) => op.time),
    arrayOf(ops, (op) => op.day),
    arrayOf(ops, (op) => op.receivedAt),
    arrayOf(ops, (op) => op.properties && JSON.stringify(op.properties)),
    arrayOf(levels, ({ op }) => op.account),
    arrayOf(levels, ({ op }) => op.feature),
    arrayOf(levels, ({ op }) => op.scope ?? ''),
    arrayOf(levels, ({ mark }) => mark),
    arrayOf(splits, ({ place }) => place),
    arrayOf(splits, ({ property }) => property),
    arrayOf(splits, ({ value }) => value),
  ]
}

interface Row {
  /** `seen` lists, by their places from 1 on, the ops that were stored before: few, where a row for each new one is many. */
  row: 'seen' | 'counter' | 'crossing'
  account: string
  a: string
  s: string
  b: string | null
  /** The driver gives 64-bit integers as text. */
  c: string | null
  d: string | null
  e: string | null
  f: string | null
}

function readRows(rows: Row[], placed: Placed[], written: Written): void {
  for (const { place } of placed) written.statuses[place] = 'accepted'
  for (const { row, account, a, s, b, c, d, e, f } of rows) {
    if (row === 'seen')
      for (const nth of a.split(' ')) written.statuses[placed[Number(nth) - 1]?.place ?? -1] = 'duplicate'
    else if (row === 'counter')
      written.counters.push({ account, feature: a, scope: s, period: Number(c), used: Number(d) })
    else {
      const crossing = { account, feature: a, scope: s, period: Number(c), mark: Number(d), event: b ?? '' }
      written.crossings.push({ ...crossing, used: Number(e), at: Number(f) })
    }
  }
}
