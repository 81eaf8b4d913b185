import { effect } from '@preact/signals-core'
import type { State } from '../contract/index.ts'
import { readEvents } from '../read-events.ts'
import type { Environment } from './environment.ts'
import type { Connection } from './options.ts'
import type { Store } from './store.ts'
import type { Stored } from './stored.ts'
import { later, pauseAfter } from './timing.ts'
import type { Wire } from './wire.ts'

/** The state of one user, kept true: by the stream in the tab that leads, by what that tab tells in the others. */
export interface Live {
  /** Begins anew, for whomever the token names. */
  start(): void
  /** Lets the stream and the lead go: a page that is kept for the way back must hold neither. */
  pause(): void
  /** A token names this user. */
  identify(user: string): void
  /** Fetches the state. Resolves when one that was asked for no sooner has been taken in. */
  refresh(): Promise<void>
  /** Keeps what is known for the next page. */
  keep(): void
}

export interface LiveOptions {
  env: Environment
  wire: Wire
  store: Store
  stored: Stored
  /** The key of what is known, and what the name begins with that all tabs of one user share. */
  prefix: string
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

export function createLive({ env, wire, store, stored, prefix }: LiveOptions): Live {
  const { state, connection } = store
  let user = ''
  let session = new AbortController()
  let leading = false
  /** To the other tabs; null asks what is known. */
  let post: (known: Known | null) => void = quietly
  let asked = 0
  let answered = 0

  const refresh = async (): Promise<void> => {
    const mine = ++asked
    const next = await wire.send('GET /v1/state', undefined, { quick: true })
    // What was pushed, or asked for later, while the reply was on its way is newer than the reply.
    if (mine <= answered) return
    answered = mine
    store.set(next)
  }

  /** The first message is all of the state, others are the account's part of it or the user's. */
  const onEvent = (event: string, text: string): void => {
    if (event !== 'state' && event !== 'prompts') return
    answered = asked
    store.set({ ...state.peek(), ...JSON.parse(text) })
    connection.value = 'live'
  }

  const tell = (): void => {
    const known = { user, at: store.at, state: state.value, connection: connection.value }
    if (known.state) stored((storage) => storage.setItem(prefix, JSON.stringify(known)))
    if (leading) post(known)
  }

  /** Joins the tabs of one user; resolves when this one leads, at once where a browser has no locks or no channels. */
  const join = ({ locks, channel: open }: Environment, name: string, signal: AbortSignal): Promise<void> =>
    new Promise((lead) => {
      if (!locks || !open) return lead()
      const channel = open(name)
      channel.onmessage = ({ data }) => {
        if (!data) tell()
        else if (!leading) {
          store.set(data.state, data.at)
          connection.value = data.connection
        }
      }
      post = (known) => channel.postMessage(known)
      post(null)
      const end = new Promise<void>((release) => {
        signal.addEventListener('abort', () => release(channel.close()))
      })
      const held = (): Promise<void> => {
        lead()
        return end
      }
      // A browser frees the lock of a tab that is gone, however it went. To be told to stop waiting is no failure.
      locks.request(name, { signal }, held).catch(quietly)
    })

  /** Comes back whenever the stream ends. While there is none, each attempt fetches the state instead. */
  const run = async ({ signal }: AbortController): Promise<void> => {
    for (let failures = 0; ; failures++) {
      const began = env.now()
      try {
        const name = `${prefix} ${await wire.identify()}`
        if (signal.aborted) return
        if (!leading) await join(env, name, signal)
        leading = true
        await wire.request('/v1/stream', { signal }, silenceMs, async ({ ok, body }, heard) => {
          if (!ok || !body) throw body
          const onBytes = (): void => {
            heard()
            store.at = env.now()
          }
          await readEvents(body, onBytes, onEvent)
        })
      } catch {}
      if (signal.aborted) return
      if (connection.peek() === 'live') connection.value = 'offline'
      await refresh().catch(quietly)
      if (signal.aborted) return
      connection.value = 'offline'
      if (env.now() - began > shortMs) failures = 0
      await new Promise<void>((resolve) => later(env, signal, pauseAfter(failures, env), resolve))
    }
  }

  const end = (): void => {
    session.abort()
    answered = asked
    leading = false
    post = quietly
  }

  const live: Live = {
    start() {
      end()
      session = new AbortController()
      connection.value = 'connecting'
      later(env, session.signal, lateMs, () => {
        if (connection.peek() === 'connecting') connection.value = 'offline'
      })
      void run(session)
    },
    pause() {
      end()
      connection.value = 'closed'
    },
    identify(name) {
      if (name !== user) store.set(null)
      user = name
      if (connection.peek() !== 'closed') live.start()
    },
    refresh,
    keep: tell,
  }

  const last = stored((storage) => JSON.parse(storage.getItem(prefix) ?? '') as Known)
  // Whoever else wrote to the storage, nothing but a state is taken from it.
  if (last?.state?.features) {
    user = last.user
    store.set(last.state, last.at)
  }
  effect(tell)
  return live
}
