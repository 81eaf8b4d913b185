import { effect } from '@preact/signals-core'
import type { State } from '../contract/index.ts'
import { readEvents } from '../read-events.ts'
import type { Connection } from './options.ts'
import type { Page } from './page.ts'
import type { PageChannel, PageLocks, PageWindow } from './page-window.ts'
import { type Store, same } from './store.ts'
import type { Wire } from './wire.ts'

/** The state of one user, kept true: by the stream in the tab that leads, by what that tab tells in the others. */
export interface Live {
  /** Begins anew, for whomever the token names. */
  start(): void
  /** Lets the stream and the lead go: a page that is kept for the way back must hold neither. */
  pause(): void
  /** Fetches the state. Resolves when one that was asked for no sooner has been taken in. */
  refresh(): Promise<void>
}

/** What the next page finds, and tabs of one user tell each other. */
interface Known {
  user: string
  state: State | null
  at: number
  connection: Connection
}

/** The server says something every 25 seconds. */
const silenceMs = 60_000
/** A stream that ends sooner has failed, however politely. */
const shortMs = 10_000
/** Who takes a call and says nothing for so long is as far away as who does not take it. */
const lateMs = 2_000
const quietly = (): void => {}

export function createLive(page: Page, wire: Wire, { state, connection }: Store): Live {
  const { prefix, stored, user, now, window } = page
  /** Whose state it is, as in `page.user`. */
  let owner = ''
  let session = new AbortController()
  /** Of all tabs of one user. */
  let channel: PageChannel | undefined
  let leading = false
  let asked = 0
  let answered = 0

  /** Nobody is told of a state that is known already. */
  const set = (next: State | null, at = now()): void => {
    page.knownAt = at
    if (!same(next, state.peek())) state.value = next
  }

  const refresh = async (): Promise<void> => {
    const mine = ++asked
    const next = await wire.send('GET /v1/state', undefined, { quick: true })
    // What was pushed, or asked for later, while the reply was on its way is newer than the reply.
    if (mine <= answered) return
    answered = mine
    set(next)
  }

  const onPart = (text: string): void => {
    answered = asked
    set({ ...state.peek(), ...JSON.parse(text) })
    connection.value = 'live'
  }

  const tell = (): void => {
    const known = { user: owner, at: page.knownAt, state: state.value, connection: connection.value }
    if (known.state) stored((storage) => storage.setItem(prefix, JSON.stringify(known)))
    if (leading) channel?.postMessage(known)
  }

  const listen = (signal: AbortSignal): Promise<void> =>
    wire.request('/v1/stream', { signal }, silenceMs, async ({ body }, heard) => {
      const onBytes = (): void => {
        heard()
        page.knownAt = now()
      }
      if (body) await readEvents(body, onBytes, onPart)
    })

  /** Tries again whenever it ends, and in between fetches the state. Rejects when the session is over. */
  const keepTrying = async (signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> => {
    const step = (part: Promise<void>): Promise<void> => part.catch(quietly).then(() => signal.throwIfAborted())
    for (let failures = 0; ; failures++) {
      const began = now()
      await step(work(signal))
      if (connection.peek() === 'live') connection.value = 'offline'
      await step(refresh())
      connection.value = 'offline'
      if (now() - began > shortMs) failures = 0
      await step(page.rest(failures))
    }
  }

  /** Joins the tabs of one user. A browser frees the lock of a tab that is gone, however it went. */
  const join = (locks: PageLocks, signal: AbortSignal): Promise<unknown> => {
    const name = `${prefix} ${user.peek()}`
    channel = new (window.BroadcastChannel as NonNullable<PageWindow['BroadcastChannel']>)(name)
    channel.onmessage = ({ data }) => {
      if (!data) tell()
      else if (!leading) {
        set(data.state, data.at)
        connection.value = data.connection
      }
    }
    channel.postMessage(null)
    const lead = (): Promise<void> =>
      new Promise((_, release) => {
        leading = true
        signal.onabort = release
        keepTrying(signal, listen).catch(quietly)
      })
    return locks.request(name, { signal }, lead)
  }

  /** Who it is for has to be known first; then one tab listens for all. */
  const begin = (signal: AbortSignal): Promise<unknown> => {
    const locks = window.navigator?.locks
    if (!user.peek()) return keepTrying(signal, wire.identify)
    return locks ? join(locks, signal) : keepTrying(signal, listen)
  }

  const end = (): void => {
    session.abort()
    channel?.close()
    answered = asked
    leading = false
  }

  const start = (): void => {
    end()
    session = new AbortController()
    connection.value = 'connecting'
    page.wait(lateMs).then(() => {
      if (connection.peek() === 'connecting') connection.value = 'offline'
    })
    begin(session.signal).catch(quietly)
  }

  const last = stored((storage) => JSON.parse(storage.getItem(prefix) ?? '') as Known)
  // Whoever else wrote to the storage, nothing but a state is taken from it.
  if (last?.state?.features) {
    owner = last.user
    set(last.state, last.at)
  }
  effect(tell)
  user.subscribe((name) => {
    if (!name) return
    if (name !== owner) set(null)
    owner = name
    if (connection.peek() !== 'closed') start()
  })
  return {
    start,
    pause() {
      end()
      connection.value = 'closed'
    },
    refresh,
  }
}
