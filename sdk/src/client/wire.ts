import type { AnswerOf, BodyOf, RouteKey } from '../contract/index.ts'
import { SoftgateError, type SoftgateErrorOptions } from '../error.ts'
import type { Environment } from './environment.ts'
import { createScope, jitter, type Scope } from './scope.ts'
import type { Tokens } from './token.ts'

export interface CallOptions {
  /** What stands for the route's one `{name}`. */
  id?: string
  /** What follows the path, beginning with `?`. */
  query?: string
  /** How often a call that may have been lost is sent again; every route is safe to repeat. */
  retries?: number
  /** Milliseconds until a call counts as lost. Long, as an upgrade waits for the bank. */
  timeoutMs?: number
}

/** The ways to the server. Each adds the token, and a new one once when it is refused. */
export interface Wire {
  /** The response as soon as its headers are there. Rejects when there is none, or no token. */
  open(path: string, init: RequestInit): Promise<Response>
  /** The same within 10 seconds, read to its end. Ends with the scope, but with `keepalive` it outlives page and client. */
  exchange(path: string, init: RequestInit, timeoutMs?: number): Promise<[response: Response, text: string]>
  /** Calls a route by its key in the contract. Rejects with a SoftgateError. */
  call<K extends RouteKey>(key: K, body: BodyOf<K>, options?: CallOptions): Promise<AnswerOf<K>>
  /** The server's time, epoch ms, as far as it is known; ours when both are nearly the same. */
  now(): number
}

export function createWire(env: Environment & { url: string }, scope: Scope, tokens: Tokens): Wire {
  let ahead = 0

  const open = async (path: string, init: RequestInit, again = true): Promise<Response> => {
    // Without a turn in between where a token is at hand: a page that is being left gives no other.
    const token = tokens.peek() ?? (await tokens.renew())
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const response = await env.fetch(env.url + path, { ...init, headers })
    const skew = Date.parse(response.headers.get('date') ?? '') - env.now()
    // A few seconds are the way's duration, and no date is no news.
    if (skew) ahead = Math.abs(skew) > 30_000 ? skew : 0
    const taken = response.status !== 401
    tokens.judge(token, taken)
    return taken || !again ? response : open(path, init, false)
  }

  const exchange: Wire['exchange'] = async (path, init, timeoutMs = 10_000) => {
    const attempt = init.keepalive ? createScope(env) : scope.fork()
    attempt.add(scope.after(timeoutMs, attempt.close))
    try {
      const response = await open(path, { ...init, signal: attempt.signal })
      return [response, await response.text()]
    } finally {
      attempt.close()
    }
  }

  return {
    open,
    exchange,
    async call(key, body, { id = '', query = '', retries = 2, timeoutMs = 30_000 } = {}) {
      const [method = '', template = ''] = key.split(' ')
      const path = template.replace(/{\w+}/, encodeURIComponent(id)) + query
      for (let failures = 0; ; ) {
        const why: SoftgateErrorOptions = {}
        try {
          const [{ ok }, text] = await exchange(path, { method, body: JSON.stringify(body) }, timeoutMs)
          const answer = JSON.parse(text)
          if (ok) return answer
          why.problem = answer
        } catch (cause) {
          why.cause = cause
        }
        const { status = 500, detail = 'no answer' } = why.problem ?? {}
        if ((status < 500 && status !== 429) || failures++ >= retries || scope.signal.aborted)
          throw new SoftgateError(`${key}: ${detail}`, why)
        await scope.wait(jitter(env, failures, 5_000))
      }
    },
    now: () => env.now() + ahead,
  }
}
