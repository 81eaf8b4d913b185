import { join } from 'node:path'
import { freshFolder } from './folder.ts'

/** The path of a SQLite file that does not exist yet, in a folder of its own that goes when the test ends. */
export const freshSqlite = (): string => join(freshFolder(), 'softgate.db')
