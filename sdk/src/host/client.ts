import type {
  AccountInput,
  ConsumeInput,
  Decision,
  EventInput,
  EventsAnswer,
  Permission,
  UserInput,
} from '../contract/index.ts'
import { byDefault } from '../default-decision.ts'
import { uuidv7 } from '../ids.ts'
import { systemBytes, systemNow, wait } from './defaults.ts'
import { createSender } from './send.ts'
import { mintToken } from './token.ts'

export interface HostOptions {
  /** Where the backend is, with the path it is mounted at, such as `http://127.0.0.1:4242`. */
  url: string
  /** `sg_test_…` or `sg_live_…`; stays on the server. */
  secretKey: string
  fetch?: typeof globalThis.fetch
  /** Epoch milliseconds. */
  now?: () => number
  /** Milliseconds until a call counts as lost; 5,000 when left out. */
  timeoutMs?: number
  /** How often a lost call is sent again; 2 when left out. */
  retries?: number
  /** What `check` says when the backend does not answer: allowed (`open`, the default) or not (`closed`). */
  fail?: 'open' | 'closed'
}

export interface SessionInput {
  account: AccountInput & { id: string }
  user: UserInput & { id: string }
  may?: Permission[]
  cap?: { amount: number; currency: string }
  /** Seconds; at most 900. */
  expiresIn?: number
}

/** An event as a host sends it: id and time are made here when they are left out, once, so that retries keep them. */
export type HostEvent = Omit<EventInput, 'id' | 'time' | 'account'> & { account: string; id?: string; time?: string }

/** Softgate for the app's own server. */
export interface SoftgateHost {
  /** Creates or updates account and user and returns a token for the user's browser: the one call a new integration needs. */
  session(input: SessionInput): Promise<{ token: string; expiresAt: string }>
  /** A token for the browser, made here without a call. */
  mintToken(input: Omit<SessionInput, 'account' | 'user'> & { account: string; user: string }): {
    token: string
    expiresAt: string
  }
  /** Whether `quantity` more units are allowed. Never throws: without an answer it says what `fail` says, from `default`. */
  check(input: { account: string; feature: string; quantity?: number }): Promise<Decision>
  /** Decides and counts in one step; use never passes the limit. Throws a SoftgateError when the outcome is unknown. */
  consume(input: Omit<ConsumeInput, 'id'> & { id?: string }): Promise<Decision>
  /** Reports what happened. Resolves when it is durable. */
  track(...events: HostEvent[]): Promise<EventsAnswer>
}

/**
 * The client for the host's server.
 *
 * @throws Error when the secret key is not one, or when this runs in a browser
 */
export function createHost(options: HostOptions): SoftgateHost {
  const { secretKey, now = systemNow, timeoutMs = 5_000, retries = 2, fail = 'open' } = options
  if (!/^sg_(test|live)_/.test(secretKey))
    throw new Error('secretKey must be a Softgate secret key: sg_test_… or sg_live_…')
  if ('document' in globalThis)
    throw new Error('@softgate/sdk/host holds the secret key and must not run in a browser.')
  const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
  const send = createSender({ url: options.url.replace(/\/$/, ''), secretKey, fetch, timeoutMs, retries, wait })
  const newId = (): string => uuidv7(now(), systemBytes(9))

  return {
    async session({ account: { id: account, ...accountInput }, user: { id: user, ...userInput }, ...rest }) {
      await send('PUT /v1/accounts/{account}', { params: { account }, body: accountInput })
      await send('PUT /v1/accounts/{account}/users/{user}', { params: { account, user }, body: userInput })
      return mintToken({ secretKey, account, user, now: now(), ...rest })
    },
    mintToken: (input) => mintToken({ secretKey, now: now(), ...input }),
    async check(input) {
      try {
        return await send('POST /v1/check', { body: input })
      } catch {
        return byDefault(input.feature, fail === 'open')
      }
    },
    consume: (input) => send('POST /v1/consume', { body: { id: newId(), ...input } }),
    track: (...events) =>
      send('POST /v1/events', {
        body: { events: events.map((event) => ({ id: newId(), time: new Date(now()).toISOString(), ...event })) },
      }),
  }
}
