import BetterSqlite from 'better-sqlite3'
import pg from 'pg'
import { breathe } from '../../server/src/kernel/breathe.ts'

/** Runs a statement on a database behind the backs of its servers. */
export async function tamper(database: string, sql: string): Promise<void> {
  if (!database.startsWith('postgres')) {
    const db = new BetterSqlite(database)
    db.pragma('busy_timeout = 0')
    // A transaction of a server in this process goes on only while this does not wait.
    while (!isDone(() => db.exec(sql))) await breathe()
    db.close()
    return
  }
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await client.query(sql)
  await client.end()
}

function isDone(work: () => unknown): boolean {
  try {
    work()
    return true
  } catch (error) {
    if ((error as { code?: string }).code === 'SQLITE_BUSY') return false
    throw error
  }
}
