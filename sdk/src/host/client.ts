import type {
  AccountInput,
  CheckInput,
  ConsumeInput,
  Decision,
  EventInput,
  Permission,
  PurchaseCap,
  ReserveAnswer,
  ReserveInput,
  UserInput,
} from '../contract/index.ts'
import { byDefault, forQuantity } from '../decisions.ts'
import { SoftgateError } from '../error.ts'
import { uuidv7 } from '../ids.ts'
import { createDecisionCache } from './cache.ts'
import { systemAfter, systemNow, systemPid, systemRandom, wait } from './defaults.ts'
import { openDiskSpool } from './disk-spool.ts'
import { createOutbox, type Tracked } from './outbox.ts'
import { createSender, type Send } from './send.ts'
import { createMemorySpool } from './spool.ts'
import { mintToken } from './token.ts'

export type FailMode = 'open' | 'closed'

/** How long after a lost call the backend is taken to be away. */
const awayMs = 2_000

export interface HostOptions {
  /** Where the backend is, with the path it is mounted at, such as `http://127.0.0.1:4242`. */
  url: string
  /** `sg_test_…` or `sg_live_…`, from the server's environment; where it is not set, `createHost` throws. */
  secretKey: string | undefined
  fetch?: typeof globalThis.fetch
  /** Epoch milliseconds. */
  now?: () => number
  /** Milliseconds until a call counts as lost; 5,000 when left out. */
  timeoutMs?: number
  /** How often a lost call is sent again; 2 when left out. */
  retries?: number
  /** Answers checks from memory, kept true by one live connection; end it with `close()`. */
  cache?: boolean
  /**
   * Where events wait on the disk while the backend is away, so that they survive a restart; in memory when left out.
   * `maxBytes` is 64 MB when left out. One folder serves the processes of one machine that report to one backend. What the
   * disk does not take waits in memory.
   */
  spool?: { folder: string; maxBytes?: number }
  /** What is said of a feature when nothing is known of it: allowed (`open`, the default) or not (`closed`). */
  fail?: FailMode
  /** The same for single features, such as `{ exports: 'closed' }`. */
  failOf?: Record<string, FailMode>
  /** Told of what no caller hears of; writes to stderr when left out. */
  onFailure?: (error: unknown) => void
}

export interface SessionInput {
  account: AccountInput & { id: string }
  user: UserInput & { id: string }
  may?: Permission[]
  /** The most the user may spend with this token; no bound when left out. */
  cap?: PurchaseCap
  /** Seconds; at most 900. */
  expiresIn?: number
}

/** An event as a host sends it: id and time are made here when they are left out, once, so that retries keep them. */
export type HostEvent = Omit<EventInput, 'id' | 'time' | 'account'> & { account: string; id?: string; time?: string }

/** A reservation as a host made it; where it was refused, `expiresAt` is null and `decision` says why. */
export interface Reservation extends ReserveAnswer {
  /** With the account, names it for another process: `send('POST /v1/commit', { body: { id, account } })`. */
  id: string
  /** Counts what was used of it, at most what is reserved and all of it when left out; the rest is free again. */
  commit(quantity?: number): Promise<Decision>
  /** Frees all of it; gives the units that are free again. */
  release(): Promise<number>
}

/** Softgate for the app's own server. */
export interface SoftgateHost {
  /** Creates or updates account and user and returns a token for the user's browser: the one call a new integration needs. */
  session(input: SessionInput): Promise<{ token: string; expiresAt: string }>
  /** A token for the browser, made here without a call. */
  mintToken(input: Omit<SessionInput, 'account' | 'user'> & { account: string; user: string }): {
    token: string
    expiresAt: string
  }
  /**
   * Whether `quantity` more units are allowed. Never throws: without an answer it says the last known one (`source` is
   * `cache`, `ageMs` its age), and where there is none what `fail` says (`default`).
   */
  check(input: CheckInput & { account: string }): Promise<Decision>
  /**
   * Decides and counts in one step; use never passes the limit. While the backend is away, a feature that fails open is
   * answered as by `check` and what was used is counted later, under the same id.
   *
   * @throws SoftgateError when it is refused; when the outcome is unknown and the feature fails closed
   */
  consume(input: Omit<ConsumeInput, 'id'> & { id?: string }): Promise<Decision>
  /**
   * Holds units for a while before they are used, so that nobody else takes them: 300 seconds unless `expiresIn` says otherwise.
   *
   * @throws SoftgateError when it is refused for another reason than the limit, or the backend is away: nothing is held then
   */
  reserve(input: Omit<ReserveInput, 'id'> & { id?: string }): Promise<Reservation>
  /** Reports what happened. Never throws; resolves when it is durable, here or there. */
  track(...events: HostEvent[]): Promise<Tracked>
  /**
   * Calls any route by its key in the contract, such as `PUT /v1/accounts/{account}/overrides/{feature}`; what gets lost on the
   * way is sent again.
   *
   * @throws SoftgateError when it is refused, or the backend is away
   */
  send: Send
  /** Sends what waits, and ends the live connection. */
  close(): Promise<void>
}

/**
 * The client for the host's server.
 *
 * @throws Error when the secret key is not one, or when this runs in a browser
 */
