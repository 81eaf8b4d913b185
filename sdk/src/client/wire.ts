import type { AnswerOf, BodyOf, Problem, QueryOf, RouteKey } from '../contract/index.ts'
import { SoftgateError } from '../error.ts'
import type { Environment } from './environment.ts'
import { refuseSecret, type SoftgateOptions } from './options.ts'
import { pauseAfter } from './timing.ts'

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

  /** Does `work`, which is given up when it was not heard of for `ms`. */
  const within = async <T>(
    ms: number,
    work: (control: AbortController, heard: () => void) => Promise<T>,
  ): Promise<T> => {
    const control = new AbortController()
    let cancel = (): void => {}
    const heard = (): void => {
      cancel()
      cancel = env.after(ms, () => control.abort())
    }
    const late = new Promise<never>((_, reject) => {
      control.signal.addEventListener('abort', () => reject(new Error('no answer in time')))
    })
    heard()
    try {
      return await Promise.race([work(control, heard), late])
    } finally {
      cancel()
      control.abort()
    }
  }

  /** The first failure is followed by a new token right away, others by pauses: retries are never a loop. */
  const fail = (): void => {
    renewAt = 0
    if (failures++) retryAt = env.now() + pauseAfter(failures, env)
  }

  const fetchToken = async (): Promise<void> => {
    try {
      const next = await within(tokenMs, async () => env.token())
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
      renewing = null
    }
  }

  const renew = (): Promise<void> => {
    if (env.now() < retryAt) throw new Error('token() failed and is called again later')
    renewing ??= fetchToken()
    return renewing
  }

  const open = async (path: string, init: RequestInit, again = true): Promise<Response> => {
    const before = user
    // Without a turn in between where a token is at hand: a page that is being left gives no other.
    if (env.now() >= renewAt) await renew()
    if (before && before !== user) throw new Error('the token names another user')
    const sent = token
    const headers = { authorization: `Bearer ${sent}`, 'content-type': 'application/json' }
    const response = await env.fetch(env.url + path, { ...init, headers })
    const skew = Date.parse(response.headers.get('date') ?? '') - env.now()
    // A few seconds are the way's duration, and no date is no news.
    if (skew) ahead = Math.abs(skew) > 30_000 ? skew : 0
    if (response.status !== 401) failures = 0
    else {
      if (sent === token) fail()
      if (again) return open(path, init, false)
    }
    return response
  }

  const request: Wire['request'] = (path, { signal, ...init }, patienceMs, read) =>
    within(patienceMs, async (control, heard) => {
      signal?.addEventListener('abort', () => control.abort(), control)
      return read(await open(path, { ...init, signal: control.signal }), heard)
    })

  return {
    async identify() {
      if (!user) await renew()
      return user
    },
    request,
    async send(route, body, { id = '', query, quick = false } = {}) {
      const [method = '', template = ''] = route.split(' ')
      const path = template.replace(/{\w+}/, encodeURIComponent(id))
      const search = query ? `?${new URLSearchParams(query as Record<string, string>)}` : ''
      const init = { method, body: JSON.stringify(body) }
      for (let tries = quick ? 1 : 3; ; ) {
        let problem: Problem | undefined
        try {
          return await request(path + search, init, quick ? 5_000 : 30_000, async (response) => {
            const answer = await response.json()
            if (response.ok) return answer
            problem = answer
            throw answer
          })
        } catch (cause) {
          const { status = 500, detail = 'no answer' } = problem ?? {}
          if ((status < 500 && status !== 429) || !--tries)
            throw new SoftgateError(`${route}: ${detail}`, { problem, cause })
        }
        await new Promise<void>((resolve) => env.after(pauseAfter(3 - tries, env), resolve))
      }
    },
    now: () => env.now() + ahead,
  }
}
