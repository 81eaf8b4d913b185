import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanup } from './cleanup.ts'

/** The path of a SQLite file that does not exist yet, in a folder of its own that goes when the test ends. */
export function freshSqlite(): string {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-test-'))
  cleanup(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'softgate.db')
}
