import type { AnswerOf, BodyOf, RouteKey } from '../contract/index.ts'
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
  /** One request, whatever its answer. */
  open(path: string, init: RequestInit): Promise<Response>
  send: Send
}

export function createWire(page: Page): Wire {
  const { window, user } = page
  let token = ''
  let renewAt = 0
  let renewing: Promise<void> | null = null

  const renew = async (): Promise<void> => {
    try {
      token = (await Promise.race([page.token(), page.wait(10_000)])) as string
      // Not decoded from UTF-8: the ids only tell users apart here. What is no token, as a secret key, is nothing to decode.
      const [, body] = token.split('.') as [string, string]
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

  const open = async (path: string, init: RequestInit, again = true): Promise<Response> => {
    const before = user.peek()
    // Without a turn in between where a token is at hand: a page that is being left gives no other.
    if (page.now() >= renewAt) {
      renewing ??= renew()
      await renewing
    }
    if (before && before !== user.peek()) throw new Error('another user')
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await window.fetch(page.url + path, { ...init, headers })
    if (response.status !== 401 || !again) return response
    renewAt = 0
    return open(path, init, false)
  }

  return {
    open,
    async send(route, body, { id = '', quick } = {}) {
      const [method, path] = route.replace(/{\w+}/, encodeURIComponent(id)).split(' ') as [string, string]
      for (let failures = 0; ; await page.rest(failures)) {
        let error: SoftgateError
        try {
          const signal = window.AbortSignal.timeout(quick ? 5_000 : 30_000)
          const response = await open(path, { method, body: JSON.stringify(body), keepalive: true, signal })
          const answer = await response.json()
          if (response.ok) return answer
          error = new SoftgateError(`${route}: ${answer.detail}`, answer)
        } catch (cause) {
          error = new SoftgateError(`${route}: ${cause}`, null, cause)
        }
        if (error.final || quick || ++failures > 2) throw error
      }
    },
  }
}
