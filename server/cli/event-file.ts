import { createHash } from 'node:crypto'
import { createReadStream, type ReadStream } from 'node:fs'
import { type Duplex, pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { EventInput } from '@softgate/sdk/contract'
import { parse } from 'csv-parse'
import { Refusal } from './refuse.ts'

/** One record of a file: the event it tells, or why it tells none. */
export type FileRecord = {
  /** Its place in the file, from 0. */
  place: number
  /** Bytes of the file that had been read when it came. */
  read: number
} & ({ event: EventInput } | { fault: string })

/**
 * Reads events from a file: `.csv` with a line of names, or `.ndjson` (`.jsonl`) with an event a line, either compressed with
 * gzip where `.gz` follows. Fields have the names
 * of the wire; in CSV, `properties.x` is a property. A record without an id gets one made of its content and place, so that
 * reading the same file again makes the same ids.
 *
 * @throws Refusal when the name says neither, and from where on the file cannot be read
 */
export async function* readEventFile(path: string): AsyncGenerator<FileRecord> {
  let last = 'From its beginning'
  try {
    for await (const record of recordsOf(path)) {
      last = `After record ${record.place}`
      yield record
    }
  } catch (error) {
    if (error instanceof Refusal) throw error
    throw new Refusal(`${last} ${path} cannot be read: ${error instanceof Error ? error.message : error}`)
  }
}

function recordsOf(path: string): AsyncGenerator<FileRecord> {
  if (/\.csv(\.gz)?$/i.test(path)) return fromCsv(path)
  if (/\.(ndjson|jsonl)(\.gz)?$/i.test(path)) return fromLines(path)
  throw new Refusal(`${path} is neither .csv nor .ndjson, nor either with .gz; its name must say which.`)
}

/** A file and its text. */
function opened(path: string): { input: ReadStream; text: Readable } {
  const input = createReadStream(path)
  return { input, text: /\.gz$/i.test(path) ? through(input, createGunzip()) : input }
}

/** What is wrong with a stream is told by the one that it goes through. */
function through(from: Readable, to: Duplex): Duplex {
  pipeline(from, to, () => {})
  return to
}

async function* linesOf(text: Readable): AsyncGenerator<string> {
  let rest = ''
  text.setEncoding('utf8')
  for await (const chunk of text) {
    const lines = `${rest}${chunk}`.split(/\r?\n/)
    rest = lines.pop() ?? ''
    yield* lines
  }
  yield rest
}

async function* fromLines(path: string): AsyncGenerator<FileRecord> {
  let place = 0
  const { input, text } = opened(path)
  for await (const line of linesOf(text)) {
    if (line.trim() === '') continue
    yield { place, read: input.bytesRead, ...parsed(line, place) }
    place++
  }
}

function parsed(line: string, place: number): { event: EventInput } | { fault: string } {
  try {
    const event: unknown = JSON.parse(line.replace(/^\ufeff/, ''))
    if (typeof event !== 'object' || event === null || Array.isArray(event)) return { fault: 'The line is no object.' }
    return { event: withId(event as EventInput, line, place) }
  } catch (error) {
    return { fault: `The line is no JSON: ${(error as Error).message}` }
  }
}

async function* fromCsv(path: string): AsyncGenerator<FileRecord> {
  const { input, text } = opened(path)
  const rows = through(
    text,
    parse({ columns: true, bom: true, skip_empty_lines: true, relax_column_count: true, relax_quotes: true }),
  )
  let place = 0
  for await (const row of rows as AsyncIterable<Record<string, string>>) {
    yield { place, read: input.bytesRead, event: withId(toEvent(row), JSON.stringify(row), place) }
    place++
  }
}

const numbers = new Set(['value', 'set'])

/** Meters may add up a property: a number or a truth value that is written as we would write it is one, all else is text. */
function toScalar(cell: string): string | number | boolean {
  if (cell === 'true' || cell === 'false') return cell === 'true'
  return String(Number(cell)) === cell && Number.isFinite(Number(cell)) ? Number(cell) : cell
}

/** Cells are text: numbers are read from `value` and `set`, an empty cell says nothing. */
function toEvent(row: Record<string, string>): EventInput {
  const cells = Object.entries(row).filter(([, cell]) => cell !== '')
  const properties = cells.flatMap(([name, cell]) =>
    name.startsWith('properties.') ? [[name.slice(11), toScalar(cell)]] : [],
  )
  const fields = cells.flatMap(([name, cell]) =>
    name.startsWith('properties.') ? [] : [[name, numbers.has(name) ? Number(cell) : cell]],
  )
  return {
    ...Object.fromEntries(fields),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
  } as unknown as EventInput
}

/** The id begins with the time, as ids made by clients do: they lie together in the index. */
function withId(event: EventInput, text: string, place: number): EventInput {
  if (event.id !== undefined) return event
  const at = Date.parse(event.time)
  const time = Number.isNaN(at) || at < 0 ? '0'.repeat(12) : at.toString(16).padStart(12, '0')
  return { ...event, id: `imp_${time}${createHash('sha256').update(`${place}\n${text}`).digest('hex').slice(0, 24)}` }
}
