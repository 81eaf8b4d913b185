import type { EventInput, EventsAnswer } from '@softgate/sdk/contract'
import { check, checkFast } from '../flows/check.ts'
import type { Context } from '../flows/context.ts'
import { importEvents } from '../flows/import.ts'
import { type StateReply, stateFast, stateOf } from '../flows/state.ts'
import { consume } from '../flows/take.ts'
import { type Checked, Fault, track } from '../flows/track.ts'
import { toIso } from '../kernel/clock.ts'
import { ProblemError, toProblem } from '../kernel/problem.ts'
import { fromCloudEvent } from './cloud-events.ts'
import type { Caller } from './keys.ts'
import type { Replies, Reply } from './reply.ts'
import { type RouteEntry, requireSecret, whoOf } from './route.ts'
import {
  checkInput,
  cloudEvent,
  consumeInput,
  eventInput,
  eventsEnvelope,
  eventsInput,
  importInput,
  importQuery,
  pastEvent,
} from './schemas/usage.ts'
import { compile, parse } from './validate.ts'

/** What a hot route knows of a request, whichever shell took it in. */
export interface HotCall {
  caller: Caller
  /** The parsed JSON; undefined where the route takes no body. */
  body: unknown
  contentType: string | undefined
  ifNoneMatch: string | undefined
  origin: string | undefined
  query(name: string): string | undefined
}

/** A route that carries the load: its answer is written once, and `hot-shells.ts` brings it to Hono and to Node. */
export interface HotRoute extends RouteEntry {
  /** The most bytes of its body; 0 where it takes none. */
  limit: number
  answer(call: HotCall): Reply | Promise<Reply>
}

const checks = compile(checkInput)
const consumes = compile(consumeInput)
const events = compile(eventInput)
const pastEvents = compile(pastEvent)
const envelopes = compile(eventsEnvelope)
const clouds = compile(cloudEvent)

const checkLimit = 4 * 1_024
const eventsLimit = 1_024 * 1_024

/** Validation is compiled, replies are ready-made, and what is in memory is answered without a promise. */
export function hotRoutes(context: Context, replies: Replies): HotRoute[] {
  /** A batch of which nothing was taken is a refusal; it still says why of each. */
  const tracked = (origin: string | undefined, answer: EventsAnswer): Reply => {
    if (answer.rejected.length === 0 || answer.accepted + answer.duplicates > 0)
      return replies.make(origin, JSON.stringify(answer))
    const faults = answer.rejected.map(({ index, code, detail }) => ({
      path: `events[${index}]`,
      detail: `${code}: ${detail}`,
    }))
    const problem = toProblem(
      new ProblemError('invalid_request', `None of the ${faults.length} events was accepted. ${faults[0]?.detail}`, {
        errors: faults,
      }),
    )
    return replies.make(origin, JSON.stringify({ ...problem, ...answer }), 422, {
      'content-type': 'application/problem+json',
    })
  }

  return [
    {
      key: 'POST /v1/check',
      access: 'any',
      schema: checkInput,
      limit: checkLimit,
      answer({ caller, body, origin }) {
        const input = checks.assert(body)
        const account = accountOf(caller, input.account)
        if (input.explain !== true && (input.quantity === undefined || input.quantity === 1)) {
          const fast = checkFast(context, account, input.feature)
          if (fast !== undefined) return replies.make(origin, fast)
        }
        return check(context, account, named(caller, input)).then((decision) =>
          replies.make(origin, JSON.stringify(decision)),
        )
      },
    },
    {
      key: 'POST /v1/events',
      access: 'any',
      schema: eventsInput,
      limit: eventsLimit,
      async answer({ caller, body, contentType = '', origin }) {
        const only = caller.kind === 'user' ? caller.account : null
        const browser = caller.kind === 'user' ? caller.user : null
        const read = readEvents(events, contentType, body, context.clock.now())
        return tracked(origin, await track(context, read, { only, browser }))
      },
    },
    {
      key: 'POST /v1/admin/import',
      access: 'secret',
      schema: importInput,
      query: importQuery,
      limit: eventsLimit,
      async answer({ caller, body, contentType = '', origin, query }) {
        requireSecret(caller)
        const uncounted = query('uncounted')
        parse(importQuery, uncounted === undefined ? {} : { uncounted })
        const read = readEvents(pastEvents, contentType, body, context.clock.now())
        return tracked(origin, await importEvents(context, read, uncounted !== undefined))
      },
    },
    {
      key: 'POST /v1/consume',
      access: 'secret',
      schema: consumeInput,
      limit: checkLimit,
      async answer({ caller, body, origin }) {
        requireSecret(caller)
        return replies.make(origin, JSON.stringify(await consume(context, consumes.assert(body))))
      },
    },
    {
      key: 'GET /v1/state',
      access: 'user',
      schema: null,
      limit: 0,
      answer({ caller, query, ifNoneMatch, origin }) {
        const who = whoOf(query, caller)
        const toReply = ({ pieces, tag }: StateReply) => replies.tagged(origin, pieces, { tag, ifNoneMatch })
        const fast = stateFast(context, who)
        return fast ? toReply(fast) : stateOf(context, who).then(toReply)
      },
    },
  ]
}

/** Clocks that differ by less are the same: part of it is the way's duration. */
const skewMs = 30_000

/** The event as if its sender's clock went right; a time that is none is refused later. */
function putRight(event: EventInput, skew: number): EventInput {
  const time = Date.parse(event.time) - skew
  return Math.abs(skew) < skewMs || Number.isNaN(time) ? event : { ...event, time: toIso(time) }
}

/** Reads the events of a body, in our own form or as CloudEvents; each is judged by itself. */
function readEvents(own: typeof events, contentType: string, body: unknown, now: number): Checked[] {
  const type = contentType.toLowerCase()
  const inBatch = type.startsWith('application/cloudevents-batch+json')
  if (inBatch || type.startsWith('application/cloudevents+json')) {
    const list = inBatch ? envelopes.assert({ events: body }).events : [body]
    return list.map((event) => (clouds.is(event) ? fromCloudEvent(event) : new Fault(clouds.faultOf(event) ?? '')))
  }
  const { sentAt, events: list } = envelopes.assert(body)
  const skew = sentAt === undefined ? 0 : sentAt - now
  return list.map((event) => (own.is(event) ? putRight(event, skew) : new Fault(own.faultOf(event) ?? '')))
}

/** With a user token, its own user is meant; reasons name authors of overrides and facts, which are the host's to know. */
function named<T extends { user?: string; explain?: boolean }>(caller: Caller, input: T): T {
  if (caller.kind === 'secret') return input
  if (input.explain) throw new ProblemError('forbidden', 'explain needs a secret key; a user token may not ask for it.')
  if (input.user !== undefined && input.user !== caller.user)
    throw new ProblemError('foreign_account', `This token speaks for ${caller.user} only.`)
  return { ...input, user: caller.user }
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
