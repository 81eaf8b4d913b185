import { effect, type ReadonlySignal } from '@preact/signals-core'
import type {
  AccessRequest,
  Decision,
  Invoice,
  OutcomeAnswer,
  OutcomeInput,
  PlansAnswer,
  PortalInput,
  Quote,
  QuoteInput,
  RequestAnswerInput,
  RequestInput,
  State,
  Subscription,
  Upgrade,
} from '../contract/index.ts'
import { browser } from './defaults.ts'
import type { PageTarget } from './environment.ts'
import { createGates, type Gates } from './gate.ts'
import { keepLive, type Live } from './live.ts'
import { type Connection, refuseSecret, type SoftgateOptions } from './options.ts'
import { createQueue, type TrackInput } from './queue.ts'
import { createScope, jitter, type Scope } from './scope.ts'
import { createShelf } from './shelf.ts'
import { createStore } from './store.ts'
import { createTokens } from './token.ts'
import { createWire, type Wire } from './wire.ts'

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
  upgradeStatus(id: string): Promise<Upgrade>
  cancelUpgrade(id: string): Promise<Upgrade>
  /** Asks the account's admins. */
  request(feature: string, options?: Omit<RequestInput, 'feature'>): Promise<AccessRequest>
  /** An admin's inbox, or a member's own requests. */
  requests(): Promise<AccessRequest[]>
  /** Takes back an own request that is still open. */
  withdrawRequest(id: string): Promise<AccessRequest>
  answerRequest(id: string, answer: RequestAnswerInput): Promise<AccessRequest>
  /** Every plan beside the others; `features`, keys separated by commas, are what was asked for. */
  plans(features?: string): Promise<PlansAnswer>
  /** What is paid for, when next and with which card; for users who may buy, as are invoices and the portal. */
  subscription(): Promise<Subscription | null>
  invoices(): Promise<Invoice[]>
  /** A link to Stripe's page for cards, addresses and invoices; good for a few minutes. */
  portal(page?: PortalInput['page']): Promise<string>
  /** Reports what a user did with a prompt. */
  outcome(delivery: string, outcome: OutcomeInput): Promise<OutcomeAnswer>
  /**
   * Ends everything: what waits is sent if it can be, and no timer, listener or connection is left. With `forget`, on
   * signing out, the last state is not kept for the next start either.
   */
  close(options?: { forget?: boolean }): void
}

const readyMs = 2_000

/**
 * Starts Softgate in this page and returns at once.
 *
 * @throws Error when an option holds a secret key
 */
