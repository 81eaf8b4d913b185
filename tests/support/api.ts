import type { Problem } from '@softgate/sdk/contract'

export interface Answer<T> {
  status: number
  headers: Headers
  body: T
}

/** Sends requests under one credential; whatever comes back comes back, refusals too. */
export interface Api {
  <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>>
  /** The same, for calls that must succeed: the body alone. */
  ok<T = Record<string, never>>(method: string, path: string, body?: unknown): Promise<T>
  /** The same, for calls that must be refused: the problem. */
  refused(method: string, path: string, body?: unknown): Promise<Problem>
}

type Fetch = (url: string, init: RequestInit) => Response | Promise<Response>

/** `fetch` may be the app's own `request`, or the real one against a started server. */
export function createApi(fetch: Fetch, base: string, credential: string | null): Api {
  const send = async <T>(
    method: string,
    path: string,
    body?: unknown,
    extra?: Record<string, string>,
  ): Promise<Answer<T>> => {
    const response = await fetch(base + path, {
      method,
      headers: {
        ...(credential !== null && { authorization: `Bearer ${credential}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...extra,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: response.headers, body: (text === '' ? null : JSON.parse(text)) as T }
  }
  return Object.assign(send, {
    async ok<T>(method: string, path: string, body?: unknown): Promise<T> {
      const answer = await send<T>(method, path, body)
      if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
    async refused(method: string, path: string, body?: unknown): Promise<Problem> {
      const answer = await send<Problem>(method, path, body)
      if (answer.status < 400)
        throw new Error(`${method} ${path} was not refused: ${answer.status} ${JSON.stringify(answer.body)}`)
      return answer.body
    },
  })
}
