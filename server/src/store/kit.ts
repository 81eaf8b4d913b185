import { sql } from 'drizzle-orm'
import * as pg from 'drizzle-orm/pg-core'
import * as lite from 'drizzle-orm/sqlite-core'

/**
 * The one place that knows both dialects: a small vocabulary of columns and keys, so that each table is written once.
 * Only what both databases share may be added.
 */
export const postgresKit = {
  table: pg.pgTable,
  text: (name: string) => pg.text(name),
  int: (name: string) => pg.bigint(name, { mode: 'number' }),
  bool: (name: string) => pg.boolean(name),
  json: <T>(name: string) => pg.jsonb(name).$type<T>(),
  uniqueIndex: pg.uniqueIndex,
  index: pg.index,
  primaryKey: pg.primaryKey,
  /** Finds what came long ago, at next to no cost for what comes. SQLite's rows lie in that order by themselves. */
  byArrival: (name: string, column: Parameters<pg.IndexBuilderOn['using']>[1]) => [
    pg.index(name).using('brin', column),
  ],
  /** The key of what comes in great numbers: the account and the id. */
  arrivalKey: (_name: string, account: pg.AnyPgColumn, id: pg.AnyPgColumn) => pg.primaryKey({ columns: [account, id] }),
  /** Finds the events of a counter. SQLite strings those of a day together by the numbers of their rows. */
  byUse: (name: string, ...columns: Parameters<pg.IndexBuilderOn['on']>) => [
    pg
      .index(name)
      .on(...columns)
      .where(sql`feature is not null`),
  ],
  /** The number of a row, which only SQLite has: one that stays, whatever becomes of the file. */
  row: (): object => ({}),
  /** A column for the number of another row. */
  rowOf: (_name: string): object => ({}),
  /** Where counters keep their newest day. SQLite alone does: there, every table that a commit touches costs a page. */
  newestDay: (): object => ({}),
  /** All days, for reading. */
  allDays: <T>(days: T, _columns: object): T => days,
}

export type Kit = typeof postgresKit

/** Columns of a counter that SQLite has besides: its newest day, which is in `usage_days` once there is another. */
const newestDay = ['day', 'day_added', 'day_level', 'day_level_at', 'day_last_at', 'day_peak', 'day_newest']
const allDaysSql = `
select account, feature, scope, property, day, period, value, key, added, level, level_at, last_at, peak from usage_days
union all
select account, feature, scope, '', day, period, '', '', day_added, day_level, day_level_at, day_last_at, day_peak
from counters where day is not null`

/** SQLite's columns behind the same names. The cast is the only one: drizzle types its two dialects apart. */
export const sqliteKit = {
  table: lite.sqliteTable,
  text: (name: string) => lite.text(name),
  int: (name: string) => lite.integer(name),
  bool: (name: string) => lite.integer(name, { mode: 'boolean' }),
  json: <T>(name: string) => lite.text(name, { mode: 'json' }).$type<T>(),
  uniqueIndex: lite.uniqueIndex,
  index: lite.index,
  primaryKey: lite.primaryKey,
  byArrival: () => [],
  // One file is never split by account, and ids ascend: new ones go to the end, not to a page for each account.
  arrivalKey: (name: string, account: lite.AnySQLiteColumn, id: lite.AnySQLiteColumn) =>
    lite.uniqueIndex(name).on(id, account),
  byUse: () => [],
  row: () => ({ row: lite.integer('row').primaryKey() }),
  rowOf: (name: string) => ({ [name]: lite.integer(name) }),
  newestDay: () => Object.fromEntries(newestDay.map((name) => [name, lite.integer(name)])),
  allDays: (_days: unknown, columns: Record<string, never>) =>
    lite.sqliteView('usage', columns).as(sql.raw(allDaysSql)),
} as unknown as Kit
