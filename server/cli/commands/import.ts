import { appendFileSync, existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { progress } from '@clack/prompts'
import type { EventsAnswer } from '@softgate/sdk/contract'
import { defineCommand } from 'citty'
import { type Call, post, urlArg } from '../backend.ts'
import { type FileRecord, readEventFile } from '../event-file.ts'
import { Refusal, run } from '../refuse.ts'
import { readSettings, requireSecretKeys } from '../settings.ts'

/** The most that one request may carry, with room to spare. */
const batchEvents = 1_000
const batchBytes = 900_000

/** How far an import has come; kept beside the file, so that it goes on where it was stopped. */
interface Progress {
  /** What was brought in where: only the same goes on. */
  of: string
  /** Records that were sent. */
  done: number
  accepted: number
  duplicates: number
  rejected: number
}

/**
 * Brings history in: events of any age, which count and fire nothing. It can be stopped anywhere and goes on where it was;
 * whatever is sent twice counts once. What was rejected is written beside the file, with the reason.
 */
export const importEvents = defineCommand({
  meta: { name: 'import', description: 'Bring in events from a CSV or NDJSON file' },
  args: {
    file: { type: 'positional', required: true, description: 'A .csv file with a line of names, or an .ndjson file' },
    uncounted: {
      type: 'boolean',
      default: false,
      description: 'Count what is so old that its id may be forgotten too: it was never sent to this backend',
    },
    ...urlArg,
  },
  run: ({ args: { file, url, uncounted } }) =>
    run(async () => {
      if (!existsSync(file)) throw new Refusal(`There is no ${file}.`)
      const [secretKey = ''] = requireSecretKeys(readSettings())
      const notes = { progress: `${file}.progress.json`, rejected: `${file}.rejected.ndjson` }
      const { size, mtimeMs } = statSync(file)
      const state = readProgress(notes.progress, JSON.stringify([url, uncounted, size, mtimeMs]))
      if (state.done > 0) process.stdout.write(`Going on after record ${state.done}.\n`)
      else rmSync(notes.rejected, { force: true })
      const bar = process.stdout.isTTY ? progress({ max: size }) : null
      bar?.start(`Importing ${file}`)
      let shown = 0
      let ended = `Stopped importing ${file}`
      try {
        for await (const records of inBatches(readEventFile(file), state.done)) {
          const { answer, refused } = await send(
            { url, secretKey, ...(uncounted && { query: 'uncounted=true' }) },
            records,
          )
          for (const line of refused) appendFileSync(notes.rejected, `${JSON.stringify(line)}\n`)
          state.done += records.length
          state.accepted += answer.accepted
          state.duplicates += answer.duplicates
          state.rejected += refused.length
          // Written beside and moved: where it is killed meanwhile, the note before this one is whole.
          writeFileSync(`${notes.progress}.new`, JSON.stringify(state))
          renameSync(`${notes.progress}.new`, notes.progress)
          const { read = shown } = records.at(-1) ?? {}
          bar?.advance(read - shown, `${state.done} records`)
          shown = read
        }
        ended = `Imported ${file}`
      } finally {
        // What it draws keeps the process alive.
        bar?.stop(ended)
      }
      rmSync(notes.progress, { force: true })
      const { accepted, duplicates, rejected } = state
      const where = rejected > 0 ? `: see ${notes.rejected}` : ''
      process.stdout.write(`${accepted} accepted, ${duplicates} known already, ${rejected} rejected${where}\n`)
      if (rejected > 0) process.exitCode = 1
    }),
})

/** Where there is no note of the same it begins anew: what was sent before is known by its ids. */
function readProgress(path: string, of: string): Progress {
  const anew: Progress = { of, done: 0, accepted: 0, duplicates: 0, rejected: 0 }
  if (!existsSync(path)) return anew
  try {
    const noted = JSON.parse(readFileSync(path, 'utf8')) as Partial<Progress>
    return noted.of === of ? { ...anew, ...noted } : anew
  } catch {
    return anew
  }
}

const tooLarge = ({ place, read }: FileRecord): FileRecord => ({
  place,
  read,
  fault: `The record is larger than ${batchBytes} bytes.`,
})

/** As many records as one request takes, after the first `done` of them; also those before the place where a file breaks off. */
async function* inBatches(records: AsyncIterable<FileRecord>, done: number): AsyncGenerator<FileRecord[]> {
  let batch: FileRecord[] = []
  let bytes = 0
  let broken: unknown = null
  try {
    for await (const record of records) {
      if (record.place < done) continue
      const size = Buffer.byteLength(JSON.stringify(record))
      if (size > batchBytes) {
        batch.push(tooLarge(record))
        continue
      }
      if (batch.length === batchEvents || (batch.length > 0 && bytes + size > batchBytes)) {
        yield batch
        batch = []
        bytes = 0
      }
      batch.push(record)
      bytes += size
    }
  } catch (error) {
    broken = error
  }
  if (batch.length > 0) yield batch
  if (broken) throw broken
}

interface Refused {
  /** Place in the file, from 0. */
  place: number
  detail: string
  event?: unknown
}

async function send(
  to: Pick<Call<'POST /v1/admin/import'>, 'url' | 'secretKey' | 'query'>,
  records: readonly FileRecord[],
): Promise<{ answer: EventsAnswer; refused: Refused[] }> {
  const told = records.flatMap((record) => ('event' in record ? [record] : []))
  const faulty = records.flatMap((record) => ('fault' in record ? [{ place: record.place, detail: record.fault }] : []))
  const events = told.map(({ event }) => event)
  const answer: EventsAnswer =
    events.length === 0
      ? { accepted: 0, duplicates: 0, rejected: [] }
      : // A batch of which nothing is taken is answered 422, with the same reasons.
        await post('POST /v1/admin/import', { ...to, body: { events }, accepts: 422 })
  const rejected = answer.rejected.map(({ index, detail }) => ({
    place: told[index]?.place ?? 0,
    detail,
    event: events[index],
  }))
  return { answer, refused: [...faulty, ...rejected] }
}
