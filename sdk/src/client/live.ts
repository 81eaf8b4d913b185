import type { AccountState, State } from '../contract/index.ts'
import type { Environment } from './environment.ts'
import { readEvents } from './read-events.ts'
import { jitter, type Scope } from './scope.ts'
import type { Store } from './store.ts'
import { joinTabs, type Message } from './tabs.ts'
import type { Wire } from './wire.ts'

/** The state of one user, kept true: by the stream in the tab that leads, by what that tab tells in the others. */
export interface Live {
  /** Fetches the state. Resolves when one that was asked for no sooner has been taken in. */
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
  const { state, connection } = store
  let leading = false
  let pushed: AccountState | null = null
  let asked = 0
  let answered = 0
  let cancelPlan = quietly
  let wake = quietly

  /** Takes in what is true now and tells the other tabs. */
  const adopt = (next: State | null, live: boolean): void => {
    if (scope.signal.aborted) return
    if (next) store.set(next, env.now())
    if (leading) connection.value = live ? 'live' : 'offline'
    tell()
  }
  const tell = (): void => {
    if (connection.peek() !== 'connecting')
      post({ state: state.peek(), at: store.at, connection: leading && connection.peek() })
  }

  const refresh = async (): Promise<void> => {
    const mine = ++asked
    const before = pushed
    const answer = await wire.call('GET /v1/state', undefined, { retries: 0 })
    if (mine < answered) return
    answered = mine
    // What was pushed while the reply was on its way is newer than the reply.
    const next: State = { ...answer, ...(pushed !== before && pushed) }
    adopt(next, connection.peek() !== 'offline')
    // The server does not say that time has passed: browsers ask after a period's end, each at its own moment.
    const waits = Object.values(next.features).map(({ nextChangeAt }) => Date.parse(nextChangeAt ?? '') - wire.now())
    plan(Math.min(maxWaitMs, ...waits.filter((ms) => ms > 0)) + env.random() * 10_000)
  }
  const refreshQuietly = (): void => void refresh().catch(() => plan(env.random() * silenceMs))
  const plan = (ms: number): void => {
    cancelPlan()
    cancelPlan = scope.after(ms, refreshQuietly)
  }

  const onEvent = (event: string, text: string): void => {
    const first = !pushed
    if (event === 'state') {
      pushed = JSON.parse(text) as AccountState
      const current = state.peek()
      adopt(current && { ...current, ...pushed }, true)
    }
    // What belongs to the user follows; not at once, as all browsers of the account have been told in this moment.
    if (first) refreshQuietly()
    else plan(env.random() * 1_000)
  }

  const listen = async (): Promise<void> => {
    const attempt = scope.fork()
    let cancel = attempt.after(silenceMs, attempt.close)
    const onBytes = (): void => {
      cancel()
      cancel = attempt.after(silenceMs, attempt.close)
      store.at = env.now()
    }
    try {
      const { ok, body } = await wire.open('/v1/stream', { signal: attempt.signal })
      if (!ok || !body) throw body
      await readEvents(body, onBytes, onEvent)
    } finally {
      attempt.close()
    }
  }

  /** Comes back whenever the stream ends. While there is none, each attempt fetches the state instead. */
  const lead = async (): Promise<void> => {
    leading = true
    onLead()
    for (let failures = 0; !scope.signal.aborted; failures++) {
      const began = env.now()
      await listen().catch(() => {
        adopt(null, false)
        refreshQuietly()
      })
      if (env.now() - began > shortMs) failures = 0
      await new Promise<void>((resolve) => {
        wake = resolve
        scope.after(jitter(env, failures, 30_000), resolve)
      })
    }
  }

  const onMessage = (message: Message): void => {
    if (message === 'queued') onQueued()
    else if (message === 'hello') {
      if (leading) tell()
    } else {
      if (message.state && message.at >= store.at) store.set(message.state, message.at)
      if (message.connection && !leading) connection.value = message.connection
    }
  }

  // Without other tabs this tab leads before there is a way to tell them, and nobody misses it.
  let post: (message: Message) => void = quietly
  post = joinTabs({ env, scope, name, onMessage, onLead: () => void lead() })
  post('hello')
  return { refresh, wake: () => wake(), queued: () => post('queued') }
}
