import Database from 'better-sqlite3'
import type { Kind, Records } from './records.ts'

/** One record to keep, or to forget when `record` is undefined. */
export interface Write {
  readonly kind: Kind
  readonly id: string
  readonly record: Records[Kind] | undefined
}

/** Where records outlive the process. */
export interface Disk {
  /** Hands over every record, oldest first. */
  load(take: (kind: Kind, record: Records[Kind]) => void): void
  /** Returns once all of `writes` are durable; on failure none is. */
  save(writes: readonly Write[]): void
  close(): void
}

/** How long to wait for a lock that a dying process may still hold, in ms. */
const LOCK_WAIT_MS = 500

interface Row {
  readonly kind: Kind
  readonly body: string
}

/**
 * Keeps records in one SQLite file. WAL with `synchronous = NORMAL` outlives the death of the process
 * (kill -9); the loss of power may cost the last commits. The exclusive lock turns a second sandbox
 * on the same file, which would not see the first one's memory, into an error.
 */
export function openDisk(file: string): Disk {
  const database = new Database(file, { timeout: LOCK_WAIT_MS })
  database.pragma('locking_mode = EXCLUSIVE')
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = NORMAL')
  database.exec(`CREATE TABLE IF NOT EXISTS records (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id))`)
  const read = database.prepare<[], Row>('SELECT kind, body FROM records ORDER BY seq')
  const keep = database.prepare(
    'INSERT INTO records (kind, id, body) VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body',
  )
  const forget = database.prepare('DELETE FROM records WHERE kind = ? AND id = ?')
  const save = database.transaction((writes: readonly Write[]) => {
    for (const { kind, id, record } of writes) {
      if (record) keep.run(kind, id, JSON.stringify(record))
      else forget.run(kind, id)
    }
  })
  return {
    load: (take) => {
      for (const { kind, body } of read.iterate()) take(kind, JSON.parse(body))
    },
    save: (writes) => {
      if (writes.length > 0) save.immediate(writes)
    },
    close: () => database.close(),
  }
}
