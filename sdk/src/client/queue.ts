import type { EventInput, EventsAnswer } from '../contract/index.ts'
import { uuidv7 } from '../ids.ts'
import type { Environment } from './environment.ts'
import type { Stored } from './stored.ts'
import { later, pauseAfter } from './timing.ts'
import type { Wire } from './wire.ts'

/** What `track` says beside the event's name. */
export type TrackInput = Pick<EventInput, 'feature' | 'value' | 'properties'>

/** Events on their way to the server. They live in memory; what is stored of them outlives the page. */
export interface Queue {
  /** Events that were given up because too many waited. */
  dropped: number
  /** Never throws. The id and the time are given now and stay, however often the event is sent. */
  track(name: string, input?: TrackInput): void
  /**
   * Whose events these are, those from before anybody was known too; what waits of another user waits on. Takes over what
   * other pages have stored: should one of them be there still, both send it, and it counts once.
   */
  identify(user: string): void
  /**
   * Sends what waits now; of a page that is being left, as much as such a page may. Resolves when nothing waits any more or
   * the server did not take it.
   */
  flush(): Promise<void>
}

export interface QueueOptions {
  env: Environment
  wire: Wire
  stored: Stored
  /** What keys begin with; the user and an id follow. */
  prefix: string
  /** Ends the wait for a better moment. */
  signal: AbortSignal
}

const maxEvents = 1_000
const maxSize = 256 * 1_024
const maxBytes = 16 * 1_024
/** Browsers allow 64 KiB of requests that outlive their page, all of an origin's together; some of that is the host's. */
const budgetBytes = 48 * 1_024
/** Events wait a moment for others. */
const flushMs = 1_000

const toJson = (event: unknown): string => JSON.stringify(event)

export function createQueue({ env, wire, stored, prefix, signal }: QueueOptions): Queue {
  const keyOf = (user: string): string => `${prefix} ${user} `
  const newId = (): string => uuidv7(wire.now(), env.bytes(9))
  /** Each as JSON, the oldest first. */
  let events: string[] = []
  let user = ''
  let key = keyOf(user) + newId()
  let failures = 0
  let retryAt = 0
  let draining: Promise<void> | null = null
  let planned = false

  const keep = (): void => {
    while (events.length > maxEvents || `${events}`.length > maxSize) {
      events.shift()
      queue.dropped++
    }
    stored((storage) => (events.length ? storage.setItem(key, `[${events}]`) : storage.removeItem(key)))
  }

  /** Sends the oldest that fit; resolves with whether the server has taken any. */
  const send = async (): Promise<boolean> => {
    let bytes = 0
    const batch = events.filter((event) => {
      bytes += new Blob([event]).size + 1
      return user && bytes < budgetBytes
    })
    if (!batch.length) return false
    try {
      const init = { method: 'POST', body: `{"events":[${batch}]}`, keepalive: true }
      const { rejected } = await wire.request('/v1/events', init, 10_000, (response): Promise<EventsAnswer> => {
        retryAt = env.now() + (Number(response.headers.get('retry-after')) || 0) * 1_000
        return response.json()
      })
      for (const { detail } of rejected) env.onWarning(`event rejected: ${detail}`)
      events = events.filter((event) => !batch.includes(event))
      keep()
      failures = 0
      return true
    } catch {
      retryAt = Math.max(retryAt, env.now() + pauseAfter(++failures, env))
      return false
    }
  }

  const drain = async (): Promise<void> => {
    while (await send());
    draining = null
    wake()
  }

  const flush = (): Promise<void> => {
    planned = false
    draining ??= drain()
    return draining
  }

  const wake = (): void => {
    if (planned || draining || signal.aborted || !events.length || !user) return
    planned = true
    later(env, signal, Math.max(retryAt - env.now(), flushMs), flush)
  }

  const queue: Queue = {
    dropped: 0,
    track(name, input) {
      try {
        const time = new Date(wire.now()).toISOString()
        const event = JSON.stringify({ ...input, id: newId(), name, time })
        if (event.length > maxBytes) throw new Error(`more than ${maxBytes} bytes`)
        events.push(event)
        keep()
        wake()
      } catch (error) {
        env.onWarning(`${name} cannot be tracked`, error)
      }
    },
    identify(next) {
      if (user) events = []
      else stored((storage) => storage.removeItem(key))
      user = next
      for (const other of stored(Object.keys) ?? [])
        if ([keyOf(user), keyOf('')].some((mine) => other.startsWith(mine))) {
          stored((storage) => events.unshift(...JSON.parse(storage.getItem(other) ?? '').map(toJson)))
          stored((storage) => storage.removeItem(other))
        }
      key = keyOf(user) + newId()
      keep()
      wake()
    },
    flush,
  }
  return queue
}
