import { parentPort, workerData } from 'node:worker_threads'
import { createWriter, type WriterCall } from './writer.ts'

/** The writer on its own thread: one reply for each call, in order. */
const port = parentPort
if (!port) throw new Error('worker.ts runs as a worker thread only')
const writer = createWriter((workerData as { file: string }).file)
const answer = (call: WriterCall): unknown =>
  call.kind === 'ingest'
    ? writer.ingest(call.ops)
    : call.kind === 'mend'
      ? writer.mend(call.drift)
      : writer.query(call.sql, call.params, call.method)
port.postMessage({ ready: true })
port.on('message', (call: WriterCall | { kind: 'close' }) => {
  if (call.kind === 'close') {
    writer.close()
    port.close()
    return
  }
  try {
    port.postMessage({ value: answer(call) })
  } catch (cause) {
    // SQLite's errors lose their text on the way to another thread.
    const { message, code } = cause as Error & { code?: string }
    port.postMessage({ error: { message, code } })
  }
})
