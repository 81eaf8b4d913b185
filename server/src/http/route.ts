import type { AnswerOf, BodyOf, ParamsOf, QueryOf, RouteKey } from '@softgate/sdk/contract'
import type { Hono, Context as HonoContext } from 'hono'
import { z } from 'zod'
import type { Who } from '../flows/context.ts'
import { ProblemError } from '../kernel/problem.ts'
import { readJson } from './body.ts'
import type { KeepReplies } from './idempotency.ts'
import type { Authenticate, Caller } from './keys.ts'
import type { Replies } from './reply.ts'
import { id } from './schemas/schema-for.ts'
import { parse } from './validate.ts'

/** `secret`: a host only. `user`: the user of a token, or the one a host names with `?account=…&user=…`. */
export type Access = 'secret' | 'user'

/** What is known of a route beside its handler; the description of the wire is made from it. */
export interface RouteEntry {
  key: string
  access: Access | 'any' | 'stripe' | 'open'
  schema: z.ZodType | null
  /** What may stand in the query, beside the account and user whom a host names. */
  query?: z.ZodType
}

export interface Call<K extends RouteKey> {
  params: Record<ParamsOf<K>, string>
  body: BodyOf<K>
  query: QueryOf<K>
  caller: Caller
}

export interface RouteSpec<K extends RouteKey> {
  access: 'secret'
  schema: BodyOf<K> extends void ? null : z.ZodType<BodyOf<K>>
  query?: z.ZodType<QueryOf<K>>
  handle(call: Call<K>): Promise<AnswerOf<K>>
}

export interface UserRouteSpec<K extends RouteKey> {
  access: 'user'
  schema: BodyOf<K> extends void ? null : z.ZodType<BodyOf<K>>
  query?: z.ZodType<QueryOf<K>>
  handle(call: Call<K> & { who: Who }): Promise<AnswerOf<K>>
}

export interface RouterOptions {
  app: Hono
  authenticate: Authenticate
  replies: Replies
  keep: KeepReplies
}

const bodyLimit = 64 * 1_024

const named = z.object({ account: id, user: id })

/** The user who acts. A host may name anyone; a token speaks for its own user and account only. */
export function whoOf(query: (name: string) => string | undefined, caller: Caller): Who {
  const account = query('account')
  const user = query('user')
  if (caller.kind === 'user') {
    if ((account !== undefined && account !== caller.account) || (user !== undefined && user !== caller.user))
      throw new ProblemError('foreign_account', `This token speaks for ${caller.user} in ${caller.account} only.`)
    return caller
  }
  if (account === undefined || user === undefined)
    throw new ProblemError('invalid_request', 'With a secret key, name the account and the user: ?account=…&user=…')
  return { ...parse(named, { account, user }), may: ['purchase'], cap: null }
}

/** The query without the names of who acts, which `whoOf` reads. */
function queryOf(c: HonoContext): Record<string, string> {
  const { account, user, ...query } = c.req.query()
  return query
}

export function requireSecret(caller: Caller): void {
  if (caller.kind !== 'secret')
    throw new ProblemError('forbidden', 'This route needs a secret key; a user token may not use it.')
}

/** Registers routes whose bodies and answers take their types from the contract's table, by the same key. */
export function createRouter({ app, authenticate, replies, keep }: RouterOptions) {
  const entries: RouteEntry[] = []

  function route<K extends RouteKey>(key: K, spec: RouteSpec<K> | UserRouteSpec<K>): void {
    const [method = '', path = ''] = key.split(' ')
    const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name)
    const inPath = z.object(Object.fromEntries(names.map((name) => [name, id])))
    entries.push({
      key,
      access: spec.access,
      schema: spec.schema as z.ZodType | null,
      ...(spec.query && { query: spec.query }),
    })
    app.on(method, path.replaceAll(/\{(\w+)\}/g, ':$1'), async (c) => {
      const caller = authenticate(c.req.header('authorization'))
      if (spec.access === 'secret') requireSecret(caller)
      const params = parse(inPath, c.req.param()) as Call<K>['params']
      const raw = spec.schema === null ? undefined : await readJson(c.req, bodyLimit)
      const body = (spec.schema === null ? undefined : parse(spec.schema as z.ZodType, raw)) as BodyOf<K>
      const query = (spec.query && parse(spec.query as z.ZodType, queryOf(c))) as QueryOf<K>
      const who = spec.access === 'user' ? whoOf((name) => c.req.query(name), caller) : null
      const run = async (): Promise<string> =>
        JSON.stringify(
          await (who
            ? (spec as UserRouteSpec<K>).handle({ params, body, query, caller, who })
            : (spec as RouteSpec<K>).handle({ params, body, query, caller })),
        )
      const idempotencyKey = method === 'GET' ? undefined : c.req.header('idempotency-key')
      if (idempotencyKey === undefined) return replies.json(c, await run())
      const scope = who ? `${who.account}\n${who.user}` : `secret\n${caller.kind === 'secret' ? caller.key : ''}`
      const request = { scope, key: idempotencyKey, request: `${key}\n${JSON.stringify([params, raw])}` }
      const { json, replayed } = await keep(request, run)
      return replies.json(c, json, 200, replayed ? { 'idempotent-replayed': 'true' } : undefined)
    })
  }
  return { route, entries }
}
