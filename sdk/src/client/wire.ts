import type { AnswerOf, BodyOf, QueryOf, RouteKey } from '../contract/index.ts'
import { SoftgateError, type SoftgateErrorOptions } from '../error.ts'
import type { Environment } from './environment.ts'
import { refuseSecret, type SoftgateOptions } from './options.ts'
import { jitter } from './timing.ts'

export interface SendOptions<Query = unknown> {
  /** What stands for the route's `{name}`. */
  id?: string
  query?: Query
  /** One try of 5 seconds, where somebody waits or it is asked again anyway, instead of three of 30. */
  quick?: boolean
}

/** Calls a route by its key in the contract. Rejects with a SoftgateError. */
export type Send = <K extends RouteKey>(
  route: K,
  body?: BodyOf<K>,
  options?: SendOptions<QueryOf<K>>,
) => Promise<AnswerOf<K>>

/** The way to the server. Each request has a token, and a new one once when it is refused. */
export interface Wire {
  /** Whose token it is, `account user`, which holds no other space. */
  identify(): Promise<string>
  /** One request, given up when nothing was heard for `patienceMs`; `read` may say that something was. */
  request<T>(
    path: string,
    init: RequestInit,
    patienceMs: number,
    read: (response: Response, heard: () => void) => Promise<T>,
  ): Promise<T>
  send: Send
  /** The server's time, epoch ms, as far as it is known; ours when both are nearly the same. */
  now(): number
}

const tokenMs = 10_000

/** @param onUser called with the user of the token when it is another one */
export function createWire(env: Environment & SoftgateOptions, onUser: (user: string) => void): Wire {
  let user = ''
  let token = ''
  let renewAt = 0
  let renewing: Promise<void> | null = null
  let failures = 0
  let retryAt = 0
  let ahead = 0

  /** The first failure is followed by a new token right away, others by pauses: retries are never a loop. */
  const fail = (): void => {
    renewAt = 0
    if (failures++) retryAt = env.now() + jitter(env, failures, 60_000)
  }

  const fetchToken = async (): Promise<void> => {
    if (env.now() < retryAt) throw new Error('token() has failed and is not called again yet')
    let cancel = (): void => {}
    try {
      const late = new Promise<never>((_, reject) => {
        cancel = env.after(tokenMs, () => reject(new Error('it did not answer')))
      })
      const next = await Promise.race([env.token(), late])
      refuseSecret('token()', next)
      const [, body = ''] = next.split('.')
      // Not decoded from UTF-8: the ids only tell users apart here.
      const { account, sub, iat, exp } = JSON.parse(atob(body.replace(/-/g, '+').replace(/_/g, '/')))
      token = next
      // By its length of life, not its end: the clock of this machine may be years off.
      renewAt = env.now() + (exp - iat) * 800
      const before = user
      user = `${account} ${sub}`
      if (user !== before) onUser(user)
    } catch (error) {
      fail()
      env.onWarning('token() gave no user token', error)
      throw error
    } finally {
      cancel()
    }
  }

  const renew = (): Promise<void> => {
    renewing ??= fetchToken().finally(() => {
      renewing = null
    })
    return renewing
  }

  /** @param only whose request it is; set the second time */
  const open = async (path: string, init: RequestInit, only = ''): Promise<Response> => {
    // Without a turn in between where a token is at hand: a page that is being left gives no other.
    if (env.now() >= renewAt) await renew()
    if (only && only !== user) throw new Error('the token is somebody else’s now')
    const sent = token
    const headers = { authorization: `Bearer ${sent}`, 'content-type': 'application/json' }
    const response = await env.fetch(env.url + path, { ...init, headers })
    const skew = Date.parse(response.headers.get('date') ?? '') - env.now()
    // A few seconds are the way's duration, and no date is no news.
    if (skew) ahead = Math.abs(skew) > 30_000 ? skew : 0
    const refused = response.status === 401
    if (!refused) failures = 0
    else if (sent === token) fail()
    return refused && !only ? open(path, init, user) : response
  }

  const request: Wire['request'] = async (path, { signal, ...init }, patienceMs, read) => {
    const control = new AbortController()
    const abort = (): void => control.abort()
    let cancel = env.after(patienceMs, abort)
    const heard = (): void => {
      cancel()
      cancel = env.after(patienceMs, abort)
    }
    signal?.addEventListener('abort', abort, { signal: control.signal })
    try {
      return await read(await open(path, { ...init, signal: control.signal }), heard)
    } finally {
      cancel()
      abort()
    }
  }

  return {
    async identify() {
      if (!user) await renew()
      return user
    },
    request,
    async send(route, body, { id = '', query, quick = false } = {}) {
      const [method = '', template = ''] = route.split(' ')
      const path =
        template.replace(/{\w+}/, encodeURIComponent(id)) +
        (query ? `?${new URLSearchParams(query as Record<string, string>)}` : '')
      for (let tries = quick ? 1 : 3; ; ) {
        const why: SoftgateErrorOptions = {}
        try {
          return await request(
            path,
            { method, body: JSON.stringify(body) },
            quick ? 5_000 : 30_000,
            async (response) => {
              const answer = await response.json()
              if (!response.ok) why.problem = answer
              if (!response.ok) throw answer
              return answer
            },
          )
        } catch (cause) {
          why.cause = cause
        }
        const { status = 500, detail = 'no answer' } = why.problem ?? {}
        if ((status < 500 && status !== 429) || !--tries) throw new SoftgateError(`${route}: ${detail}`, why)
        await new Promise<void>((resolve) => env.after(jitter(env, 3 - tries, 5_000), resolve))
      }
    },
    now: () => env.now() + ahead,
  }
}
