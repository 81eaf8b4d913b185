import { effect, type ReadonlySignal } from '@preact/signals-core'
import type { AccessRequest, Decision, Quote, QuoteInput, RequestInput, State, Upgrade } from '../contract/index.ts'
import { browser } from './defaults.ts'
import { createGates, type Gates } from './gate.ts'
import { createLive } from './live.ts'
import { type Connection, refuseSecret, type SoftgateOptions } from './options.ts'
import { createQueue, type TrackInput } from './queue.ts'
import { createStore } from './store.ts'
import { storedIn } from './stored.ts'
import { createWire, type Send } from './wire.ts'

/** Softgate in a page. Calls that ask the server reject with a SoftgateError; `check`, `gate` and `track` never fail. */
export interface Softgate extends Gates {
  /** The last known state; null until there is one. */
  readonly state: ReadonlySignal<State | null>
  readonly connection: ReadonlySignal<Connection>
  /** Events that were given up because more than 1,000, or 256 KB, waited. */
  readonly dropped: number
  /** Resolves when the state is known, and after 2 seconds in any case. */
  ready(): Promise<void>
  /** Whether `quantity` more units (1 when left out) are allowed now, from what is known here. */
  check(feature: string, quantity?: number): Decision
  /** `check` of one unit as a signal, which changes only when this feature's answer does. */
  decision(feature: string): ReadonlySignal<Decision>
  /** Called once after each change of the state or the connection; the returned function ends it. */
  subscribe(listener: () => void): () => void
  /** Reports what happened: `value` units of `feature` used (1 when left out), or a mere signal without a feature. */
  track(name: string, input?: TrackInput): void
  /** Sends the tracked events now; resolves when they have arrived or the server does not take them. */
  flush(): Promise<void>
  /** Fetches the state; resolves when it is taken in. */
  refresh(): Promise<void>
  /** What a change costs, exactly. */
  quote(offer: string, options?: Omit<QuoteInput, 'offer'>): Promise<Quote>
  /** Buys what was quoted. Safe to repeat with the same quote. */
  upgrade(quote: string): Promise<Upgrade>
  /** Asks the account's admins. */
  request(feature: string, options?: Omit<RequestInput, 'feature'>): Promise<AccessRequest>
  /** Any other call that a user may make, by its route: `send('GET /v1/requests')`. */
  send: Send
  /**
   * Ends everything: what waits is sent if it can be, and no timer, listener or connection is left. With `forget`, on
   * signing out, the last state is not kept for the next start either.
   */
  close(options?: { forget?: boolean }): void
}

/**
 * Starts Softgate in this page and returns at once.
 *
 * @throws Error when an option holds a secret key
 */
export function createSoftgate(options: SoftgateOptions): Softgate {
  refuseSecret('url', options.url)
  refuseSecret('token', options.token)
  const env = { ...browser(), ...options, url: options.url.replace(/\/$/, '') }
  const { window } = env
  const prefix = `softgate:${env.url}`
  const closing = new AbortController()
  const { signal } = closing
  const stored = storedIn(env)
  const store = createStore(env)
  const { state, connection } = store
  const wire = createWire(env, (user) => {
    queue.identify(user)
    live.identify(user)
  })
  const queue = createQueue({ env, wire, stored, prefix, signal })
  const live = createLive({ env, wire, store, stored, prefix })
  const { refresh } = live

  const send: Send = async (route, body, options) => {
    const answer = await wire.send(route, body, options)
    // The page goes on in a state that knows what it did.
    if (/upgrades|prompts/.test(route)) await refresh().catch(() => {})
    return answer
  }

  const onPage = ({ type }: Event): void => {
    if (type === 'pagehide') live.pause()
    else if (window?.document.visibilityState === 'hidden') live.keep()
    else if (/closed|offline/.test(connection.peek())) live.start()
    void queue.flush()
  }
  for (const type of ['visibilitychange', 'pagehide', 'pageshow', 'online'])
    window?.addEventListener(type, onPage, { signal })

  live.start()
  const ready = new Promise<void>((resolve) => {
    effect(() => {
      if (connection.value !== 'connecting') resolve()
    })
  })
  return {
    ...createGates({ env, store, send, refresh }),
    state,
    connection,
    get dropped() {
      return queue.dropped
    },
    ready: () => ready,
    check: store.check,
    decision: store.decision,
    subscribe: store.subscribe,
    track: queue.track,
    flush: queue.flush,
    refresh,
    send,
    quote: (offer, input) => send('POST /v1/quotes', { offer, ...input }),
    upgrade: (quote) => send('POST /v1/upgrades', { quote }),
    request: (feature, input) => send('POST /v1/requests', { feature, ...input }),
    close({ forget = false } = {}) {
      void queue.flush()
      closing.abort()
      live.pause()
      if (forget) stored((storage) => storage.removeItem(prefix))
    },
  }
}
