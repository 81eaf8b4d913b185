import { createHash } from 'node:crypto'
import { mkdir, open, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { PastEvent } from '../../metering/model.ts'

const compress = promisify(gzip)

/**
 * Writes events to a folder, a file for each lot: one event a line as `POST /v1/events` takes them, so that `softgate import`
 * reads them back. Resolves when the file is on the disk under its name; what a crash has left of one is never under it. A lot
 * that was written, but not deleted before a crash, may be in two files: ids tell.
 */
export const createEventFolder =
  (folder: string) =>
  async (events: readonly PastEvent[]): Promise<void> => {
    const [first] = events
    if (!first) return
    await mkdir(folder, { recursive: true })
    const text = events.map((event) => `${JSON.stringify(toLine(event))}\n`).join('')
    const tag = createHash('sha256').update(text).digest('hex').slice(0, 16)
    const day = new Date(first.receivedAt).toISOString().slice(0, 10)
    const path = join(folder, `events-${day}-${tag}.ndjson.gz`)
    if (await isThere(path)) return
    await writeDurably(`${path}.part`, await compress(text))
    await rename(`${path}.part`, path)
    await syncFolder(folder)
  }

const toLine = ({ account, id, user, entity, name, feature, value, set, time, properties, replaces }: PastEvent) => ({
  id,
  account,
  name,
  time: new Date(time).toISOString(),
  ...(user !== null && { user }),
  ...(entity !== null && { entity }),
  ...(feature !== null && { feature }),
  ...(value !== null && { value }),
  ...(set !== null && { set }),
  ...(properties !== null && { properties }),
  ...(replaces !== null && { replaces }),
})

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  )

async function writeDurably(path: string, content: Buffer): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** The name is as lasting as the content only once the folder is on the disk too. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
