import type { EventInput, EventsAnswer } from '../contract/index.ts'
import { uuidv7 } from '../ids.ts'
import type { Environment } from './environment.ts'
import { jitter, type Scope } from './scope.ts'
import { parse, type Shelf } from './shelf.ts'
import type { Wire } from './wire.ts'

/** What `track` says beside the event's name. */
export type TrackInput = Pick<EventInput, 'feature' | 'value' | 'properties'>

/** Events on their way to the server. Each is stored by itself, so that tabs never overwrite each other's. */
export interface Queue {
  /** Events that were given up because too many waited. */
  dropped: number
  /** Never throws. The id and the time are given now and stay, however often the event is sent. */
  track(name: string, input?: TrackInput): void
  /** From now on keys begin with `prefix`, a user's; what was tracked before anybody was known becomes theirs. */
  identify(prefix: string): void
  /** Whether this tab sends what all tabs have stored; without it, only what could not be stored. */
  lead(leading: boolean): void
  /** Sends what waits, as soon as that makes sense. */
  wake(): void
  /** Sends what waits now. Resolves when nothing does any more or the server did not take it. */
  flush(): Promise<void>
  /** The page may be gone in a moment: sends as much as a page that is left may. */
  leave(): void
}

export interface QueueOptions {
  env: Environment
  scope: Scope
  wire: Wire
  shelf: Shelf
  /** What keys begin with while nobody is known. */
  prefix: string
  /** An event has been stored that the tab that leads has to send. */
  onStored(): void
}

const maxEvents = 1_000
const maxSize = 256 * 1_024
const maxBytes = 16 * 1_024
/** Browsers allow 64 KiB of requests that outlive their page, all of an origin's together; some of that is the host's. */
const budgetBytes = 48 * 1_024
/** Events wait a moment for others, but not when so many do. */
const flushMs = 1_000
const flushCount = 50
/** A pause is half of its bound on average. */
const maxPauseMs = 120_000

export function createQueue({ env, scope, wire, shelf, prefix, onStored }: QueueOptions): Queue {
  const sending = new Set<string>()
  let mine = prefix
  let known = false
  let leading = false
  let failures = 0
  let retryAt = 0
  let draining: Promise<void> | null = null
  let cancelTimer: (() => void) | null = null

  const ours = (): string[] => (known ? shelf.keys(mine, !leading) : [])

  const trim = (): void => {
    let size = 0
    for (const [i, key] of shelf.keys(mine).reverse().entries()) {
      size += shelf.get(key).length
      if (i < maxEvents && size <= maxSize) continue
      queue.dropped++
      shelf.remove(key)
    }
  }

  /** Sends the oldest that fit beside what is on its way; resolves with whether the server has taken any. */
  const send = async (): Promise<boolean> => {
    let bytes = 0
    const batch = ours().filter((key) => {
      bytes += new Blob([shelf.get(key)]).size + 1
      return bytes < budgetBytes && !sending.has(key)
    })
    if (!batch.length) return false
    for (const key of batch) sending.add(key)
    try {
      // What is no event any more is refused by the server, and so goes away.
      const body = JSON.stringify({ events: batch.map((key) => parse(shelf.get(key))) })
      const [{ headers }, text] = await wire.exchange('/v1/events', { method: 'POST', body, keepalive: true })
      retryAt = env.now() + (Number(headers.get('retry-after')) || 0) * 1_000
      const { rejected } = JSON.parse(text) as EventsAnswer
      for (const { detail } of rejected) env.onWarning(`event rejected: ${detail}`)
      for (const key of batch) shelf.remove(key)
      failures = 0
      return true
    } catch {
      retryAt = Math.max(retryAt, env.now() + jitter(env, ++failures, maxPauseMs))
      return false
    } finally {
      for (const key of batch) sending.delete(key)
    }
  }

  const drain = async (): Promise<void> => {
    while (await send());
    draining = null
    wake()
  }

  const flush = (): Promise<void> => {
    cancelTimer?.()
    cancelTimer = null
    draining ??= drain()
    return draining
  }

  const wake = (): void => {
    const count = ours().length
    if (!count || draining || (cancelTimer && count !== flushCount)) return
    cancelTimer?.()
    cancelTimer = scope.after(Math.max(retryAt - env.now(), count < flushCount ? flushMs : 0), flush)
  }

  const queue: Queue = {
    dropped: 0,
    track(name, input) {
      try {
        const now = wire.now()
        const id = uuidv7(now, env.bytes(9))
        const json = JSON.stringify({ ...input, id, name, time: new Date(now).toISOString() })
        if (json.length > maxBytes) throw new Error(`more than ${maxBytes} bytes`)
        if (shelf.set(mine + id, json) && !leading) onStored()
        trim()
        wake()
      } catch (error) {
        env.onWarning(`${name} cannot be tracked`, error)
      }
    },
    identify(next) {
      // What another user has left waits for that user.
      for (const key of known ? [] : shelf.keys(mine)) {
        shelf.set(next + key.slice(mine.length), shelf.get(key))
        shelf.remove(key)
      }
      mine = next
      known = true
      wake()
    },
    lead(value) {
      leading = value
      wake()
    },
    wake,
    flush,
    leave: () => void send(),
  }
  return queue
}
