import type { ProblemCode } from '@softgate/sdk/contract'
import type { Context as HonoContext } from 'hono'
import type { ContentfulStatusCode, StatusCode } from 'hono/utils/http-status'
import { ProblemError, toProblem } from '../kernel/problem.ts'
import { isStorageAway } from '../kernel/storage-errors.ts'

type Headers = Record<string, string>

/** A text, or its bytes in pieces where it is long and mostly ready-made; null for none at all. */
type Body = string | readonly Uint8Array[] | null

/** A reply that any shell can send. */
export interface Reply {
  status: number
  headers: Headers
  /** A header too, apart because it is the reply's own: the others are shared. */
  etag?: string
  body: Body
}

/**
 * Makes replies whose headers are ready-made objects: a middleware that touches headers after the handler would cost three
 * to four times the whole request. `origin` is the request's header.
 */
export interface Replies {
  make(origin: string | undefined, body: Body, status?: number, extra?: Headers): Reply
  /** A reply that its caller may keep: a caller who names it in `if-none-match` has it already. */
  tagged(origin: string | undefined, body: Body, tags: { tag: string; ifNoneMatch: string | undefined }): Reply
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

/** What passes by itself: the caller is told to come again in a moment. */
const passing = new Set<ProblemCode>(['overloaded', 'rate_limited', 'billing_unavailable', 'storage_unavailable'])

const kept: Headers = { ...base, 'cache-control': 'private, no-cache' }

/** Pages of the listed origins may read the replies; all others are left to the browser's own rule. */
export function createReplies(origins: readonly string[]): Replies {
  const byOrigin = (common: Headers): ((origin: string | undefined) => Headers) => {
    const ready = new Map(origins.map((origin) => [origin, { ...common, ...corsHeaders(origin) }]))
    return (origin) => (origin !== undefined && ready.get(origin)) || common
  }
  const headers = byOrigin(base)
  const headersOfKept = byOrigin(kept)
  const make: Replies['make'] = (origin, body, status = 200, extra) => ({
    status,
    headers: extra ? { ...headers(origin), ...extra } : headers(origin),
    body,
  })
  const tagged: Replies['tagged'] = (origin, body, { tag, ifNoneMatch }) => {
    const etag = `"${tag}"`
    const same = ifNoneMatch === etag
    return { status: same ? 304 : 200, headers: headersOfKept(origin), etag, body: same ? null : body }
  }
  const problemOf: Replies['problemOf'] = (origin, error) => {
    const waits = passing.has(error.code)
    const extra: Headers = { 'content-type': 'application/problem+json', ...(waits && { 'retry-after': '1' }) }
    if (error.status === 401) extra['www-authenticate'] = 'Bearer'
    return make(origin, JSON.stringify(toProblem(error)), error.status, extra)
  }
  const send: Replies['send'] = (c, { status, headers: shared, etag, body }) => {
    const list = etag === undefined ? shared : { ...shared, etag }
    if (body === null) return c.body(null, status as StatusCode, list)
    return c.body(typeof body === 'string' ? body : Buffer.concat(body), status as ContentfulStatusCode, list)
  }
  const originOf = (c: HonoContext) => c.req.header('origin')
  return {
    make,
    tagged,
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

/** Any error as a ProblemError; what is not ours keeps its cause for the log. */
export function asProblem(cause: unknown): ProblemError {
  if (cause instanceof ProblemError) return cause
  return isStorageAway(cause)
    ? new ProblemError(
        'storage_unavailable',
        'What is not acknowledged may or may not be stored: repeat it in a moment.',
        { cause },
      )
    : new ProblemError(
        'internal',
        'The request failed inside the server. Nothing is known to have changed; it is safe to try again.',
        { cause },
      )
}
