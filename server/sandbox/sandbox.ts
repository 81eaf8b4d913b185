import { finishAuthentication } from './billing/payments.ts'
import { nextDue } from './billing/due.ts'
import { createControlApp } from './control.ts'
import { globalFetch, secretToken, systemNow } from './defaults.ts'
import { invalid, missing } from './errors.ts'
import { type Listening, startServer } from './server.ts'
import { createClock } from './state/clock.ts'
import { openDisk } from './state/disk.ts'
import { readJournal } from './state/journal.ts'
import { openStore } from './state/store.ts'
import { nextId, type World } from './state/world.ts'
import type { SandboxControl, SandboxOptions, StripeSandbox } from './types.ts'
import { createDispatcher, type Dispatcher } from './webhooks/dispatcher.ts'
import { createApp } from './wire/app.ts'
import { createFaults, type Faults } from './wire/faults.ts'

/** Opens a Stripe sandbox: the part of https://docs.stripe.com/api that subscriptions need, on one's own machine. */
export function createStripeSandbox(options: SandboxOptions = {}): StripeSandbox {
  const store = openStore(options.file === undefined ? undefined : openDisk(options.file))
  const clock = createClock(store, options.now ?? systemNow)
  let baseUrl = options.baseUrl ?? 'http://stripe.sandbox'
  const world: World = {
    store,
    now: clock.now,
    seconds: () => Math.floor(clock.now() / 1000),
    nextId: (prefix) => nextId(store, prefix),
    secret: secretToken,
    baseUrl: () => baseUrl,
    asker: { id: null, idempotency_key: null },
  }
  const faults = createFaults()
  const dispatcher = createDispatcher(world, options.fetch ?? globalFetch)
  const closing = new AbortController()
  const catchUp = (): void => runDue(world, clock.holdAt)
  const app = createApp({
    world,
    faults,
    secretKey: options.secretKey,
    catchUp,
    onDone: dispatcher.kick,
    abandoned: (request) => aborted([request.signal, closing.signal]),
  })
  const time: StripeSandbox['clock'] = {
    now: clock.now,
    advance: async (ms) => {
      if (!Number.isSafeInteger(ms) || ms < 0) throw new RangeError(`time moves forward in whole ms, not by ${ms}`)
      store.commit(() => clock.shift(ms))
      catchUp()
      await dispatcher.deliverDue()
    },
  }
  const control = createControl(world, faults, dispatcher, catchUp)
  app.route('/', createControlApp({ clock: time, control }))
  const answer = async (request: Request): Promise<Response> => app.fetch(request)
  let listening: Listening | undefined
  // Deliveries that a previous process left behind.
  dispatcher.kick()
  return {
    fetch: answer,
    listen: async (port, hostname = '127.0.0.1') => {
      listening = await startServer(answer, port, hostname)
      baseUrl = options.baseUrl ?? listening.url
      return { url: listening.url, port: listening.port }
    },
    close: async () => {
      closing.abort()
      await listening?.close()
      await dispatcher.stop()
      store.close()
    },
    clock: time,
    control,
  }
}

/** Brings about everything that is due by now, each thing at its own time. */
function runDue(world: World, holdAt: <T>(at: number, work: () => T) => T): void {
  const until = world.seconds()
  for (let due = nextDue(world); due && due.at <= until; due = nextDue(world)) {
    const { at, run } = due
    holdAt(at * 1000, () => world.store.commit(run))
  }
}

function createControl(
  world: World,
  faults: Faults,
  dispatcher: Dispatcher,
  catchUp: () => void,
): SandboxControl {
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
    failNext: faults.add,
    webhooks: {
      pause: dispatcher.pause,
      resume: dispatcher.resume,
      flush: dispatcher.flush,
      dropNext: (count = 1) => dispatcher.dropNext(count),
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
