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

const batch = 1_000
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

  const sendAll = async (): Promise<void> => {
    for (let calls = nextBatch(waiting); calls.length > 0; calls = nextBatch(waiting)) {
      const events = calls.flatMap((call) => call.events)
      const tracked = away ? null : await trySend(events)
      settle(calls, tracked ?? (await keep(events)))
    }
  }

  /** Null when nobody answered: whether they were counted is not known, and their ids let them be sent again. */
  const trySend = async (events: EventInput[]): Promise<Tracked | null> => {
    try {
      const { rejected } = await send('POST /v1/events', { body: { events } })
      return { kept: 'backend', rejected }
    } catch (error) {
      const refused = rejectedIn(error)
      if (refused) return { kept: 'backend', rejected: refused }
      if (error instanceof SoftgateError && error.final) {
        failed(error)
        return { kept: 'nowhere', rejected: [] }
      }
      return null
    }
  }

  const keep = async (events: EventInput[]): Promise<Tracked> => {
    leave()
    if (await (await opening).append(events)) return { kept: 'spool', rejected: [] }
    failed(new Error(`Softgate does not answer and the spool took no more: ${events.length} events are lost.`))
    return { kept: 'nowhere', rejected: [] }
  }

  /** Notes that the backend is away, and comes back to look. */
  const leave = (): void => {
    if (away) return
    away = true
    cancelRetry = after(waitMs, retry)
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }

  const retry = (): void => {
    void drain().catch(failed)
  }

  /** Sends what was kept, oldest first, until none is left or the backend is away again. */
  const drain = async (): Promise<void> => {
    const spool = await opening
    for (let taken = await spool.take(); taken; taken = await spool.take()) {
      for (let i = 0; i < taken.events.length; i += batch) {
        const tracked = await trySend(taken.events.slice(i, i + batch))
        if (!tracked) {
          away = false
          return leave()
        }
        for (const { code, detail } of tracked.rejected)
          failed(new Error(`Softgate refused an event that had waited: ${detail} (${code})`))
      }
      await taken.done()
    }
    away = false
    waitMs = firstWaitMs
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
  void opening.then(drain).catch(failed)

  return {
    track: (events) =>
      new Promise((resolve) => {
        waiting.push({ events, settle: resolve })
        start()
      }),
    async close() {
      cancelRetry()
      while (sending) await sending
      await drain().catch(failed)
      cancelRetry()
      await (await opening).close()
    },
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
