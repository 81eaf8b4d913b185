import { existsSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cleanup } from './cleanup.ts'

/** In memory where there is room: the tests wait for no disk. Those that mean a disk make one, see `mount.ts`. */
const place = hasRoom('/dev/shm') ? '/dev/shm' : tmpdir()

/** A folder of its own that goes when the test ends. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(place, 'softgate-test-'))
  cleanup(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Containers often have no more than 64 MB there. */
function hasRoom(memory: string): boolean {
  if (process.platform !== 'linux' || !existsSync(memory)) return false
  const { bavail, bsize } = statfsSync(memory)
  return bavail * bsize > 1_000_000_000
}
