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
}

export type Kit = typeof postgresKit

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
} as unknown as Kit
