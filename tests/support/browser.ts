import {
  createSoftgate,
  type PageChannel,
  type PageLocks,
  type PageStorage,
  type PageWindow,
  type Softgate,
  type SoftgateOptions,
} from '@softgate/sdk'
import { breathe } from '../../server/src/kernel/breathe.ts'
import { cleanup } from './cleanup.ts'
import type { Harness } from './harness.ts'

/** Lets the event loop turn until something holds: as long as real work takes, and no longer. */
export async function until(holds: () => boolean, what = 'what was waited for'): Promise<void> {
  for (let turns = 0; !holds(); turns++) {
    if (turns > 2_000_000) throw new Error(`${what} has not come`)
    await breathe()
  }
}

export interface Sent {
  method: string
  path: string
  body: string
  keepalive: boolean
}

/** The way from a page to the real server. It carries, cuts and loses; it never answers by itself. */
export interface Network {
  online: boolean
  /** Requests reach the server, and the replies are lost. */
  loseReplies: boolean
  /** Paths that do not get through. */
  blocked: RegExp | null
  sent: Sent[]
  /** Requests without a reply yet, the stream apart. */
  pending: number
  /** Ends the open streams, as a lost connection does. */
  cut(): void
  fetch: typeof globalThis.fetch
}

export function createNetwork(harness: Harness): Network {
  const open = new Set<() => void>()
  const network: Network = {
    online: true,
    loseReplies: false,
    blocked: null,
    sent: [],
    pending: 0,
    cut() {
      for (const end of open) end()
    },
    async fetch(input, init = {}) {
      const path = String(input).replace('http://softgate.test', '')
      const { signal, method = 'GET', body, keepalive = false } = init
      signal?.throwIfAborted()
      network.sent.push({ method, path, body: String(body ?? ''), keepalive })
      const lost = new TypeError('Failed to fetch')
      if (!network.online || network.blocked?.test(path)) throw lost
      network.pending++
      const over = new AbortController()
      try {
        const { signal: _, ...rest } = init
        const aborted = new Promise<never>((_, reject) => signal?.addEventListener('abort', () => reject(lost), over))
        const response = await Promise.race([harness.softgate.app.request(path, rest), aborted])
        if (network.loseReplies) throw lost
        return path === '/v1/stream' && response.ok ? cuttable(response, signal) : response
      } finally {
        over.abort()
        network.pending--
      }
    },
  }

  /** The response with a body that ends in an error when the signal is aborted or the network is cut. */
  const cuttable = (response: Response, signal: AbortSignal | null | undefined): Response => {
    const reader = response.body?.getReader()
    if (!reader) return response
    let over = (): void => {}
    const readable = new ReadableStream<Uint8Array>({
      start(controller) {
        const end = (): void => {
          over()
          controller.error(new TypeError('network error'))
          void reader.cancel()
        }
        over = () => {
          open.delete(end)
          signal?.removeEventListener('abort', end)
        }
        open.add(end)
        signal?.addEventListener('abort', end)
      },
      async pull(controller) {
        const { value, done } = await reader.read()
        if (value) controller.enqueue(value)
        if (!done) return
        over()
        controller.close()
      },
      cancel(reason) {
        over()
        return reader.cancel(reason)
      },
    })
    return new Response(readable, { status: response.status, headers: response.headers })
  }
  return network
}

/** localStorage, full or forbidden on demand. */
export interface TestStorage extends PageStorage {
  texts: Map<string, string>
  fail: 'full' | 'forbidden' | null
}

export function createStorage(): TestStorage {
  const texts = new Map<string, string>()
  const touch = (): void => {
    if (methods.fail === 'forbidden') throw new DOMException('The operation is insecure.', 'SecurityError')
  }
  const methods: TestStorage = {
    texts,
    fail: null,
    getItem(key) {
      touch()
      return texts.get(key) ?? null
    },
    setItem(key, text) {
      touch()
      if (methods.fail === 'full') throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
      texts.set(key, text)
    },
    removeItem(key) {
      touch()
      texts.delete(key)
    },
  }
  // As in a browser, what is stored is the object's own.
  return new Proxy(methods, {
    ownKeys() {
      touch()
      return [...texts.keys()]
    },
    getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true }),
    set: (target, key, value) => Reflect.set(target, key, value),
  })
}

