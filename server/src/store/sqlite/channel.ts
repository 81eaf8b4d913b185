import { Worker } from 'node:worker_threads'
import type { UseDrift, Written } from '../../metering/model.ts'
import { createWriter, type WriterCall } from './writer.ts'

/** The way from the main thread to the writer. Calls are answered in the order they are made. */
export interface Channel {
  ingest(ops: Extract<WriterCall, { kind: 'ingest' }>['ops']): Promise<Written>
  mend(drift: UseDrift): Promise<boolean>
  query(call: Omit<Extract<WriterCall, { kind: 'query' }>, 'kind'>): Promise<{ rows: unknown[] }>
  close(): Promise<void>
}

/** Starts the writer on a thread of its own; where threads cannot start (a bundled host), the same code runs inline. */
export async function openChannel(file: string, inline: boolean): Promise<Channel> {
  if (inline) return inlineChannel(file)
  try {
    return await threadChannel(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return inlineChannel(file)
    throw error
  }
}

function inlineChannel(file: string): Channel {
  const writer = createWriter(file)
  return {
    ingest: async (ops) => writer.ingest(ops),
    mend: async (drift) => writer.mend(drift),
    query: async ({ sql, params, method }) => writer.query(sql, params, method) as { rows: unknown[] },
    close: async () => writer.close(),
  }
}

type Reply = { ready: true } | { value: unknown } | { error: { message: string; code?: string } }

async function threadChannel(file: string): Promise<Channel> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const worker = new Worker(new URL(`./worker.${extension}`, import.meta.url), { workerData: { file } })
  const waiting: { resolve(value: unknown): void; reject(error: unknown): void }[] = []
  let gone: Error | null = null
  const call = (message: WriterCall): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (gone) return reject(gone)
      worker.ref() // a process must not end on its own while something it asked for is not stored
      waiting.push({ resolve, reject })
      worker.postMessage(message)
    })

  await new Promise<void>((resolve, reject) => {
    worker.once('error', reject)
    worker.once('message', () => {
      worker.off('error', reject)
      resolve()
    })
  })
  worker.on('message', (reply: Reply) => {
    const next = waiting.shift()
    if (waiting.length === 0) worker.unref()
    if (!next) return
    if ('error' in reply) next.reject(Object.assign(new Error(reply.error.message), { code: reply.error.code }))
    else if ('value' in reply) next.resolve(reply.value)
  })
  // What was under way when the thread died may or may not be stored: its callers must hear "unknown", never "done".
  const fail = (error: Error) => {
    gone = error
    for (const { reject } of waiting.splice(0)) reject(error)
  }
  worker.on('error', fail)
  worker.on('exit', () => fail(gone ?? new Error('The writer thread of the database has ended')))
  worker.unref()

  return {
    ingest: (ops) => call({ kind: 'ingest', ops }) as Promise<Written>,
    mend: (drift) => call({ kind: 'mend', drift }) as Promise<boolean>,
    query: (query) => call({ kind: 'query', ...query }) as Promise<{ rows: unknown[] }>,
    async close() {
      worker.ref()
      const ended = new Promise((resolve) => worker.once('exit', resolve))
      worker.postMessage({ kind: 'close' })
      await ended
    },
  }
}
