import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventInput } from '../contract/index.ts'
import { createMemorySpool, type Spool } from './spool.ts'

export interface DiskSpoolOptions {
  folder: string
  /** Bytes on the disk. */
  maxBytes: number
  /** Names this spool's files; unique, and later ones sort later. */
  instance: string
  pid: number
  /** Told of what is lost, and of a disk that takes nothing. */
  failed(error: unknown): void
}

/** A file is sent and forgotten as a whole, so it stays small. */
const fileBytes = 256 * 1_024

/** The process that holds a file, the spool in it, and the file's number. Others' files in the folder have other names. */
const named = /^(\d+)_([^_]+)_\d{9}\.ndjson$/

/** Spools that this process holds open: their files are nobody's leftovers. */
const alive = new Set<string>()

/**
 * Keeps events in files of lines, one JSON each, synced to the disk before they count as kept: they survive the process, be
 * it killed, and the power. Files of a process that is gone are taken over by the next one on the same folder. What was
 * sent and not yet forgotten is sent again, under the same ids, and counts once. What the disk does not take waits in memory.
 */
export async function openDiskSpool({ folder, maxBytes, instance, pid, failed }: DiskSpoolOptions): Promise<Spool> {
  await mkdir(folder, { recursive: true })
  alive.add(instance)
  const memory = createMemorySpool(failed)
  const unreadable = new Set<string>()
  let made = 0
  let current: { path: string; bytes: number; handle: Awaited<ReturnType<typeof open>> } | null = null
  const newPath = (): string => join(folder, `${pid}_${instance}_${String(++made).padStart(9, '0')}.ndjson`)

  const isLeft = (owner: number, holder: string): boolean =>
    holder !== instance && !alive.has(holder) && (owner === pid || !isRunning(owner))

  /** Makes ours what dead processes have left, the oldest first. */
  const takeOver = async (): Promise<void> => {
    const left = (await readdir(folder)).flatMap((name) => {
      const [, owner, holder = ''] = named.exec(name) ?? []
      return owner !== undefined && isLeft(Number(owner), holder) ? [{ name, age: name.slice(owner.length) }] : []
    })
    left.sort((a, b) => (a.age < b.age ? -1 : 1))
    // Another process may be quicker: one rename succeeds.
    for (const { name } of left) await rename(join(folder, name), newPath()).catch(() => {})
  }
  /** Our files, the oldest first. */
  const files = async (): Promise<string[]> => {
    const names = await readdir(folder)
    const own = names.filter((name) => named.exec(name)?.[2] === instance).sort()
    return own.map((name) => join(folder, name)).filter((path) => !unreadable.has(path))
  }
  let isBroken = false
  const tellOnce = (error: unknown): void => {
    if (!isBroken) failed(error)
    isBroken = true
  }
  // One at a time: a file is not taken while something is written to it.
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = turn.then(work)
    turn = mine.catch(() => {})
    return mine
  }
  const rotate = async (): Promise<void> => {
    const { handle } = current ?? {}
    current = null
    await handle?.close()
  }

  const write = async (text: string, bytes: number): Promise<void> => {
    if (current && current.bytes + bytes > fileBytes) await rotate()
    if (!current) {
      const path = newPath()
      current = { path, bytes: 0, handle: await open(path, 'a') }
    }
    const { path, handle } = current
    current.bytes += bytes
    await handle.appendFile(text)
    await handle.datasync()
    if ((await sizeOf(path)) !== null) return
    // In other threads, bundles and containers are spools that cannot tell whether we are alive: one may have taken the file
    // over, and read it before this was in it.
    await rotate()
    await write(text, bytes)
  }
  const append = async (events: readonly EventInput[]): Promise<boolean> => {
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    const bytes = Buffer.byteLength(text)
    try {
      // Whoever cleans up may have taken it away.
      await mkdir(folder, { recursive: true })
      let total = bytes
      for (const path of await files()) total += (await sizeOf(path)) ?? 0
      if (total > maxBytes) return false
      await write(text, bytes)
      isBroken = false
      return true
    } catch (error) {
      tellOnce(error)
      // A file that could not be written whole is not written on: what follows a torn line would be lost with it.
      await rotate().catch(() => {})
      return memory.append(events)
    }
  }

  const read = async (path: string): Promise<EventInput[] | null> => {
    if (path === current?.path) await rotate()
    try {
      const { events, lost } = parse(await readFile(path, 'utf8'))
      if (lost > 0) failed(new Error(`${path}: ${lost} lines are no events, and are lost.`))
      return events
    } catch (error) {
      if (isGone(error)) return null
      unreadable.add(path)
      failed(error)
      return null
    }
  }
  const take: Spool['take'] = async () => {
    try {
      await takeOver()
      for (const path of await files()) {
        const events = await read(path)
        if (events) return { events, done: () => inTurn(() => rm(path, { force: true })) }
      }
    } catch (error) {
      tellOnce(error)
    }
    return memory.take()
  }

  return {
    append: (events) => inTurn(() => append(events)),
    take: () => inTurn(take),
    close: () =>
      inTurn(async () => {
        await rotate()
        alive.delete(instance)
        await memory.close()
      }),
  }
}

const isGone = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT'

/** Bytes of a file; null where there is none. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if (isGone(error)) return null
    throw error
  }
}

/** The events in a file. A last line that a crash has torn was never acknowledged to anyone; any other that is none is lost. */
function parse(text: string): { events: EventInput[]; lost: number } {
  const lines = text.split('\n')
  const torn = lines.at(-1) === '' || toEvent(lines.at(-1) ?? '') ? 0 : 1
  const written = lines.filter((line) => line !== '')
  const events = written.flatMap((line) => toEvent(line) ?? [])
  return { events, lost: written.length - events.length - torn }
}

function toEvent(line: string): EventInput | null {
  try {
    const event: unknown = JSON.parse(line)
    return typeof event === 'object' && !Array.isArray(event) ? (event as EventInput | null) : null
  } catch {
    return null
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
