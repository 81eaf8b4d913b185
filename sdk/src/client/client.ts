import type { ReadonlySignal } from '@preact/signals-core'
import type { AccessRequest, Decision, Quote, QuoteInput, RequestInput, State, Upgrade } from '../contract/index.ts'
import { createGates, type Gates } from './gate.ts'
import { createLive } from './live.ts'
import type { Connection, SoftgateOptions } from './options.ts'
import { createPage } from './page.ts'
import { createQueue, type TrackInput } from './queue.ts'
import { createStore } from './store.ts'
import { createWire, type Send } from './wire.ts'

/** Softgate in a page. Calls that ask the server reject with a SoftgateError; `check`, `gate` and `track` never fail. */
export interface Softgate extends Gates {
  /** The last known state; null until there is one. */
  readonly state: ReadonlySignal<State | null>
  readonly connection: ReadonlySignal<Connection>
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

/** Starts Softgate in this page and returns at once. */
export function createSoftgate(options: SoftgateOptions): Softgate {
  const closing = new AbortController()
  const page = createPage(options, closing.signal)
  const store = createStore(page)
  const { connection } = store
  const wire = createWire(page)
  const queue = createQueue(page, wire.send)
  const { flush } = queue
  const { start, pause, refresh } = createLive(page, wire, store)

  const send: Send = async (route, body, options) => {
    const answer = await wire.send(route, body, options)
    // The page goes on in a state that knows what it did.
    if (/upgrades|prompts/.test(route)) await refresh().catch(() => {})
    return answer
  }

  // Not `visibilitychange`: a page that is left is hidden after its `pagehide`, and would come back to life.
  for (const type of ['pagehide', 'pageshow', 'online'])
    page.window.addEventListener?.(
      type,
      () => {
        if (type === 'pagehide') pause()
        else if (/closed|offline/.test(connection.peek())) start()
        void flush()
      },
      closing,
    )

  return {
    ...store,
    ...queue,
    ...createGates(page, store, send, refresh),
    ready: () =>
      new Promise((resolve) => {
        connection.subscribe((now) => now === 'connecting' || resolve())
      }),
    refresh,
    send,
    quote: (offer, input) => send('POST /v1/quotes', { offer, ...input }),
    upgrade: (quote) => send('POST /v1/upgrades', { quote }),
    request: (feature, input) => send('POST /v1/requests', { feature, ...input }),
    close(options) {
      void flush()
      closing.abort()
      pause()
      if (options?.forget) store.state.value = null
    },
  }
}
