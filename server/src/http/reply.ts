import type { Context as HonoContext } from 'hono'
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status'
import { ProblemError, toProblem } from '../kernel/problem.ts'

type Headers = Record<string, string>

/** A reply that any shell can send; a body of null is none at all. */
export interface Reply {
  status: number
  headers: Headers
  body: string | null
}

/**
 * Makes replies whose headers are ready-made objects: a middleware that touches headers after the handler would cost three
 * to four times the whole request. `origin` is the request's header.
 */
export interface Replies {
  make(origin: string | undefined, body: string | null, status?: number, extra?: Headers): Reply
  problemOf(origin: string | undefined, error: ProblemError): Reply
  headers(origin: string | undefined): Headers
  send(c: HonoContext, reply: Reply): Response
  json(c: HonoContext, json: string, status?: number, extra?: Headers): Response
  problem(c: HonoContext, error: ProblemError): Response
}

const base: Headers = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** Pages of the listed origins may read the replies; all others are left to the browser's own rule. */
export function createReplies(origins: readonly string[]): Replies {
  const byOrigin = new Map(origins.map((origin) => [origin, { ...base, ...corsHeaders(origin) }]))
  const headers = (origin: string | undefined): Headers => (origin !== undefined && byOrigin.get(origin)) || base
  const make: Replies['make'] = (origin, body, status = 200, extra) => ({
    status,
    headers: extra ? { ...headers(origin), ...extra } : headers(origin),
    body,
  })
  const problemOf: Replies['problemOf'] = (origin, error) => {
    const waits = error.code === 'overloaded' || error.code === 'rate_limited' || error.code === 'billing_unavailable'
    const extra: Headers = { 'content-type': 'application/problem+json', ...(waits && { 'retry-after': '1' }) }
    if (error.status === 401) extra['www-authenticate'] = 'Bearer'
    return make(origin, JSON.stringify(toProblem(error)), error.status, extra)
  }
  const send: Replies['send'] = (c, { status, headers: list, body }) =>
    body === null ? c.body(null, status as StatusCode, list) : c.body(body, status as ContentfulStatusCode, list)
  const originOf = (c: HonoContext) => c.req.header('origin')
  return {
    make,
    problemOf,
    headers,
    send,
    json: (c, json, status, extra) => send(c, make(originOf(c), json, status, extra)),
    problem: (c, error) => send(c, problemOf(originOf(c), error)),
  }
}

const corsHeaders = (origin: string): Headers => ({
  'access-control-allow-origin': origin,
  'access-control-expose-headers': 'date, etag, retry-after',
  vary: 'origin',
})

/** The answer to a browser that asks whether a page of another origin may call. */
export const preflight = (c: HonoContext, origins: readonly string[]): Response => {
  const origin = c.req.header('origin')
  if (origin === undefined || !origins.includes(origin)) return c.body(null, 403)
  return c.body(null, 204, {
    ...corsHeaders(origin),
    'access-control-allow-methods': 'GET, POST, PUT, DELETE',
    'access-control-allow-headers': 'authorization, content-type, idempotency-key, if-none-match',
    'access-control-max-age': '7200',
  })
}

/** Any error as a ProblemError; what is not ours is `internal`, with its cause kept for the log. */
export const asProblem = (error: unknown): ProblemError =>
  error instanceof ProblemError
    ? error
    : new ProblemError(
        'internal',
        'The request failed inside the server. Nothing is known to have changed; it is safe to try again.',
        { cause: error },
      )
