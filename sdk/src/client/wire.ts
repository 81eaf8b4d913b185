import type { AnswerOf, BodyOf, RouteKey } from '../contract/index.ts'
import { SoftgateError } from '../error.ts'
import type { Environment } from './environment.ts'
import { jitter, type Scope } from './scope.ts'
import type { Tokens } from './token.ts'

export interface CallOptions {
  /** What stands for the route's one `{name}`. */
  id?: string
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

export interface WireOptions {
  url: string
  env: Pick<Environment, 'fetch' | 'now' | 'random'>
  scope: Scope
  tokens: Tokens
}

export function createWire({ url, env, scope, tokens }: WireOptions): Wire {
  let ahead = 0

  const open: Wire['open'] = async (path, init) => {
    for (let again = true; ; again = false) {
      // Without a turn in between where a token is at hand: a page that is being left gives no other.
      const token = tokens.peek() ?? (await tokens.get())
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...init.headers }
      const response = await env.fetch(url + path, { ...init, headers })
      const skew = Date.parse(response.headers.get('date') ?? '') - env.now()
      // A few seconds are the way's duration, and no date is no news.
      if (skew) ahead = Math.abs(skew) > 30_000 ? skew : 0
      if (response.status !== 401) {
        tokens.accept()
        return response
      }
      tokens.refuse(token)
      if (!again) return response
    }
  }

  const exchange: Wire['exchange'] = async (path, init, timeoutMs = 10_000) => {
    const abort = new AbortController()
    const stop = (): void => abort.abort()
    const cancel = scope.after(timeoutMs, stop)
    const release = init.keepalive ? cancel : scope.add(stop)
    try {
      const response = await open(path, { ...init, signal: abort.signal })
      return [response, await response.text()]
    } finally {
      cancel()
      release()
    }
  }

  return {
    open,
    exchange,
    async call(key, body, { id = '', retries = 2, timeoutMs = 30_000 } = {}) {
      const [method = '', template = ''] = key.split(' ')
      const path = template.replace(/{\w+}/, encodeURIComponent(id))
      for (let failures = 0; ; ) {
        let error: SoftgateError
        try {
          const [{ status }, text] = await exchange(path, { method, body: JSON.stringify(body) }, timeoutMs)
          const answer = JSON.parse(text)
          if (status < 300) return answer
          error = new SoftgateError(`${key}: ${answer.detail}`, { problem: answer, status })
        } catch (cause) {
          error = new SoftgateError(`${key}: no answer`, { cause })
        }
        const { status } = error
        if ((status && status < 500 && status !== 429) || failures++ >= retries || scope.closed) throw error
        await scope.wait(jitter(env.random, failures, 5_000))
      }
    },
    now: () => env.now() + ahead,
  }
}
