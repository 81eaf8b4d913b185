import type { AccountState, State } from '../contract/index.ts'
import type { Environment } from './environment.ts'
import { readEvents } from './read-events.ts'
import { jitter, type Scope } from './scope.ts'
import type { Store } from './store.ts'
import { joinTabs, type Message } from './tabs.ts'
import type { Wire } from './wire.ts'

/** The state of one user, kept true: by the stream in the tab that leads, by what that tab tells in the others. */
export interface Live {
  /** Fetches the state. Resolves when one that was asked for after this call has been taken in. */
  refresh(): Promise<void>
  /** The network is back: no use in waiting longer. */
  wake(): void
  /** Tells the tab that leads that events wait. */
  queued(): void
}

export interface LiveOptions {
  env: Environment
  scope: Scope
  wire: Wire
  store: Store
  /** The same in all tabs of one user. */
  name: string
  onLead(): void
  /** Another tab has queued events. */
  onQueued(): void
}

/** The server says something every 25 seconds. */
const silenceMs = 60_000
/** A stream that ends sooner has failed, however politely. */
const shortMs = 10_000
/** Timers of browsers hold 31 bits. */
const maxWaitMs = 1e9
const quietly = (): void => {}

export function keepLive({ env, scope, wire, store, name, onLead, onQueued }: LiveOptions): Live {
  const { connection } = store
  let leading = false
  let etag = ''
  let pushes = 0
  let fetching: Promise<void> | null = null
  let next: Promise<void> | null = null
  let soon = false
  let cancelPlan = quietly
  let wake = quietly

  /** Takes in what is true now and tells the other tabs. */
  const adopt = (state: State | null, live: boolean): void => {
    if (scope.closed) return
    if (state) store.set(state, env.now())
    if (leading) connection.value = live ? 'live' : 'offline'
    tell()
  }
  const tell = (): void => {
    if (connection.peek() !== 'connecting')
      post({ state: store.state.peek(), at: store.at, connection: leading && connection.peek() })
  }

  const fetchState = async (): Promise<void> => {
    const before = pushes
    const headers = { ...(etag && { 'if-none-match': etag }) }
    const [response, text] = await wire.exchange('/v1/state', { headers })
    const current = store.state.peek()
    if (response.status === 200) {
      const state = JSON.parse(text) as State
      etag = response.headers.get('etag') ?? ''
      // What was pushed while the reply was on its way is newer than the reply.
      const { account, features, about } = (before !== pushes && current) || state
      adopt({ ...state, account, features, about }, connection.peek() !== 'offline')
    } else if (response.status === 304) adopt(current, connection.peek() !== 'offline')
    else throw new Error(`GET /v1/state: ${response.status}`)
    planRefresh()
  }

  /** The server does not say that time has passed: browsers ask after a period's end, each at its own moment. */
  const planRefresh = (): void => {
    const decisions = Object.values(store.state.peek()?.features ?? {})
    const waits = decisions.map((decision) => Date.parse(decision.nextChangeAt ?? '') - wire.now())
    cancelPlan()
    cancelPlan = scope.after(
      Math.min(maxWaitMs, ...waits.filter((ms) => ms > 0)) + env.random() * 10_000,
      refreshQuietly,
    )
  }

  const refresh = (): Promise<void> => {
    if (!fetching) {
      fetching = fetchState().finally(() => {
        fetching = null
      })
      return fetching
    }
    next ??= fetching.catch(quietly).then(() => {
      next = null
      return refresh()
    })
    return next
  }
  const refreshQuietly = (): void => void refresh().catch(quietly)

  const onEvent = (event: string, text: string): void => {
    const current = store.state.peek()
    if (event === 'state') {
      pushes++
      adopt(current && { ...current, ...(JSON.parse(text) as AccountState) }, true)
    }
    if (pushes < 2) {
      refreshQuietly()
      return
    }
    if (soon) return
    soon = true
    // What belongs to the user follows; not at once, as all browsers of the account have been told in this moment.
    scope.after(env.random() * 1_000, () => {
      soon = false
      refreshQuietly()
    })
  }

  const listen = async (): Promise<void> => {
    const abort = new AbortController()
    const stop = scope.add(() => abort.abort())
    let cancel = scope.after(silenceMs, stop)
    try {
      const { ok, body } = await wire.open('/v1/stream', { signal: abort.signal })
      if (!ok || !body) throw body
      const onBytes = (): void => {
        cancel()
        cancel = scope.after(silenceMs, stop)
        store.at = env.now()
      }
      await readEvents(body, onBytes, onEvent)
    } finally {
      cancel()
      stop()
    }
  }

  /** Comes back whenever the stream ends. While there is none, each attempt fetches the state instead. */
  const lead = async (): Promise<void> => {
    leading = true
    onLead()
    for (let failures = 0; !scope.closed; failures++) {
      const began = env.now()
      await listen().catch(() => {
        adopt(null, false)
        if (!scope.closed) refreshQuietly()
      })
      if (env.now() - began > shortMs) failures = 0
      await new Promise<void>((resolve) => {
        wake = resolve
        scope.after(jitter(env.random, failures, 30_000), resolve)
      })
    }
  }

  const onMessage = (message: Message): void => {
    if (message === 'queued') onQueued()
    else if (message === 'hello') {
      if (leading) tell()
    } else {
      const { state, at, connection: leaders } = message
      if (state && at >= store.at) store.set(state, at)
      if (leaders && !leading) connection.value = leaders
    }
  }

  // Without other tabs this tab leads before there is a way to tell them, and nobody misses it.
  let post: (message: Message) => void = quietly
  post = joinTabs({ env, scope, name, onMessage, onLead: () => void lead() })
  post('hello')
  return { refresh, wake: () => wake(), queued: () => post('queued') }
}
