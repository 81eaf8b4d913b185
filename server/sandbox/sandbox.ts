import { closeDispute, openDispute } from './billing/disputes.ts'
import { nextDue } from './billing/due.ts'
import { USUAL_DUNNING } from './billing/dunning.ts'
import { finishAuthentication } from './billing/payments.ts'
import { createControlApp } from './control.ts'
import { globalFetch, secretToken, systemNow } from './defaults.ts'
import { invalid, missing } from './errors.ts'
import { createDesk } from './pages/desk.ts'
import { createPages } from './pages/index.ts'
import { createHost } from './server.ts'
import { type Clock, createClock } from './state/clock.ts'
import { type Disk, openDisk } from './state/disk.ts'
import { readJournal } from './state/journal.ts'
import { openStore, type Store } from './state/store.ts'
import { nextId, type World } from './state/world.ts'
import type { SandboxControl, SandboxOptions, StripeSandbox } from './types.ts'
import { createDispatcher, type Dispatcher } from './webhooks/dispatcher.ts'
import { createApp } from './wire/app.ts'
import { createFaults, type Faults } from './wire/faults.ts'

/** Opens a Stripe sandbox: the part of https://docs.stripe.com/api that subscriptions need, on one's own machine. */
export function createStripeSandbox({ file, ...options }: SandboxOptions = {}): StripeSandbox {
  return createSandboxOn(file === undefined ? undefined : openDisk(file), options)
}

/** Opens a sandbox on what a disk holds; without a disk it begins empty, and ends with the process. */
export function createSandboxOn(disk: Disk | undefined, options: Omit<SandboxOptions, 'file'>): StripeSandbox {
  const store = openStore(disk)
  const clock = createClock(store, options.now ?? systemNow, options.onMoved)
  const address = { url: options.baseUrl ?? 'http://stripe.sandbox' }
  const world = createWorld(store, clock, address)
  const faults = createFaults()
  const dispatcher = createDispatcher(world, options.fetch ?? globalFetch)
  const closing = new AbortController()
  const catchUp = (): void => runDue(world, clock)
  const time = createTime(store, clock, dispatcher, catchUp)
  const control = createControl(world, faults, dispatcher, catchUp)
  const app = createApp({
    world,
    faults,
    secretKey: options.secretKey,
    catchUp,
    onDone: dispatcher.kick,
    abandoned: (request) => aborted([request.signal, closing.signal]),
  })
  app.route('/', createControlApp({ clock: time, control }))
  app.route('/', createDesk({ world, clock: time, control, catchUp }))
  app.route('/', createPages({ world, catchUp, onDone: dispatcher.kick }))
  const answer = async (request: Request): Promise<Response> => app.fetch(request)
  const host = createHost(answer, (url) => {
    address.url = options.baseUrl ?? url
  })
  // Deliveries that a previous process left behind.
  dispatcher.kick()
  return {
    fetch: answer,
    listen: host.listen,
    close: async () => {
      closing.abort()
      await host.stop()
      await dispatcher.stop()
      store.close()
    },
    clock: time,
    control,
  }
}

const createWorld = (store: Store, clock: Clock, address: { readonly url: string }): World => ({
  store,
  now: clock.now,
  outsideNow: clock.outside,
  at: (seconds, work) => clock.holdAt(seconds * 1000, work),
  seconds: () => Math.floor(clock.now() / 1000),
  advance: clock.shift,
  settings: { dunning: USUAL_DUNNING },
  nextId: (prefix) => nextId(store, prefix),
  secret: secretToken,
  baseUrl: () => address.url,
  asker: { id: null, idempotency_key: null },
})

const createTime = (
  store: Store,
  clock: Clock,
  dispatcher: Dispatcher,
  catchUp: () => void,
): StripeSandbox['clock'] => ({
  now: clock.now,
  advance: async (ms) => {
    if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`time moves forward in whole ms, not by ${ms}`)
    store.commit(() => clock.shift(ms))
    catchUp()
    await dispatcher.deliverDue()
  },
})

/** Brings about everything that is due by now, each thing at its own time. */
function runDue(world: World, clock: Clock): void {
  const until = world.seconds()
  for (let due = nextDue(world); due && due.at <= until; due = nextDue(world)) {
    const { at, run } = due
    clock.holdAt(at * 1000, () => world.store.commit(run))
  }
}

function createControl(world: World, faults: Faults, dispatcher: Dispatcher, catchUp: () => void): SandboxControl {
  return {
    authenticate: async (id, outcome = 'succeed') => {
      catchUp()
      const intent = world.store.get('payment_intent', id)
      if (!intent) throw missing('payment_intent', id)
      if (intent.status !== 'requires_action') {
        throw invalid(`The payment ${id} asks for no authentication: it is ${intent.status}.`)
      }
      world.store.commit(() => finishAuthentication(world, intent, outcome))
      dispatcher.kick()
    },
    dispute: async (id, reason = 'fraudulent') => {
      catchUp()
      const latest = world.store.get('payment_intent', id)?.latest_charge
      const charge = latest ? world.store.get('charge', latest) : undefined
      if (!charge) throw missing('payment_intent', id)
      const { id: dispute } = world.store.commit(() => openDispute(world, charge, reason))
      dispatcher.kick()
      return dispute
    },
    closeDispute: async (id, outcome) => {
      catchUp()
      const dispute = world.store.get('dispute', id)
      if (!dispute) throw missing('dispute', id)
      world.store.commit(() => closeDispute(world, dispute, outcome))
      dispatcher.kick()
    },
    setDunning: (dunning) => {
      world.settings.dunning = dunning
    },
    failNext: faults.add,
    failures: faults.waiting,
    webhooks: {
      pause: dispatcher.pause,
      resume: dispatcher.resume,
      flush: dispatcher.flush,
      delayNext: (ms, count = 1) => dispatcher.delayNext(ms, count),
      repeatNext: (count = 1) => dispatcher.repeatNext(count),
      reverse: (on = true) => dispatcher.reverse(on),
      dropNext: (count = 1) => dispatcher.dropNext(count),
      mode: dispatcher.mode,
    },
    journal: () => readJournal(world),
  }
}

/** Settles when one of the signals does. */
const aborted = (signals: readonly AbortSignal[]): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of signals) {
      if (signal.aborted) resolve()
      signal.addEventListener('abort', () => resolve(), { once: true })
    }
  })
