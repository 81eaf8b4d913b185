import type { EventInput } from '../contract/index.ts'

/** Where events wait for a backend that does not answer. */
export interface Spool {
  /** Keeps them; once it resolves true they survive what the spool survives. False when it is full. */
  append(events: readonly EventInput[]): Promise<boolean>
  /** The oldest ones, until `done` forgets them; null when there are none. One taker at a time. */
  take(): Promise<{ events: EventInput[]; done(): Promise<void> } | null>
  close(): Promise<void>
}

/** Keeps at most `most` events in memory: they end with the process, and it is told where it is closed with any. */
export function createMemorySpool(failed: (error: unknown) => void, most = 10_000): Spool {
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
    async close() {
      if (waiting.length > 0) failed(new Error(`Softgate does not answer: ${waiting.length} events are lost.`))
    },
  }
}