export function createHost(options: HostOptions): SoftgateHost {
  const { secretKey, now = systemNow, timeoutMs = 5_000, retries = 2, fail = 'open', failOf = {} } = options
  if (!secretKey)
    throw new Error('secretKey is not set. Put the key into the environment of this server, and pass it on.')
  if (!/^sg_(test|live)_/.test(secretKey))
    throw new Error('secretKey must be a Softgate secret key: sg_test_… or sg_live_…')
  if ('document' in globalThis)
    throw new Error('@softgate/sdk/host holds the secret key and must not run in a browser.')
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const url = options.url.replace(/\/$/, '')
  const send = createSender({ url, secretKey, fetch, timeoutMs, retries, wait })
  const newId = (): string => uuidv7(now(), systemRandom)
  const failed = (error: unknown): void => {
    try {
      void (options.onFailure ?? writeFailure)(error)
    } catch {
      // Whoever is told of failures must not cause more.
    }
  }
  const { folder, maxBytes = 64 * 1_024 * 1_024 } = options.spool ?? {}
  const spool =
    folder === undefined
      ? Promise.resolve(createMemorySpool(failed))
      : openDiskSpool({ folder, maxBytes, instance: newId(), pid: systemPid, failed }).catch((error) => {
          failed(error)
          return createMemorySpool(failed)
        })
  const outbox = createOutbox({ send, spool, after: systemAfter, failed })
  const cache = options.cache ? createDecisionCache({ url, secretKey, fetch, now, after: systemAfter }) : null

  /** When a call was lost last: for a moment after that nobody waits for the backend, and one call looks whether it is back. */
  let lostAt = Number.NEGATIVE_INFINITY
  let looking = false
  const ask: Send = async (key, input) => {
    try {
      const answer = await send(key, input)
      lostAt = Number.NEGATIVE_INFINITY
      return answer
    } catch (error) {
      if (isAway(error)) lostAt = now()
      throw error
    }
  }
  const seemsAway = (): boolean => now() - lostAt < awayMs

  const opensFor = (feature: string): boolean => (failOf[feature] ?? fail) === 'open'
  /** What is known without the backend. */
  const lastKnown = ({ account, feature, quantity = 1 }: CheckInput & { account: string }): Decision => {
    const known = cache?.find(account, feature, { stale: true })
    return known ? forQuantity(known, quantity) : byDefault(feature, opensFor(feature))
  }
  const toEvent = (event: HostEvent) => ({
    ...event,
    id: event?.id ?? newId(),
    time: event?.time ?? new Date(now()).toISOString(),
  })

  return {
    async session({ account: { id: account, ...accountInput }, user: { id: user, ...userInput }, ...rest }) {
      await send('PUT /v1/accounts/{account}', { params: { account }, body: accountInput })
      await send('PUT /v1/accounts/{account}/users/{user}', { params: { account, user }, body: userInput })
      return mintToken({ secretKey, account, user, now: now(), ...rest })
    },
    mintToken: (input) => mintToken({ secretKey, now: now(), ...input }),
    async check(input) {
      const { account, feature, quantity = 1, user, entity } = input
      const whole = user === undefined && entity === undefined
      const known = whole ? cache?.find(account, feature) : null
      if (known && isSure(known, quantity)) return forQuantity(known, quantity)
      const fallback = () => (whole ? lastKnown(input) : byDefault(feature, opensFor(feature)))
      const asked = async (): Promise<Decision> => {
        const askedAt = now()
        const decision = await ask('POST /v1/check', { body: input })
        if (whole && quantity === 1) cache?.keep(account, decision, askedAt)
        return decision
      }
      if (!seemsAway()) return asked().catch(fallback)
      if (!looking) {
        looking = true
        void asked().then(
          () => (looking = false),
          () => (looking = false),
        )
      }
      return fallback()
    },
    async consume(input) {
      const body = { id: newId(), ...input }
      const opens = opensFor(input.feature)
      if (!opens || !seemsAway()) {
        try {
          const decision = await ask('POST /v1/consume', { body })
          cache?.doubt(input.account)
          return decision
        } catch (error) {
          if (!isAway(error) || !opens) throw error
        }
      }
      const decision = lastKnown(input)
      const { quantity: value = 1, ...rest } = body
      if (decision.allowed) {
        cache?.count(input.account, input.feature, value)
        void outbox.track([toEvent({ ...rest, name: 'consume', value })])
      }
      return decision
    },
    async reserve(input) {
      const { account } = input
      const body = { id: newId(), ...input }
      const { id } = body
      const doubted = async <T>(answer: Promise<T>): Promise<T> => {
        const made = await answer
        cache?.doubt(account)
        return made
      }
      return {
        ...(await doubted(ask('POST /v1/reserve', { body }))),
        id,
        commit: (quantity) =>
          doubted(ask('POST /v1/commit', { body: { id, account, ...(quantity !== undefined && { quantity }) } })),
        release: async () => (await doubted(ask('POST /v1/release', { body: { id, account } }))).released,
      }
    },
    async track(...events) {
      const whole = events.map(toEvent)
      const tracked = await outbox.track(whole)
      for (const { account, feature, value = 1, set } of whole)
        if (tracked.kept === 'backend') cache?.doubt(account)
        else if (feature !== undefined && set === undefined) cache?.count(account, feature, value)
      return tracked
    },
    send: ask,
    async close() {
      cache?.close()
      await outbox.close()
    },
  }
}

/** Nobody knows what became of it. */
const isAway = (error: unknown): boolean =>
  error instanceof SoftgateError && (error.status === null || error.status >= 500)

/** Whether the decision about one unit says what it would be about so many: how far grace goes is not in it. */
const isSure = ({ allowed, state, remaining, overage }: Decision, quantity: number): boolean =>
  quantity === 1 || !allowed || overage !== undefined || (state !== 'grace' && quantity <= (remaining ?? quantity))

function writeFailure(error: unknown): void {
  process.stderr.write(`softgate: ${error instanceof Error ? error.message : String(error)}\n`)
}
