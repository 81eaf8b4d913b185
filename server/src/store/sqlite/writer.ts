import BetterSqlite, { type Statement } from 'better-sqlite3'
import { marksPassed } from '../../metering/marks.ts'
import type { CounterRow, Crossing, Op, OpStatus, Written } from '../../metering/model.ts'
import { preparePragmas } from './pragmas.ts'

/** What the main thread asks of the thread that owns the write connection. */
export type WriterCall =
  | { kind: 'ingest'; ops: readonly Op[] }
  | { kind: 'query'; sql: string; params: unknown[]; method: 'run' | 'all' | 'values' | 'get' }

/** The one write connection of a SQLite database; every call runs to its end before the next. */
export interface Writer {
  ingest(ops: readonly Op[]): Written
  query(sql: string, params: unknown[], method: 'run' | 'all' | 'values' | 'get'): { rows: unknown }
  close(): void
}

interface Counter {
  row: CounterRow
  levelAt: number
  moved: boolean
}

/**
 * Opens the write connection. Batches of ops are committed in one transaction with statements prepared once; everything
 * else comes as single statements of a transaction that the main thread begins and ends.
 */
export function createWriter(file: string): Writer {
  const db = new BetterSqlite(file)
  preparePragmas(db)
  const ingest = prepareIngest(db)
  const cache = new Map<string, Statement>()
  const prepared = (sql: string): Statement => {
    let statement = cache.get(sql)
    if (!statement) {
      if (cache.size > 500) cache.clear()
      statement = db.prepare(sql)
      cache.set(sql, statement)
    }
    return statement
  }
  return {
    ingest: (ops) => ingest.immediate(ops),
    query(sql, params, method) {
      const statement = prepared(sql)
      if (method === 'run') {
        statement.run(params)
        return { rows: [] }
      }
      const rows = statement.raw(true)
      return { rows: method === 'get' ? rows.get(params) : rows.all(params) }
    },
    close: () => db.close(),
  }
}

function prepareIngest(db: BetterSqlite.Database) {
  const insertEvent = db.prepare(
    'insert into events (account, id, "user", name, feature, "add", level, time, received_at, properties) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
  )
  const deleteEvent = db.prepare('delete from events where account = ? and id = ?')
  const readCounter = db.prepare<unknown[], { used: number; level_at: number }>(
    'select used, level_at from counters where account = ? and feature = ? and period = ?',
  )
  const writeCounter = db.prepare(
    'insert into counters (account, feature, period, used, level_at) values (?, ?, ?, ?, ?) on conflict do update set used = excluded.used, level_at = excluded.level_at',
  )
  const insertCrossing = db.prepare(
    'insert into crossings (account, feature, period, mark, event, used, at) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
  )

  const store = (op: Op): boolean =>
    insertEvent.run(
      op.account,
      op.id,
      op.user,
      op.name,
      op.feature,
      op.add,
      op.level,
      op.time,
      op.receivedAt,
      op.properties && JSON.stringify(op.properties),
    ).changes === 1

  return db.transaction((ops: readonly Op[]): Written => {
    const counters = new Map<string, Counter>()
    const crossings: Crossing[] = []

    const counterOf = (op: Op, feature: string): Counter => {
      const key = JSON.stringify([op.account, feature, op.period])
      let counter = counters.get(key)
      if (!counter) {
        const { account, period } = op
        const stored = readCounter.get(account, feature, period)
        const row = { account, feature, period, used: stored?.used ?? 0 }
        counter = { row, levelAt: stored?.level_at ?? 0, moved: false }
        counters.set(key, counter)
      }
      return counter
    }

    const count = (op: Op, feature: string): OpStatus => {
      const counter = counterOf(op, feature)
      const before = counter.row.used
      if (op.bound !== null && before + (op.add ?? 0) > op.bound) {
        deleteEvent.run(op.account, op.id)
        return 'refused'
      }
      counter.moved = true
      if (op.level === null) counter.row.used += op.add ?? 0
      else if (op.time >= counter.levelAt) {
        counter.row.used = op.level
        counter.levelAt = op.time
      }
      for (const mark of marksPassed(op.marks, before, counter.row.used)) {
        const { account, period } = op
        crossings.push({ account, feature, period, mark, event: op.id, used: counter.row.used, at: op.receivedAt })
      }
      return 'accepted'
    }

    const statuses = ops.map((op): OpStatus => {
      if (!store(op)) return 'duplicate'
      return op.feature === null ? 'accepted' : count(op, op.feature)
    })
    const moved = [...counters.values()].filter((counter) => counter.moved)
    for (const { row, levelAt } of moved) writeCounter.run(row.account, row.feature, row.period, row.used, levelAt)
    for (const c of crossings) insertCrossing.run(c.account, c.feature, c.period, c.mark, c.event, c.used, c.at)
    return { statuses, counters: moved.map((counter) => counter.row), crossings }
  })
}
