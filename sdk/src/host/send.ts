import type { AnswerOf, BodyOf, ParamsOf, Problem, QueryOf, RouteKey } from '../contract/index.ts'
import { SoftgateError } from '../error.ts'

export interface SenderOptions {
  url: string
  secretKey: string
  fetch: typeof globalThis.fetch
  timeoutMs: number
  retries: number
  wait(ms: number): Promise<void>
}

/** What a route takes. */
export interface SendInput<K extends RouteKey> {
  /** What stands for each `{name}` of its path. */
  params?: Record<ParamsOf<K>, string>
  query?: QueryOf<K>
  body?: BodyOf<K>
}

export type Send = <K extends RouteKey>(key: K, input: SendInput<K>) => Promise<AnswerOf<K>>

/**
 * Calls routes by their key in the contract. What may have been lost on the way is sent again as it was: every route is safe
 * to repeat with the same body, which carries its ids.
 */
export const createSender =
  ({ url, secretKey, fetch, timeoutMs, retries, wait }: SenderOptions): Send =>
  async (key, { params, query, body }) => {
    const [method = 'GET', template = ''] = key.split(' ')
    const given = (params ?? {}) as Record<string, string>
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(given[name] ?? ''))
    const search = new URLSearchParams(Object.entries(query ?? {}).map(([name, value]) => [name, String(value)]))
    const asked = search.size > 0 ? `${path}?${search}` : path
    const init = {
      method,
      headers: {
        authorization: `Bearer ${secretKey}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    }
    for (let attempt = 0; ; attempt++) {
      const last = attempt >= retries
      try {
        const response = await fetch(`${url}${asked}`, { ...init, signal: AbortSignal.timeout(timeoutMs) })
        if (response.ok) return (await response.json()) as AnswerOf<typeof key>
        const error = await refusal(response, `${method} ${path}`)
        if (last || error.final) throw error
      } catch (cause) {
        if (cause instanceof SoftgateError) throw cause
        if (last) throw new SoftgateError(`${method} ${path}: Softgate at ${url} does not answer`, null, cause)
      }
      await wait(100 * 2 ** attempt)
    }
  }

async function refusal(response: Response, call: string): Promise<SoftgateError> {
  const { status } = response
  try {
    const problem = (await response.json()) as Problem
    return new SoftgateError(`${call}: ${problem.detail}`, problem, undefined, status)
  } catch (cause) {
    return new SoftgateError(`${call}: answered ${status} without saying why`, null, cause, status)
  }
}