export function createSoftgate(options: SoftgateOptions): Softgate {
  refuseSecret('url', options.url)
  refuseSecret('token', options.token)
  const env = { ...browser(), ...options, url: options.url.replace(/\/$/, '') }
  const { document } = env
  const prefix = `softgate:${env.url}`
  const scope = createScope(env)
  const shelf = createShelf(env)
  const store = createStore(env)
  const { state, connection } = store
  let user = shelf.get(prefix)
  let live: Live | null = null
  let session: Scope | null = null

  const stateKey = (): string => `${prefix} ${user}`

  /** What the last page knew of this user. Whoever else wrote to the storage, nothing but a state is taken from it. */
  const recall = (): void => {
    try {
      const { at, state } = JSON.parse(shelf.get(stateKey()))
      const decisions = Object.values(state.features) as Decision[]
      if (at > 0 && decisions.every((decision) => 'allowed' in decision)) store.set(state, at)
    } catch {}
  }

  const keep = (): void => {
    if (state.peek()) shelf.set(stateKey(), JSON.stringify({ at: store.at, state: state.peek() }))
  }

  /** Every token says for whom it is: the first starts the session, one for somebody else ends it and starts another. */
  const onIdentity = (name: string): void => {
    if (scope.signal.aborted || (session && name === user)) return
    session?.close()
    if (name !== user) {
      store.set(null, 0)
      shelf.remove(stateKey())
      user = name
      shelf.set(prefix, user)
      recall()
    }
    queue.identify(`${stateKey()} `)
    session = scope.fork()
    connection.value = 'connecting'
    live = keepLive({
      env,
      scope: session,
      wire,
      store,
      name: stateKey(),
      onLead: () => queue.lead(true),
      onQueued: queue.wake,
    })
  }

  const tokens = createTokens(env, scope, onIdentity)
  const wire = createWire(env, scope, tokens)
  const queue = createQueue({ env, scope, wire, shelf, prefix: `${prefix}  `, onStored: () => live?.queued() })
  const refresh = async (): Promise<void> => {
    if (!live) await tokens.renew()
    await live?.refresh()
  }
  const gates = createGates({ env, scope, wire, store, refresh })

  const start = async (): Promise<void> => {
    for (let failures = 0; !session && !scope.signal.aborted; failures++)
      try {
        // A page that is shown again may still hold its token, and nobody names its user anew.
        if (!tokens.peek()) await tokens.renew()
        onIdentity(user)
      } catch {
        connection.value = 'offline'
        await scope.wait(jitter(env, failures, 30_000))
      }
  }

  /** Ends the session but not the client: a page that is kept for the way back must hold neither lock nor connection. */
  const pause = (): void => {
    keep()
    queue.leave()
    queue.lead(false)
    session?.close()
    session = live = null
  }

  const on = (target: PageTarget | null | undefined, type: string, run: () => void): void => {
    target?.addEventListener(type, run)
    scope.add(() => target?.removeEventListener(type, run))
  }
  const view = document?.defaultView
  on(document, 'visibilitychange', () => {
    if (document?.visibilityState === 'hidden') queue.leave()
  })
  on(view, 'pagehide', pause)
  on(view, 'pageshow', start)
  on(view, 'online', () => {
    live?.wake()
    void queue.flush()
  })

  const ready = new Promise<void>((resolve) => {
    const late = (): void => {
      // Who takes a call and says nothing is as far away as who does not take it.
      if (connection.peek() === 'connecting') connection.value = 'offline'
      resolve()
    }
    effect(() => {
      if (connection.value === 'connecting') scope.after(readyMs, late)
      else if (state.value || connection.value === 'closed') resolve()
    })
  })

  const call: Wire['call'] = async (key, body, input) => {
    const answer = await wire.call(key, body, input)
    // The page goes on in a state that knows what it did.
    if (/upgrades|prompts/.test(key)) await refresh().catch(() => {})
    return answer
  }

  recall()
  state.subscribe(keep)
  void start()
  return {
    ...gates,
    state,
    connection,
    get dropped() {
      return queue.dropped
    },
    ready: () => ready,
    check: store.check,
    decision: store.decision,
    subscribe(listener) {
      let told = false
      return effect(() => {
        void [state.value, connection.value]
        try {
          if (told) listener()
        } catch (error) {
          env.onWarning('a listener failed', error)
        }
        told = true
      })
    },
    track: queue.track,
    flush: queue.flush,
    refresh,
    quote: (offer, input) => call('POST /v1/quotes', { offer, ...input }),
    upgrade: (quote) => call('POST /v1/upgrades', { quote }),
    upgradeStatus: (id) => call('GET /v1/upgrades/{id}', undefined, { id }),
    cancelUpgrade: (id) => call('DELETE /v1/upgrades/{id}', undefined, { id }),
    request: (feature, input) => call('POST /v1/requests', { feature, ...input }),
    requests: async () => (await call('GET /v1/requests', undefined)).requests,
    withdrawRequest: (id) => call('DELETE /v1/requests/{id}', undefined, { id }),
    answerRequest: (id, answer) => call('POST /v1/requests/{id}', answer, { id }),
    plans: (features = '') =>
      call('GET /v1/plans', undefined, { query: features && `?feature=${encodeURIComponent(features)}` }),
    subscription: async () => (await call('GET /v1/subscription', undefined)).subscription,
    invoices: async () => (await call('GET /v1/invoices', undefined)).invoices,
    portal: async (page = 'home') => (await call('POST /v1/portal', { page })).url,
    outcome: (id, outcome) => call('POST /v1/prompts/{delivery}/outcome', outcome, { id }),
    close({ forget = false } = {}) {
      pause()
      scope.close()
      if (forget) shelf.remove(stateKey())
      connection.value = 'closed'
    },
  }
}
