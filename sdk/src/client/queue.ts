import type { EventInput, EventsAnswer } from '../contract/index.ts'
import { uuidv7 } from '../ids.ts'
import type { Environment } from './environment.ts'
import { jitter, type Scope } from './scope.ts'
import type { Shelf } from './shelf.ts'
import type { Wire } from './wire.ts'

/** What `track` says beside the event's name. */
export type TrackInput = Pick<EventInput, 'feature' | 'value' | 'properties'>

/** Events on their way to the server. Each is stored by itself, so that tabs never overwrite each other's. */
export interface Queue {
  /** Events that were given up because too many waited. */
  dropped: number
  /** Never throws. The id and the time are given now and stay, however often the event is sent. */
  track(name: string, input?: TrackInput): void
  /** From now on events are those of `name`; what was tracked before anybody was known becomes theirs. */
  identify(name: string): void
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
  /** What the keys of this backend begin with. */
  prefix: string
  /** The user's id, once it is known. */
  user(): string | undefined
  /** An event has been stored that the tab that leads has to send. */
  onStored(): void
}

const maxEvents = 1_000
const maxSize = 256 * 1_024
const batchSize = 50
/** Browsers allow 64 KiB of requests that outlive their page, all of an origin's together; some of that is the host's. */
const budgetBytes = 48 * 1_024
const maxBytes = 16 * 1_024
const flushMs = 1_000
const quickRetries = 5
const breakerMs = 60_000

export function createQueue({ env, scope, wire, shelf, prefix, user, onStored }: QueueOptions): Queue {
  const sending = new Set<string>()
  let keys = `${prefix}  `
  let known = false
  let leading = false
  let failures = 0
  let retryAt = 0
  let inFlight = 0
  let draining: Promise<void> | null = null
  let cancelTimer: (() => void) | null = null

  const textOf = (key: string): string => shelf.get(key) ?? ''
  const waiting = (): string[] => shelf.keys(keys, !leading).filter((key) => !sending.has(key))

  const trim = (): void => {
    let size = 0
    for (const [i, key] of shelf.keys(keys).reverse().entries()) {
      size += textOf(key).length
      if (i < maxEvents && size <= maxSize) continue
      queue.dropped++
      shelf.remove(key)
    }
  }

  /** The oldest that fit in a batch and in what may be on its way. */
  const pick = (): string[] => {
    let bytes = inFlight
    const fits = (key: string): boolean => {
      bytes += new Blob([textOf(key)]).size + 1
      return bytes < budgetBytes
    }
    return known ? waiting().slice(0, batchSize).filter(fits) : []
  }

  /** Sends one batch; resolves with whether the server has taken it. */
  const send = async (batch: string[]): Promise<boolean> => {
    // What is no event any more is refused by the server, and so goes away.
    const body = JSON.stringify({ events: batch.map((key) => parse(textOf(key))) })
    const bytes = new Blob([body]).size
    inFlight += bytes
    for (const key of batch) sending.add(key)
    try {
      const [{ headers }, text] = await wire.exchange('/v1/events', { method: 'POST', body, keepalive: true })
      retryAt = env.now() + (Number(headers.get('retry-after')) || 0) * 1_000
      const { rejected } = JSON.parse(text) as EventsAnswer
      for (const { detail } of rejected) env.onWarning(`event rejected: ${detail}`)
      for (const key of batch) shelf.remove(key)
      failures = 0
      return true
    } catch {
      failures++
      return false
    } finally {
      inFlight -= bytes
      for (const key of batch) sending.delete(key)
    }
  }

  const drain = async (): Promise<void> => {
    for (let batch = pick(); batch.length && (await send(batch)); ) batch = pick()
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
    const count = known && !draining ? waiting().length : 0
    if (!count || (cancelTimer && (failures || count < batchSize))) return
    cancelTimer?.()
    const pause = failures > quickRetries ? breakerMs : jitter(env.random, failures, breakerMs)
    const ms = failures ? Math.max(pause, retryAt - env.now()) : count < batchSize ? flushMs : 0
    cancelTimer = scope.after(ms, flush)
  }

  const queue: Queue = {
    dropped: 0,
    track(name, { feature, value, properties } = {}) {
      try {
        const now = wire.now()
        const id = uuidv7(now, env.bytes(10))
        const time = new Date(now).toISOString()
        const json = JSON.stringify({ id, user: user(), name, feature, value, time, properties })
        if (json.length > maxBytes) throw new Error(`more than ${maxBytes} bytes`)
        if (shelf.set(keys + id, json) && !leading) onStored()
        trim()
        wake()
      } catch (error) {
        env.onWarning(`${name} cannot be tracked`, error)
      }
    },
    identify(name) {
      const before = keys
      keys = `${prefix} ${name} `
      // What another user has left waits for that user.
      const anonymous = known ? [] : shelf.keys(before)
      for (const key of anonymous) {
        shelf.set(keys + key.slice(before.length), textOf(key))
        shelf.remove(key)
      }
      known = true
      wake()
    },
    lead(value) {
      leading = value
      wake()
    },
    wake,
    flush,
    leave() {
      for (let batch = pick(); batch.length; batch = pick()) void send(batch)
    },
  }
  return queue
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
