import type { DeliveryRecord } from '../state/own-records.ts'
import type { World } from '../state/world.ts'
import { post } from './post.ts'

/** How long after a failed try the next one follows, in ms; after the last, a delivery has failed. */
const RETRY_AFTER_MS = [5_000, 60_000, 600_000] as const

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
  /** Holds each of the next `count` deliveries back by `ms`. */
  delayNext(ms: number, count: number): void
  /** Makes each of the next `count` deliveries twice. */
  repeatNext(count: number): void
  /** Delivers what waits last first. */
  reverse(on: boolean): void
  /** What becomes of the next deliveries. */
  mode(): { readonly paused: boolean; readonly toDrop: number; readonly toRepeat: number }
  /** Lets the try under way end and starts no other. */
  stop(): Promise<void>
}

interface Mode {
  paused: boolean
  stopped: boolean
  reversed: boolean
  toDrop: number
  toRepeat: number
  /** How long each of the next deliveries is held back, in ms. */
  delays: number[]
}

/** Delivers the pending deliveries of `world` with `send`. */
export function createDispatcher(world: World, send: typeof fetch): Dispatcher {
  const mode: Mode = { paused: false, stopped: false, reversed: false, toDrop: 0, toRepeat: 0, delays: [] }
  const tryOnce = (delivery: DeliveryRecord): Promise<void> => attempt(world, send, mode, delivery)
  const pump = async (): Promise<void> => {
    for (let next = nextDue(world, mode); next; next = nextDue(world, mode)) await tryOnce(next)
  }
  const alarm = createAlarm(() => void queue(pump))
  let tail: Promise<void> = Promise.resolve()
  const queue = (job: () => Promise<void>): Promise<void> => {
    tail = tail.then(job).then(() => alarm.set(mode.paused || mode.stopped ? null : untilNext(world)))
    return tail
  }
  return {
    kick: () => {
      if (!mode.stopped) void queue(pump)
    },
    deliverDue: () => queue(pump),
    flush: () =>
      queue(async () => {
        for (const delivery of pendingOf(world)) if (!mode.stopped) await tryOnce(delivery)
      }),
    pause: () => {
      mode.paused = true
    },
    resume: () => {
      mode.paused = false
      return queue(pump)
    },
    dropNext: (count) => {
      mode.toDrop += count
    },
    delayNext: (ms, count) => {
      mode.delays.push(...Array.from({ length: count }, () => ms))
    },
    repeatNext: (count) => {
      mode.toRepeat += count
    },
    reverse: (on) => {
      mode.reversed = on
    },
    mode: () => mode,
    stop: () => {
      mode.stopped = true
      alarm.set(null)
      return tail
    },
  }
}

const pendingOf = (world: World): DeliveryRecord[] =>
  world.store.all('delivery').filter(({ state }) => state === 'pending')

function nextDue(world: World, { paused, reversed, stopped }: Mode): DeliveryRecord | undefined {
  if (paused || stopped) return undefined
  const due = pendingOf(world).filter(({ dueAt }) => dueAt <= world.now())
  return reversed ? due.at(-1) : due[0]
}

function untilNext(world: World): number | null {
  const times = pendingOf(world).map(({ dueAt }) => dueAt)
  return times.length === 0 ? null : Math.max(0, Math.min(...times) - world.now())
}

/** One timer that does not keep the process alive; setting it replaces the time it was set to. */
function createAlarm(ring: () => void): { set(ms: number | null): void } {
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    set: (ms) => {
      clearTimeout(timer)
      if (ms === null) return
      timer = setTimeout(ring, Math.min(ms, LONGEST_TIMER_MS))
      timer.unref()
    },
  }
}

async function attempt(world: World, send: typeof fetch, mode: Mode, delivery: DeliveryRecord): Promise<void> {
  const settle = (after: DeliveryRecord): void => world.store.commit(() => world.store.put('delivery', after))
  if (mode.toDrop > 0) {
    mode.toDrop -= 1
    settle({ ...delivery, state: 'dropped' })
    return
  }
  const held = delivery.attempts === 0 && !delivery.delayed ? mode.delays.shift() : undefined
  if (held !== undefined) {
    settle({ ...delivery, delayed: true, dueAt: world.now() + held })
    return
  }
  if (mode.toRepeat > 0) {
    mode.toRepeat -= 1
    await post(world, send, delivery)
  }
  const arrived = await post(world, send, delivery)
  // What ends after the sandbox was closed is tried again by the next one, as after a crash.
  if (mode.stopped) return
  settle(arrived ? { ...delivery, attempts: delivery.attempts + 1, state: 'delivered' } : afterFailure(world, delivery))
}

function afterFailure(world: World, delivery: DeliveryRecord): DeliveryRecord {
  const attempts = delivery.attempts + 1
  const wait = RETRY_AFTER_MS[delivery.attempts]
  return wait === undefined
    ? { ...delivery, attempts, state: 'failed' }
    : { ...delivery, attempts, dueAt: world.now() + wait }
}
