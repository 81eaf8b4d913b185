import type { Context as HonoContext } from 'hono'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import { ProblemError, toProblem } from '../kernel/problem.ts'

type Headers = Record<string, string>

/**
 * Makes replies whose headers are ready-made objects: a middleware that touches headers after the handler would cost three
 * to four times the whole request.
 */
export interface Replies {
  json(c: HonoContext, json: string, status?: ContentfulStatusCode, extra?: Headers): Response
  problem(c: HonoContext, error: ProblemError): Response
  headers(c: HonoContext): Headers
}

const base: Headers = {
  'content-type': 'application/json',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}

/** Pages of the listed origins may read the replies; all others are left to the browser's own rule. */
export function createReplies(origins: readonly string[]): Replies {
  const byOrigin = new Map(origins.map((origin) => [origin, { ...base, ...corsHeaders(origin) }]))
  const headers = (c: HonoContext): Headers => {
    if (byOrigin.size === 0) return base
    const origin = c.req.header('origin')
    return (origin !== undefined && byOrigin.get(origin)) || base
  }
  const json: Replies['json'] = (c, text, status = 200, extra) =>
    c.body(text, status, extra ? { ...headers(c), ...extra } : headers(c))
  return {
    headers,
    json,
    problem(c, error) {
      const waits = error.code === 'overloaded' || error.code === 'rate_limited' || error.code === 'billing_unavailable'
      const extra: Headers = { 'content-type': 'application/problem+json', ...(waits && { 'retry-after': '1' }) }
      if (error.status === 401) extra['www-authenticate'] = 'Bearer'
      return json(c, JSON.stringify(toProblem(error)), error.status as ContentfulStatusCode, extra)
    },
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
