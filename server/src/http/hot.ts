import type { Hono } from 'hono'
import { check, checkFast } from '../flows/check.ts'
import type { Context } from '../flows/context.ts'
import { stateOf } from '../flows/state.ts'
import { type Checked, consume, track } from '../flows/track.ts'
import { ProblemError, toProblem } from '../kernel/problem.ts'
import { readJson } from './body.ts'
import { fromCloudEvent } from './cloud-events.ts'
import type { Authenticate, Caller } from './keys.ts'
import type { Replies } from './reply.ts'
import { type RouteEntry, requireSecret, whoOf } from './route.ts'
import { checkInput, cloudEvent, consumeInput, eventInput, eventsEnvelope, eventsInput } from './schemas/usage.ts'
import { compile } from './validate.ts'

const checkLimit = 4 * 1_024
const eventsLimit = 1_024 * 1_024

export interface HotOptions {
  app: Hono
  context: Context
  authenticate: Authenticate
  replies: Replies
}

/** The routes that carry the load: validation is compiled, replies are ready-made, nothing stands before them. */
export function hotRoutes({ app, context, authenticate, replies }: HotOptions): RouteEntry[] {
  const checks = compile(checkInput)
  const consumes = compile(consumeInput)
  const events = compile(eventInput)
  const envelopes = compile(eventsEnvelope)
  const clouds = compile(cloudEvent)

  app.post('/v1/check', async (c) => {
    const caller = authenticate(c.req.header('authorization'))
    const input = checks.assert(await readJson(c.req, checkLimit))
    const account = accountOf(caller, input.account)
    if (input.quantity === undefined || input.quantity === 1) {
      const fast = checkFast(context, account, input.feature)
      if (fast !== undefined) return replies.json(c, fast)
    }
    return replies.json(c, JSON.stringify(await check(context, account, input)))
  })

  app.post('/v1/events', async (c) => {
    const caller = authenticate(c.req.header('authorization'))
    const body = await readJson(c.req, eventsLimit)
    const only = caller.kind === 'user' ? caller.account : null
    const answer = await track(context, checkedEvents(c.req.header('content-type') ?? '', body), {
      only,
      browser: caller.kind === 'user' ? caller.user : null,
    })
    if (answer.rejected.length > 0 && answer.accepted + answer.duplicates === 0) {
      const faults = answer.rejected.map(({ index, code, detail }) => ({
        path: `events[${index}]`,
        detail: `${code}: ${detail}`,
      }))
      const problem = toProblem(
        new ProblemError('invalid_request', `None of the ${faults.length} events was accepted.`, { errors: faults }),
      )
      return replies.json(c, JSON.stringify({ ...problem, ...answer }), 422, {
        'content-type': 'application/problem+json',
      })
    }
    return replies.json(c, JSON.stringify(answer))
  })

  const checkedEvents = (type: string, body: unknown): Checked[] => {
    const inBatch = type.startsWith('application/cloudevents-batch+json')
    if (inBatch || type.startsWith('application/cloudevents+json')) {
      const list = inBatch ? envelopes.assert({ events: body }).events : [body]
      return list.map((event) =>
        clouds.is(event) ? { event: fromCloudEvent(event) } : { fault: clouds.faultOf(event) ?? '' },
      )
    }
    return envelopes
      .assert(body)
      .events.map((event) => (events.is(event) ? { event } : { fault: events.faultOf(event) ?? '' }))
  }

  app.post('/v1/consume', async (c) => {
    requireSecret(authenticate(c.req.header('authorization')))
    const input = consumes.assert(await readJson(c.req, checkLimit))
    return replies.json(c, JSON.stringify(await consume(context, input)))
  })

  app.get('/v1/state', async (c) => {
    const { json, tag } = await stateOf(context, whoOf(c, authenticate(c.req.header('authorization'))))
    const etag = `"${tag}"`
    const cacheable = { etag, 'cache-control': 'private, no-cache' }
    if (c.req.header('if-none-match') === etag) return c.body(null, 304, { ...replies.headers(c), ...cacheable })
    return replies.json(c, json, 200, cacheable)
  })

  return [
    { key: 'POST /v1/check', access: 'any', schema: checkInput },
    { key: 'POST /v1/events', access: 'any', schema: eventsInput },
    { key: 'POST /v1/consume', access: 'secret', schema: consumeInput },
    { key: 'GET /v1/state', access: 'user', schema: null },
  ]
}

function accountOf(caller: Caller, named: string | undefined): string {
  if (caller.kind === 'secret') {
    if (named === undefined) throw new ProblemError('invalid_request', 'With a secret key, name the account.')
    return named
  }
  if (named !== undefined && named !== caller.account)
    throw new ProblemError('foreign_account', `This token speaks for ${caller.account} only.`)
  return caller.account
}
