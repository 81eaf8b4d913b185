import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanup } from './cleanup.ts'

/** A folder of its own that goes when the test ends. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-test-'))
  cleanup(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
