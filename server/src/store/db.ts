import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'

/** Drizzle's handle as the stores see it, whatever the dialect behind it. */
export type Db = PgDatabase<PgQueryResultHKT>
