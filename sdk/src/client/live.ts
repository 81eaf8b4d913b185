import { effect } from '@preact/signals-core'
import type { State } from '../contract/index.ts'
import { readEvents } from '../read-events.ts'
import type { Connection } from './options.ts'
import type { Page } from './page.ts'
import type { PageChannel, PageWindow } from './page-window.ts'
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

export function createLive(page: Page, wire: Wire, { state, connection }: Store): Live {
  const { prefix, stored, user, window } = page
  /** Whose state it is, as in `page.user`. */
  let owner = ''
  let session = new AbortController()
  /** Of all tabs of one user. */
  let channel: PageChannel | undefined
  let leading = false
  let silence: unknown
  let asked = 0
  let answered = 0

  /** Nobody is told of a state that is known already. */
  const set = (next: State | null, at = page.now()): void => {
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
    stored((storage) => storage.setItem(prefix, JSON.stringify(known)))
    if (leading) channel?.postMessage(known)
  }

  /** Begins anew when nothing is heard for a minute: the server says something every 25 seconds. */
  const watch = (): void => {
    window.clearTimeout(silence)
    silence = window.setTimeout(start, 60_000)
  }

  const listen = async (signal: AbortSignal): Promise<void> => {
    watch()
    const { body } = await wire.open('/v1/stream', { signal })
    const onBytes = (): void => {
      watch()
      page.knownAt = page.now()
    }
    if (body) await readEvents(body, onBytes, onPart)
  }

  /** Tries again whenever it ends, and in between fetches the state. Rejects when the session is over. */
  const keepTrying = async (signal: AbortSignal): Promise<void> => {
    const over = new Promise<never>((_, reject) => {
      signal.onabort = reject
    })
    const step = (part: Promise<void>): Promise<void> => Promise.race([part.catch(() => {}), over])
    for (let failures = 0; ; failures++) {
      const began = page.now()
      await step(listen(signal))
      await step(refresh())
      connection.value = 'offline'
      // A stream that ends sooner has failed, however politely.
      if (page.now() - began > 10_000) failures = 0
      await step(page.rest(failures))
    }
  }

  /** Joins the tabs of one user, of which one listens for all. A browser frees the lock of a tab that is gone. */
  const begin = (signal: AbortSignal): Promise<unknown> => {
    const locks = window.navigator?.locks
    // Whose tabs has to be known first: the token for the first call tells, and it begins anew.
    if (!locks || !user.peek()) return keepTrying(signal)
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
    return locks.request(name, { signal }, () => {
      leading = true
      return keepTrying(signal)
    })
  }

  const end = (): void => {
    session.abort()
    window.clearTimeout(silence)
    channel?.close()
    answered = asked
    leading = false
  }

  const start = (): void => {
    end()
    session = new AbortController()
    connection.value = 'connecting'
    // Who takes a call and says nothing for so long is as far away as who does not take it.
    page.wait(2_000).then(() => {
      if (connection.peek() === 'connecting') connection.value = 'offline'
    })
    begin(session.signal).catch(() => {})
  }

  stored((storage) => {
    const last: Known = JSON.parse(storage.getItem(prefix) as string)
    // Whoever else wrote to the storage, nothing but a state is taken from it.
    if (last.state?.features) {
      set(last.state, last.at)
      owner = last.user
    }
  })
  effect(tell)
  user.subscribe((name) => {
    if (name && name !== owner) {
      set(null)
      owner = name
    }
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