/** Web locks and broadcast channels among the tabs of one browser. */
function createPlumbing(): {
  locks: PageLocks
  Channel: new (name: string) => PageChannel
  channels: Set<PageChannel>
} {
  const queues = new Map<string, Promise<unknown>>()
  const channels = new Set<PageChannel & { name: string }>()
  const locks: PageLocks = {
    request(name, { signal }, held) {
      const before = queues.get(name) ?? Promise.resolve()
      const mine = before.then(() => (signal.aborted ? Promise.reject(new Error('aborted')) : held()))
      queues.set(
        name,
        mine.catch(() => {}),
      )
      return mine
    },
  }
  class Channel implements PageChannel {
    readonly name: string
    onmessage: PageChannel['onmessage'] = null
    constructor(name: string) {
      this.name = name
      channels.add(this)
    }
    postMessage(message: unknown): void {
      const data = structuredClone(message)
      for (const other of channels)
        if (other !== this && other.name === this.name)
          setImmediate(() => channels.has(other) && other.onmessage?.({ data } as MessageEvent))
    }
    close(): void {
      channels.delete(this)
    }
  }
  return { locks, Channel, channels }
}

/** A page's window, which knows how many listeners it has and which timers are set. */
export class TestWindow extends EventTarget {
  listeners = 0
  readonly timers = new Set<unknown>()
  readonly warnings: string[] = []
  readonly console = {
    warn: (message: string, cause: unknown): void => {
      this.warnings.push(`${message}${cause instanceof Error ? `: ${cause.message}` : ''}`)
    },
  }

  override addEventListener(...input: Parameters<EventTarget['addEventListener']>): void {
    const [, , options] = input
    this.listeners++
    if (typeof options === 'object') options.signal?.addEventListener('abort', () => this.listeners--)
    super.addEventListener(...input)
  }

  /** The page is left, and hidden only then, as in browsers. */
  hide(): void {
    this.dispatchEvent(new Event('pagehide'))
    this.dispatchEvent(new Event('visibilitychange'))
  }

  /** The page is shown again. */
  show(): void {
    this.dispatchEvent(new Event('pageshow'))
  }
}

export interface Tab {
  softgate: Softgate
  network: Network
  window: TestWindow
  warnings: string[]
  /** Timers that are set. */
  timers: Set<unknown>
  /** The tab is gone, as after a crash or with the last page of a window: nothing of it runs any more. */
  leave(): void
}

export interface TabOptions {
  user?: string
  network?: Network
  window?: { [K in keyof PageWindow]?: PageWindow[K] | undefined }
}

export interface Browser {
  storage: TestStorage
  /** Opens a page with Softgate in it, for a user, in a window that is changed so. */
  open(options?: Partial<Omit<SoftgateOptions, 'window'>> & TabOptions): Tab
  /** Lets time pass in small steps, each with all its requests answered. */
  pass(ms: number): Promise<void>
  channels: Set<PageChannel>
}

let seed = 1
/** Chance near the middle, so that retries come when they are expected, and never the same row twice, as ids want it. */
function chance(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0 // the generator of "Numerical Recipes"
  return 0.4 + seed / 2 ** 32 / 5
}

export function createBrowser(harness: Harness): Browser {
  const storage = createStorage()
  const { locks, Channel, channels } = createPlumbing()
  const tabs: Tab[] = []
  const quiet = (): Promise<void> => until(() => tabs.every((tab) => tab.network.pending === 0), 'an answer')
  return {
    storage,
    channels,
    open({ user = 'priya', network = createNetwork(harness), window: changes, ...options } = {}) {
      const window = new TestWindow()
      const { timers, warnings } = window
      Object.assign(window, {
        fetch: network.fetch,
        setTimeout(fn: () => void, ms: number) {
          const cancel = harness.clock.after(ms, () => {
            timers.delete(cancel)
            fn()
          })
          timers.add(cancel)
          return cancel
        },
        clearTimeout(cancel: (() => void) | undefined) {
          timers.delete(cancel)
          cancel?.()
        },
        AbortSignal: {
          timeout(ms: number) {
            const control = new AbortController()
            harness.clock.after(ms, () => control.abort(new DOMException('The signal timed out.', 'TimeoutError')))
            return control.signal
          },
        },
        Date: harness.clock,
        Math: { random: chance },
        localStorage: storage,
        navigator: { locks },
        BroadcastChannel: Channel,
        ...changes,
      })
      const softgate = createSoftgate({
        url: 'http://softgate.test',
        token: () => harness.token('acme', user),
        window: window as EventTarget as TestWindow & PageWindow,
        ...options,
      })
      const tab = { softgate, network, window, warnings, timers, leave: () => window.hide() }
      tabs.push(tab)
      cleanup(async () => {
        softgate.close()
        await quiet()
      })
      return tab
    },
    async pass(ms) {
      for (let left = ms; left > 0; left -= 250) {
        await harness.clock.advance(Math.min(250, left))
        await quiet()
        await breathe()
      }
    },
  }
}
