import type { Database } from 'better-sqlite3'

/** The first SQLite without the WAL-reset bug, which can corrupt a database that two connections write and checkpoint. */
const leastVersion = [3, 51, 3] as const

/**
 * Sets what durability rests on and reads it back: better-sqlite3 is built with `synchronous=NORMAL` in WAL mode, which
 * loses acknowledged commits when the power goes. A database that will not take these settings is not opened.
 */
export function preparePragmas(db: Database): void {
  const version = String(db.prepare('select sqlite_version()').pluck().get())
  if (!isAtLeast(version)) {
    throw new Error(
      `SQLite ${version} is too old: Softgate needs ${leastVersion.join('.')} or newer. Update better-sqlite3.`,
    )
  }
  db.pragma('busy_timeout = 5000')
  db.pragma('journal_mode = WAL')
  db.pragma('synchronous = FULL')
  db.pragma('wal_autocheckpoint = 16000')
  db.pragma('cache_size = -65536')
  const journal = db.pragma('journal_mode', { simple: true })
  const synchronous = db.pragma('synchronous', { simple: true })
  if (journal !== 'wal' || synchronous !== 2) {
    throw new Error(
      `SQLite runs with journal_mode=${journal}, synchronous=${synchronous}; Softgate needs wal and 2 (FULL).`,
    )
  }
}

function isAtLeast(version: string): boolean {
  const parts = version.split('.').map(Number)
  for (const [i, least] of leastVersion.entries()) {
    const part = parts[i] ?? 0
    if (part !== least) return part > least
  }
  return true
}
