import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cleanup } from './cleanup.ts'
import { freshFolder } from './folder.ts'

const run = (command: string, ...args: string[]): string =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

/** Whether this machine lets us mount: Linux, as root, with what `command` names at hand. */
function may(...command: [string, ...string[]]): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false
  try {
    run(...command)
    return true
  } catch {
    return false
  }
}

/** Whether a disk of our own can be made in memory. */
export const canMountMemory = may('mount', '--version')

/** Whether a disk of our own can be made in a file. */
export const canMountFile = may('losetup', '--find') && may('mkfs.ext4', '-V')

function mount(...args: string[]): string {
  const folder = join(freshFolder(), 'disk')
  mkdirSync(folder)
  run('mount', ...args, folder)
  cleanup(() => run('umount', '--lazy', folder))
  return folder
}

/** A disk in memory of so many bytes; goes when the test ends. */
export const mountMemory = (bytes: number): string => mount('-t', 'tmpfs', '-o', `size=${bytes}`, 'tmpfs')

/** Makes a file of so many bytes that holds an empty disk. */
export function makeDisk(bytes: number): string {
  const image = join(freshFolder(), 'disk.img')
  run('truncate', '--size', String(bytes), image)
  run('mkfs.ext4', '-q', image)
  return image
}

/** The disk that a file holds; what was not synced to it is in the memory of the machine only. */
export const mountDisk = (image: string): string => mount('-o', 'loop', '-t', 'ext4', image)
