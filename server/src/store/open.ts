import type { Database } from './database.ts'
import type { ListenerOptions } from './postgres/listener.ts'
import { openPostgres } from './postgres/open.ts'
import { openSqlite } from './sqlite/open.ts'

export interface DatabaseOptions extends ListenerOptions {
  /** `postgres://…` for PostgreSQL, anything else is the path of a SQLite file. */
  url: string
  /** Runs SQLite's writer on the main thread. */
  inlineWriter?: boolean
}

/** Opens the database that the URL names, bringing its tables up to date. */
export const openDatabase = (options: DatabaseOptions): Promise<Database> =>
  /^postgres(ql)?:\/\//.test(options.url) ? openPostgres(options) : openSqlite(options.url, options)
