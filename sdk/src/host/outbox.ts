import type { EventInput, EventsAnswer } from '../contract/index.ts'
import { SoftgateError } from '../error.ts'
import type { Send } from './send.ts'
import type { Spool } from './spool.ts'

/** What became of events: where they are kept, and which of them the backend refused. */
export interface Tracked {
  /**
   * `backend`: counted, durable. `spool`: on this side, sent as soon as the backend answers. `nowhere`: neither the backend
   * nor the spool took them; `onFailure` says why.
   */
  kept: 'backend' | 'spool' | 'nowhere'
  /** `index` is the event's place in the call. */
  rejected: EventsAnswer['rejected']
}

export interface OutboxOptions {
  send: Send
  spool: Promise<Spool>
  /** Runs `fn` once, `ms` from now; the returned function cancels it. */
  after(ms: number, fn: () => void): () => void
  failed(error: unknown): void
}

export interface Outbox {
  track(events: readonly EventInput[]): Promise<Tracked>
  /** Tries what waits once more, and lets go of the spool. */
  close(): Promise<void>
}

/** What the backend takes in one request: so many events, and a little more bytes. */
const batch = 1_000
const batchBytes = 900_000
/** What is wrong with the events themselves, and stays so; any other refusal is about the host's key or address, which can change. */
const atFault = [400, 413, 422]
const nowhere: Tracked = { kept: 'nowhere', rejected: [] }
const firstWaitMs = 1_000
const longestWaitMs = 60_000

interface Call {
  events: readonly EventInput[]
  settle(tracked: Tracked): void
}

/**
 * Sends events in batches, one request at a time, each as large as what came meanwhile. When the backend does not answer,
 * what comes goes straight to the spool until it answers again: a caller waits for a disk, never for a network that is gone.
 */
export function createOutbox({ send, spool: opening, after, failed }: OutboxOptions): Outbox {
  const waiting: Call[] = []
  let sending: Promise<void> | null = null
  let away = false
  let waitMs = firstWaitMs
  let cancelRetry = () => {}
  let draining: Promise<void> | null = null

  const sendAll = async (): Promise<void> => {
    for (let calls = nextBatch(waiting); calls.length > 0; calls = nextBatch(waiting)) {
      const events = calls.flatMap((call) => call.events)
      const tracked = away ? null : await trySend(events)
      settle(calls, tracked ?? (await keep(events)))
    }
  }

  /** Null when nobody answered: whether they were counted is not known, and their ids let them be sent again. */
  const trySend = async (events: EventInput[]): Promise<Tracked | null> => {
    if (isTooMuch(events)) return sendHalves(events)
    try {
      const { rejected } = await send('POST /v1/events', { body: { events } })
      return { kept: 'backend', rejected }
    } catch (error) {
      const refused = rejectedIn(error)
      if (refused) return { kept: 'backend', rejected: refused }
      if (!(error instanceof SoftgateError) || !error.final) return null
      // Whatever stands before the backend may take less.
      if (error.status === 413 && events.length > 1) return sendHalves(events)
      failed(error)
      return atFault.includes(error.status ?? 0) ? nowhere : null
    }
  }

  const sendHalves = async (events: EventInput[]): Promise<Tracked | null> => {
    const half = Math.ceil(events.length / 2)
    const first = await trySend(events.slice(0, half))
    const second = first && (await trySend(events.slice(half)))
    if (!second) return null
    const rest = second.rejected.map((one) => ({ ...one, index: one.index + half }))
    return { kept: first.kept === 'nowhere' ? 'nowhere' : second.kept, rejected: [...first.rejected, ...rest] }
  }

  const keep = async (events: EventInput[]): Promise<Tracked> => {
    leave()
    if (await (await opening).append(events)) {
      // The last look into the spool may have been a moment before.
      leave()
      return { kept: 'spool', rejected: [] }
    }
    failed(new Error(`Softgate does not answer and the spool took no more: ${events.length} events are lost.`))
    return nowhere
  }

  /** Notes that the backend is away, and comes back to look. */
  const leave = (): void => {
    if (away) return
    away = true
    cancelRetry = after(waitMs, drain)
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }

  /** Sends what was kept, oldest first, until none is left or the backend is away again. One at a time. */
  const drain = (): Promise<void> => {
    draining ??= drainAll()
      .catch((error) => {
        failed(error)
        return false
      })
      .then((emptied) => {
        draining = null
        away = false
        if (emptied) waitMs = firstWaitMs
        else leave()
      })
    return draining
  }

  const drainAll = async (): Promise<boolean> => {
    const spool = await opening
    for (let taken = await spool.take(); taken; taken = await spool.take()) {
      const tracked = taken.events.length === 0 ? nowhere : await trySend(taken.events)
      if (!tracked) return false
      for (const { code, detail } of tracked.rejected)
        failed(new Error(`Softgate refused an event that had waited: ${detail} (${code})`))
      await taken.done()
    }
    return true
  }

  const start = (): void => {
    sending ??= sendAll()
      .catch(failed)
      .finally(() => {
        sending = null
        if (waiting.length > 0) start()
      })
  }

  // What an earlier process has left behind is sent before anything fails.
  void drain()

  return {
    track: (events) =>
      new Promise((resolve) => {
        if (!isJson(events, failed)) return resolve(nowhere)
        waiting.push({ events, settle: resolve })
        start()
      }),
    async close() {
      cancelRetry()
      while (sending) await sending
      await drain()
      cancelRetry()
      await (await opening).close()
    },
  }
}

const isTooMuch = (events: readonly EventInput[]): boolean =>
  events.length > 1 && (events.length > batch || Buffer.byteLength(JSON.stringify(events)) > batchBytes)

/** What cannot be written down, a BigInt say, must not take down what others report. */
function isJson(events: readonly EventInput[], failed: (error: unknown) => void): boolean {
  try {
    JSON.stringify(events)
    return true
  } catch (error) {
    failed(error)
    return false
  }
}

/** Whole calls, as many as fit into one request; a call that is larger goes alone. */
function nextBatch(waiting: Call[]): Call[] {
  let size = 0
  const fit = waiting.findIndex((call) => {
    size += call.events.length
    return size > batch
  })
  return waiting.splice(0, fit < 0 ? waiting.length : Math.max(1, fit))
}

/** Tells each call of its own events. */
function settle(calls: readonly Call[], { kept, rejected }: Tracked): void {
  let from = 0
  for (const call of calls) {
    const to = from + call.events.length
    const own = rejected.filter(({ index }) => index >= from && index < to)
    call.settle({ kept, rejected: own.map((one) => ({ ...one, index: one.index - from })) })
    from = to
  }
}

/** A batch of which nothing was taken is answered as a problem that names each reason. */
function rejectedIn(error: unknown): EventsAnswer['rejected'] | null {
  if (!(error instanceof SoftgateError)) return null
  const { rejected } = (error.problem ?? {}) as { rejected?: EventsAnswer['rejected'] }
  return rejected ?? null
}
