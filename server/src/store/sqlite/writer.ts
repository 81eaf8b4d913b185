import BetterSqlite, { type Statement } from 'better-sqlite3'
import type { Op, UseDrift, Written } from '../../metering/model.ts'
import { prepareIngest } from './ingest.ts'
import { prepareMend } from './mend.ts'
import { preparePragmas } from './pragmas.ts'

/** What the main thread asks of the thread that owns the write connection. */
export type WriterCall =
  | { kind: 'ingest'; ops: readonly Op[] }
  | { kind: 'mend'; drift: UseDrift }
  | { kind: 'query'; sql: string; params: unknown[]; method: 'run' | 'all' | 'values' | 'get' }

/** The one write connection of a SQLite database; every call runs to its end before the next. */
export interface Writer {
  ingest(ops: readonly Op[]): Written
  mend(drift: UseDrift): boolean
  query(sql: string, params: unknown[], method: 'run' | 'all' | 'values' | 'get'): { rows: unknown }
  close(): void
}

/**
 * Opens the write connection. Batches of ops are committed in one transaction with statements prepared once; everything
 * else comes as single statements of a transaction that the main thread begins and ends.
 */
export function createWriter(file: string): Writer {
  const db = new BetterSqlite(file)
  preparePragmas(db)
  const ingest = prepareIngest(db)
  const mend = prepareMend(db)
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
    mend,
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
