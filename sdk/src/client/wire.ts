import type { AnswerOf, BodyOf, Problem, RouteKey } from '../contract/index.ts'
import { SoftgateError } from '../error.ts'
import type { Page } from './page.ts'

export interface SendOptions {
  /** What stands for the route's `{name}`. */
  id?: string
  /** One try of 5 seconds, where somebody waits or it is asked again anyway, instead of three of 30. */
  quick?: boolean
}

/** Calls a route by its key in the contract, with a query behind it where it takes one (`GET /v1/plans?feature=sso`). Rejects with a SoftgateError. */
export type Send = <K extends RouteKey>(
  route: K | `${K}?${string}`,
  body?: BodyOf<K>,
  options?: SendOptions,
) => Promise<AnswerOf<K>>

/** The way to the server. Each request has a token, and a new one once when it is refused. */
export interface Wire {
  /** Resolves when there is a token. */
  identify(): Promise<void>
  /** One request, given up when nothing was heard for `patienceMs`; `read` may say that something was. */
  request<T>(
    path: string,
    init: RequestInit,
    patienceMs: number,
    read: (response: Response, heard: () => void) => Promise<T>,
  ): Promise<T>
  send: Send
}

export function createWire(page: Page): Wire {
  const { window, user } = page
  let token = ''
  let renewAt = 0
  let renewing: Promise<void> | null = null

  /** Does `work`, which is given up when it was not heard of for `ms`, or `outer` is aborted. */
  const within = async <T>(
    ms: number,
    work: (signal: AbortSignal, heard: () => void) => Promise<T>,
    outer?: AbortSignal | null,
  ): Promise<T> => {
    const control = new AbortController()
    const { signal } = control
    const end = (): void => control.abort()
    let timer: unknown
    const heard = (): void => {
      window.clearTimeout(timer)
      timer = window.setTimeout(end, ms)
    }
    const late = new Promise<never>((_, reject) => {
      signal.onabort = () => reject(new Error('timeout'))
    })
    heard()
    outer?.addEventListener('abort', end, control)
    try {
      return await Promise.race([work(signal, heard), late])
    } finally {
      window.clearTimeout(timer)
      end()
    }
  }

  const renew = async (): Promise<void> => {
    try {
      token = await within(10_000, async () => page.token())
      // Not decoded from UTF-8: the ids only tell users apart here. What is no token, as a secret key, is nothing to decode.
      const [, body = ''] = token.split('.')
      const { account, sub, iat, exp } = JSON.parse(atob(body.replace(/-/g, '+').replace(/_/g, '/')))
      // By its length of life, not its end: the clock of this machine may be years off.
      renewAt = page.now() + (exp - iat) * 800
      renewing = null
      user.value = `${account} ${sub}`
    } catch (error) {
      page.warn('token()', error)
      // Who asks in the next moment gets the same answer.
      page.wait(2_000).then(() => {
        renewing = null
      })
      throw error
    }
  }

  const identify = (): Promise<void> => {
    renewing ??= renew()
    return renewing
  }

  const open = async (path: string, init: RequestInit, again = true): Promise<Response> => {
    const before = user.peek()
    // Without a turn in between where a token is at hand: a page that is being left gives no other.
    if (page.now() >= renewAt) await identify()
    if (before && before !== user.peek()) throw new Error('another user')
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await window.fetch(page.url + path, { ...init, headers })
    if (response.status !== 401 || !again) return response
    renewAt = 0
    return open(path, init, false)
  }

  const request: Wire['request'] = (path, init, patienceMs, read) =>
    within(patienceMs, async (signal, heard) => read(await open(path, { ...init, signal }), heard), init.signal)

  return {
    identify,
    request,
    async send(route, body, { id = '', quick } = {}) {
      const [method = '', path = ''] = route.replace(/{\w+}/, encodeURIComponent(id)).split(' ')
      const init = { method, body: JSON.stringify(body), keepalive: true }
      for (let failures = 0; ; await page.rest(failures)) {
        let problem: Problem | null = null
        try {
          return await request(path, init, quick ? 5_000 : 30_000, async (response) => {
            const answer = await response.json()
            if (response.ok || answer.rejected) return answer
            problem = answer
            throw answer
          })
        } catch (cause) {
          const { status = 500, detail = 'no answer' } = problem ?? {}
          if (status < 500 || quick || ++failures > 2) throw new SoftgateError(`${route}: ${detail}`, problem, cause)
        }
      }
    },
  }
}
