import type pg from 'pg'
import type { Op, Written } from '../../metering/model.ts'
import { replayStatement, risingStatement } from './batch-statements.ts'

/** Another node was faster: unique violation, deadlock, serialisation failure. Nothing was stored; trying again is safe. */
const raced = new Set(['23505', '40P01', '40001'])
const attempts = 8

/**
 * Smaller batches run prepared. PostgreSQL soon plans a prepared statement for ten rows whatever it is given, and its nested
 * loops then cost a batch of a thousand ten times what a fresh plan does.
 */
const preparedUpTo = 100

/** Stores the ops of a batch that have no bound, in one commit. `placed` are distinct by account and id. */
export async function writeBatch(pool: pg.Pool, placed: { op: Op; place: number }[], written: Written): Promise<void> {
  const ops = placed.map(({ op }) => op)
  const rising = ops.every((op) => op.level === null && (op.add ?? 0) >= 0)
  const name = rising ? 'softgate_rising' : 'softgate_replay'
  const text = rising ? risingStatement : replayStatement
  const query = { ...(ops.length <= preparedUpTo && { name }), text, values: valuesOf(ops) }
  for (let attempt = 1; ; attempt++) {
    try {
      const { rows } = await pool.query(query)
      return readRows(rows, placed, written)
    } catch (error) {
      if (attempt === attempts || !raced.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}

function valuesOf(ops: Op[]): unknown[] {
  const marks = new Map<string, [account: string, feature: string, mark: number]>()
  for (const { account, feature, marks: levels } of ops) {
    if (feature === null) continue
    for (const mark of levels) marks.set(JSON.stringify([account, feature, mark]), [account, feature, mark])
  }
  return [
    ops.map((op) => op.account),
    ops.map((op) => op.id),
    ops.map((op) => op.user),
    ops.map((op) => op.name),
    ops.map((op) => op.feature),
    ops.map((op) => op.period),
    ops.map((op) => op.add),
    ops.map((op) => op.level),
    ops.map((op) => op.time),
    ops.map((op) => op.receivedAt),
    ops.map((op) => op.properties && JSON.stringify(op.properties)),
    [...marks.values()].map(([account]) => account),
    [...marks.values()].map(([, feature]) => feature),
    [...marks.values()].map(([, , mark]) => mark),
  ]
}

interface Row {
  row: 'event' | 'counter' | 'crossing'
  account: string
  a: string
  b: string | null
  /** The driver gives 64-bit integers as text. */
  c: string | null
  d: string | null
  e: string | null
  f: string | null
}

function readRows(rows: Row[], placed: { op: Op; place: number }[], written: Written): void {
  const places = new Map(placed.map(({ op, place }) => [JSON.stringify([op.account, op.id]), place]))
  for (const { row, account, a, b, c, d, e, f } of rows) {
    if (row === 'event') written.statuses[places.get(JSON.stringify([account, a])) ?? -1] = 'accepted'
    else if (row === 'counter') written.counters.push({ account, feature: a, period: Number(c), used: Number(d) })
    else {
      const crossing = { account, feature: a, period: Number(c), mark: Number(d), event: b ?? '' }
      written.crossings.push({ ...crossing, used: Number(e), at: Number(f) })
    }
  }
}
