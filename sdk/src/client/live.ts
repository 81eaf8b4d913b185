import { effect } from '@preact/signals-core'
import type { State } from '../contract/index.ts'
import { readEvents } from '../read-events.ts'
import type { Environment } from './environment.ts'
import type { Connection } from './options.ts'
import type { Store } from './store.ts'
import { jitter, later } from './timing.ts'
import type { Wire } from './wire.ts'

/** The state of one user, kept true: by the stream in the tab that leads, by what that tab tells in the others. */
export interface Live {
  /** Begins anew, for whomever the token names. */
  start(): void
  /** Lets the stream and the lead go: a page that is kept for the way back must hold neither. */
  pause(): void
  /** Fetches the state. Resolves when one that was asked for no sooner has been taken in. */
  refresh(): Promise<void>
  readonly running: boolean
}

export interface LiveOptions {
  env: Environment
  wire: Wire
  store: Store
  /** What the name that all tabs of one user share begins with. */
  prefix: string
}

/** What tabs of one user tell each other: that one has come (null), or what is true and how the leader hears. */
type Message = null | { state: State | null; at: number; connection: Connection }

/** The server says something every 25 seconds. */
const silenceMs = 60_000
/** A stream that ends sooner has failed, however politely. */
const shortMs = 10_000
/** Who takes a call and says nothing for so long is as far away as who does not take it. */
const lateMs = 2_000
const quietly = (): void => {}

export function createLive({ env, wire, store, prefix }: LiveOptions): Live {
  const { state, connection } = store
  let session = new AbortController()
  let leading = false
  let post: (message: Message) => void = quietly
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

  /** A message names what it replaces: the first one all of the state, others the account's part or the user's. */
  const onEvent = (event: string, text: string): void => {
    if (event !== 'state' && event !== 'prompts') return
    answered = asked
    store.set({ ...state.peek(), ...JSON.parse(text) })
    connection.value = 'live'
  }

  const tell = (): void => {
    const message = { state: state.value, at: store.at, connection: connection.value }
    if (leading) post(message)
  }

  const onMessage = (message: Message): void => {
    if (!message) tell()
    else if (!leading) {
      store.set(message.state, message.at)
      connection.value = message.connection
    }
  }

  /** Joins the tabs of one user; resolves when this one leads, at once where a browser has no locks or no channels. */
  const join = ({ locks, channel: open }: Environment, name: string, signal: AbortSignal): Promise<void> =>
    new Promise((lead) => {
      if (!locks || !open) return lead()
      const channel = open(name)
      channel.onmessage = ({ data }) => onMessage(data)
      post = (message) => channel.postMessage(message)
      post(null)
      const held = (): Promise<void> =>
        new Promise((release) => {
          signal.addEventListener('abort', () => release())
          lead()
        })
      signal.addEventListener('abort', () => channel.close())
      // A browser frees the lock of a tab that is gone, however it went. To be told to stop waiting is no failure.
      locks.request(name, { signal }, held).catch(quietly)
    })

  /** Comes back whenever the stream ends. While there is none, each attempt fetches the state instead. */
  const run = async ({ signal }: AbortController): Promise<void> => {
    for (let failures = 0; ; failures++) {
      const began = env.now()
      try {
        const user = await wire.identify()
        if (signal.aborted) return
        if (!leading) await join(env, `${prefix} ${user}`, signal)
        leading = true
        await wire.request('/v1/stream', { signal }, silenceMs, async ({ ok, body }, heard) => {
          if (!ok || !body) throw body
          await readEvents(body, heard, onEvent)
        })
      } catch {}
      if (signal.aborted) return
      if (connection.peek() === 'live') connection.value = 'offline'
      await refresh().catch(quietly)
      if (signal.aborted) return
      connection.value = 'offline'
      if (env.now() - began > shortMs) failures = 0
      await new Promise<void>((resolve) => later(env, signal, jitter(env, failures, 30_000), resolve))
    }
  }

  const live: Live = {
    get running() {
      return !session.signal.aborted
    },
    start() {
      live.pause()
      session = new AbortController()
      connection.value = 'connecting'
      later(env, session.signal, lateMs, () => {
        if (connection.peek() === 'connecting') connection.value = 'offline'
      })
      void run(session)
    },
    pause() {
      session.abort()
      answered = asked
      leading = false
      post = quietly
    },
    refresh,
  }
  effect(tell)
  return live
}
