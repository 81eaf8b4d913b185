import { systemNow } from '../defaults.ts'
import type { DeliveryRecord } from '../state/records.ts'
import type { World } from '../state/world.ts'
import { render } from '../wire/render.ts'
import { sign } from './signature.ts'

/** How long after a failed try the next one follows, in ms; after the last, a delivery has failed. */
const RETRY_AFTER_MS = [5_000, 60_000, 600_000] as const

/** How long a receiver may take to answer, in real ms. */
const ANSWER_WITHIN_MS = 10_000

/** The longest that a timer can wait, in ms. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

/** Brings events to their endpoints: first tries in order, one at a time. */
export interface Dispatcher {
  /** Starts delivering what is due, without waiting for it. */
  kick(): void
  /** Delivers what is due and returns when all of it was tried. */
  deliverDue(): Promise<void>
  /** Tries everything that is pending once, due or not, paused or not. */
  flush(): Promise<void>
  pause(): void
  resume(): Promise<void>
  /** Loses the next `count` deliveries: their endpoints never hear of them. */
  dropNext(count: number): void
  /** Lets the try under way end and starts no other. */
  stop(): Promise<void>
}

/** Delivers the pending deliveries of `world` with `send`. */
export function createDispatcher(world: World, send: typeof fetch): Dispatcher {
  let paused = false
  let stopped = false
  let toDrop = 0
  let tail: Promise<void> = Promise.resolve()
  let timer: ReturnType<typeof setTimeout> | undefined

  const pending = (): DeliveryRecord[] => world.store.all('delivery').filter(({ state }) => state === 'pending')
  const tryOnce = async (delivery: DeliveryRecord): Promise<void> => {
    if (toDrop > 0) {
      toDrop -= 1
      settle(world, { ...delivery, state: 'dropped' })
      return
    }
    const arrived = await post(world, send, delivery)
    if (!stopped) settle(world, arrived ? { ...delivery, attempts: delivery.attempts + 1, state: 'delivered' } : afterFailure(world, delivery))
  }
  const pump = async (): Promise<void> => {
    for (;;) {
      const next = paused || stopped ? undefined : pending().find(({ dueAt }) => dueAt <= world.now())
      if (!next) return
      await tryOnce(next)
    }
  }
  const queue = (job: () => Promise<void>): Promise<void> => {
    tail = tail.then(job).then(arm)
    return tail
  }
  const arm = (): void => {
    clearTimeout(timer)
    const [first] = stopped || paused ? [] : pending().map(({ dueAt }) => dueAt).sort((a, b) => a - b)
    if (first === undefined) return
    timer = setTimeout(() => void queue(pump), Math.min(Math.max(0, first - world.now()), LONGEST_TIMER_MS))
    timer.unref()
  }

  return {
    kick: () => {
      if (!stopped) void queue(pump)
    },
    deliverDue: () => queue(pump),
    flush: () =>
      queue(async () => {
        for (const delivery of pending()) if (!stopped) await tryOnce(delivery)
      }),
    pause: () => {
      paused = true
    },
    resume: () => {
      paused = false
      return queue(pump)
    },
    dropNext: (count) => {
      toDrop += count
    },
    stop: () => {
      stopped = true
      clearTimeout(timer)
      return tail
    },
  }
}

const settle = (world: World, delivery: DeliveryRecord): void =>
  world.store.commit(() => world.store.put('delivery', delivery))

function afterFailure(world: World, delivery: DeliveryRecord): DeliveryRecord {
  const attempts = delivery.attempts + 1
  const wait = RETRY_AFTER_MS[delivery.attempts]
  return wait === undefined
    ? { ...delivery, attempts, state: 'failed' }
    : { ...delivery, attempts, dueAt: world.now() + wait }
}

/** One try; true when the receiver answered with 2xx. */
async function post(world: World, send: typeof fetch, delivery: DeliveryRecord): Promise<boolean> {
  const endpoint = world.store.get('webhook_endpoint', delivery.endpoint)
  const event = world.store.get('event', delivery.event)
  // A deleted endpoint wants nothing any more; there is nobody left to fail.
  if (!endpoint || !event) return true
  const body = JSON.stringify(render(world, event), null, 2)
  // Receivers compare the time of signing with their own clock and refuse an old one. That clock may be
  // the machine's or this sandbox's; the later of the two is not old on either.
  const seconds = Math.floor(Math.max(systemNow(), world.now()) / 1000)
  try {
    const response = await send(endpoint.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'stripe-signature': sign(endpoint.secret, body, seconds),
        'user-agent': 'Stripe/1.0 (sandbox)',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    await response.body?.cancel()
    return response.ok
  } catch {
    // Not reachable, or no answer in time: the same as a refusal, to be tried again.
    return false
  }
}
