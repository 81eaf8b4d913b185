import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { EventInput } from '../contract/index.ts'

/** Where events wait for a backend that does not answer. */
export interface Spool {
  /** Keeps them; once it resolves true they survive what the spool survives. False when it is full or cannot be written. */
  append(events: readonly EventInput[]): Promise<boolean>
  /** The oldest ones, until `done` forgets them; null when there are none. One taker at a time. */
  take(): Promise<{ events: EventInput[]; done(): Promise<void> } | null>
  close(): Promise<void>
}

/** Keeps the newest `most` events in memory: they end with the process. */
export function createMemorySpool(most = 10_000): Spool {
  let waiting: EventInput[] = []
  return {
    async append(events) {
      if (waiting.length + events.length > most) return false
      waiting.push(...events)
      return true
    },
    async take() {
      if (waiting.length === 0) return null
      const events = waiting.slice(0, 1_000)
      return {
        events,
        async done() {
          waiting = waiting.slice(events.length)
        },
      }
    },
    close: async () => {},
  }
}

export interface DiskSpoolOptions {
  folder: string
  /** Bytes on the disk. */
  maxBytes: number
  /** Names this spool's files; unique. */
  instance: string
  pid: number
}

/** A file is sent and forgotten as a whole, so it stays small. */
const fileBytes = 256 * 1_024

/** Spools that this process holds open: their files are nobody's leftovers. */
const alive = new Set<string>()

/**
 * Keeps events in files of lines, one JSON each, synced to the disk before they count as kept: they survive the process, be
 * it killed, and the power. Files of a process that is gone are taken over by the next one on the same folder. What was
 * sent and not yet forgotten is sent again, under the same ids, and counts once.
 */
export async function openDiskSpool({ folder, maxBytes, instance, pid }: DiskSpoolOptions): Promise<Spool> {
  await mkdir(folder, { recursive: true })
  alive.add(instance)
  let made = 0
  let current: { path: string; bytes: number; handle: Awaited<ReturnType<typeof open>> } | null = null
  const newPath = (): string => join(folder, `${pid}_${instance}_${String(++made).padStart(9, '0')}.ndjson`)

  /** Our files, the oldest first, with those that a dead process has left. */
  const files = async (): Promise<string[]> => {
    const names = (await readdir(folder)).filter((name) => name.endsWith('.ndjson'))
    const own: string[] = []
    for (const name of names) {
      const [owner = '', holder = ''] = name.split('_')
      if (holder === instance) own.push(join(folder, name))
      else if (!alive.has(holder) && (Number(owner) === pid || !isRunning(Number(owner)))) {
        const path = newPath()
        // Another process may be quicker: one rename succeeds.
        if (
          await rename(join(folder, name), path).then(
            () => true,
            () => false,
          )
        )
          own.push(path)
      }
    }
    return own.sort()
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

  const append = async (events: readonly EventInput[]): Promise<boolean> => {
    const text = events.map((event) => `${JSON.stringify(event)}\n`).join('')
    const bytes = Buffer.byteLength(text)
    try {
      let total = bytes
      for (const path of await files()) total += (await stat(path)).size
      if (total > maxBytes) return false
      if (current && current.bytes + bytes > fileBytes) await rotate()
      if (!current) {
        const path = newPath()
        current = { path, bytes: 0, handle: await open(path, 'a') }
      }
      current.bytes += bytes
      await current.handle.appendFile(text)
      await current.handle.datasync()
      return true
    } catch {
      // A file that could not be written whole is not written on: what follows a torn line would be lost with it.
      await rotate().catch(() => {})
      return false
    }
  }
  const take: Spool['take'] = async () => {
    const [path] = await files()
    if (path === undefined) return null
    if (path === current?.path) await rotate()
    const events = (await readFile(path, 'utf8')).split('\n').flatMap(toEvent)
    return { events, done: () => inTurn(() => unlink(path)) }
  }

  return {
    append: (events) => inTurn(() => append(events)),
    take: () => inTurn(take),
    close: () =>
      inTurn(async () => {
        await rotate()
        alive.delete(instance)
      }),
  }
}

/** A line that a crash has torn was never acknowledged to anyone. */
function toEvent(line: string): EventInput[] {
  try {
    return line === '' ? [] : [JSON.parse(line) as EventInput]
  } catch {
    return []
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
