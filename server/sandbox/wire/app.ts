import { type Context, Hono } from 'hono'
import { ApiError, toErrorJson } from '../errors.ts'
import { routes } from '../resources/index.ts'
import type { World } from '../state/world.ts'
import { authenticate } from './auth.ts'
import { type Answer, type Arrived, execute, refusal, SERVER_ERROR, written } from './executor.ts'
import { type FaultKind, type Faults, LostReply } from './faults.ts'
import { parseForm, type RawObject } from './form.ts'
import { API_VERSION } from './render.ts'
import type { Route } from './route.ts'

/** What the wire layer needs of the sandbox around it. */
export interface WireOptions {
  readonly world: World
  readonly faults: Faults
  readonly secretKey: string | undefined
  /** Brings about what fell due since the last request. */
  catchUp(): void
  /** Something may have happened that endpoints want to hear of. */
  onDone(): void
  /** Settles when nobody waits for the lost answer to `request` any more. */
  abandoned(request: Request): Promise<void>
}

/** The endpoints as a Hono app. */
export function createApp(options: WireOptions): Hono {
  const app = new Hono()
  const inFlight = new Set<string>()
  for (const route of routes) {
    app.on(route.method, route.path, (context) => serve(options, inFlight, route, context))
  }
  app.notFound((context) => {
    const { method, path } = context.req
    const message = `Unrecognized request URL (${method}: ${path}). The sandbox does not have this endpoint.`
    return context.json(toErrorJson({ type: 'invalid_request_error', message }), 404)
  })
  app.onError((error) => {
    throw error
  })
  return app
}

async function serve(options: WireOptions, inFlight: Set<string>, route: Route, context: Context): Promise<Response> {
  const { world, faults } = options
  const { method, path } = context.req
  const requestId = world.nextId('req')
  const key = method === 'POST' ? (context.req.header('idempotency-key') ?? null) : null
  const reply = (answer: Answer): Response => toResponse(answer, requestId, key, context)
  let fault: FaultKind | null = null
  try {
    authenticate(context.req.header('authorization'), options.secretKey)
    fault = faults.take(method, path)
    const { id = '', inner = '' } = context.req.param() as { id?: string; inner?: string }
    const arrived: Arrived = { method, path, id, inner, raw: {}, key, requestId, fault }
    const struck = strike(world, arrived)
    if (struck) return struck.status === 0 ? await lose(options, arrived, context) : reply(struck)
    if (key !== null) claim(inFlight, key)
    try {
      const raw = await readParams(context)
      options.catchUp()
      const answer = execute(world, route, { ...arrived, raw })
      options.onDone()
      if (fault === 'timeout_after' || fault === 'reset_after') return await lose(options, arrived, context)
      return reply(answer)
    } finally {
      if (key !== null) inFlight.delete(key)
    }
  } catch (error) {
    return reply(refusal(error))
  }
}

/** What a fault answers instead of executing; status 0 is no answer, null is no such fault. */
function strike(world: World, arrived: Arrived): Answer | null {
  switch (arrived.fault) {
    case 'rate_limit':
      return written(world, arrived, tooMany('rate_limit', 'Request rate limit exceeded.'))
    case 'lock_timeout':
      return written(
        world,
        arrived,
        tooMany(
          'lock_timeout',
          'This object cannot be accessed right now because another API request or Stripe process is currently accessing it.',
        ),
      )
    case 'error_500_before':
      return written(world, arrived, SERVER_ERROR)
    case 'timeout_before':
    case 'reset_before':
      return written(world, arrived, { status: 0, body: {}, replayed: false })
    default:
      return null
  }
}

const tooMany = (code: string, message: string): Answer => ({
  status: 429,
  body: toErrorJson({ type: 'invalid_request_error', code, message }),
  replayed: false,
})

async function lose(options: WireOptions, { fault }: Arrived, context: Context): Promise<never> {
  if (fault === 'timeout_before' || fault === 'timeout_after') await options.abandoned(context.req.raw)
  throw new LostReply(`the reply was lost: ${fault}`)
}

function claim(inFlight: Set<string>, key: string): void {
  if (inFlight.has(key)) {
    throw new ApiError(409, {
      type: 'idempotency_error',
      code: 'idempotency_key_in_use',
      message: `There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): ${key}.`,
    })
  }
  inFlight.add(key)
}

async function readParams(context: Context): Promise<RawObject> {
  const query = new URL(context.req.url).search.slice(1)
  const body = context.req.method === 'GET' ? '' : await context.req.text()
  return parseForm([query, body].filter(Boolean).join('&'))
}

function toResponse(answer: Answer, requestId: string, key: string | null, context: Context): Response {
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'request-id': requestId,
    'stripe-version': context.req.header('stripe-version') ?? API_VERSION,
    ...(key !== null && { 'idempotency-key': key }),
    ...(answer.replayed && { 'idempotent-replayed': 'true' }),
  }
  return new Response(JSON.stringify(answer.body, null, 2), { status: answer.status, headers })
}
