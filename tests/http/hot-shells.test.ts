import { request } from 'node:http'
import { mintToken } from '@softgate/sdk/host'
import { createSoftgate, listen } from '@softgate/server'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { createApi } from '../support/api.ts'
import { createTestClock } from '../support/clock.ts'
import { secretKey, start } from '../support/harness.ts'
import { freshSqlite } from '../support/sqlite.ts'

interface Sent {
  method: string
  path: string
  headers: Record<string, string | string[]>
  body?: string | Buffer
}

interface Shell {
  send(sent: Sent): Promise<{ status: number; headers: Record<string, unknown>; body: string }>
  /** How many requests came to Hono. */
  passedOn(): number
}

/** Two servers in the same state: one takes the hot routes before Hono, the other leaves everything to it. */
async function open(before: boolean): Promise<Shell> {
  const clock = createTestClock(start)
  const made = await createSoftgate({
    config: { ...config, origins: ['https://app.example'] },
    database: freshSqlite(),
    secretKeys: [secretKey],
    clock,
    onFailure: () => {},
  })
  const host = createApi((url, init) => made.app.request(url, init), '/v1', secretKey)
  await host.ok('PUT', '/accounts/acme', { name: 'Acme', plan: 'starter' })
  let passed = 0
  const { fetch } = made.app
  made.app.fetch = (...args) => {
    passed++
    return fetch(...args)
  }
  // Its hot routes are known by the app itself; what only inherits from it has none.
  const { port, close } = await listen(before ? made.app : (Object.create(made.app) as typeof made.app), { port: 0 })
  closing.push(async () => {
    await close()
    await made.close()
  })
  return {
    passedOn: () => passed,
    send: ({ method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
        const call = request({ port, method, path, headers: { ...length, ...headers } }, (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk) => chunks.push(chunk))
          response.on('end', () => {
            const { date, ...rest } = response.headers
            resolve({ status: response.statusCode ?? 0, headers: rest, body: Buffer.concat(chunks).toString() })
          })
        })
        call.on('error', reject)
        call.end(body)
      }),
  }
}

const closing: (() => Promise<void>)[] = []
let node: Shell
let hono: Shell
beforeAll(async () => {
  node = await open(true)
  hono = await open(false)
  return () => Promise.all(closing.map((close) => close()))
})

const { token } = mintToken({ secretKey, account: 'acme', user: 'priya', now: start })
const { token: foreign } = mintToken({ secretKey, account: 'birch', user: 'sam', now: start })
const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` })
const json = { 'content-type': 'application/json' }
const post = (path: string, body: unknown, headers: Sent['headers'] = {}): Sent => ({
  method: 'POST',
  path,
  headers: { ...bearer(secretKey), ...json, ...headers },
  body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
})
const time = new Date(start).toISOString()
const event = { id: 'e1', account: 'acme', name: 'run', feature: 'exports', value: 1, time }
const check = { account: 'acme', feature: 'exports' }

/** Sends the same to both; says what came, and whether Node's shell took it. */
async function both(sent: Sent) {
  const before = node.passedOn()
  const fromNode = await node.send(sent)
  expect(fromNode).toEqual(await hono.send(sent))
  return { ...fromNode, taken: node.passedOn() === before }
}

describe('a hot route answers byte for byte alike through Node and through Hono', () => {
  it.each<[string, number, Sent]>([
    ['a check', 200, post('/v1/check', check)],
    ['a check of several units', 200, post('/v1/check', { ...check, quantity: 3 })],
    ['a check with a token', 200, post('/v1/check', { feature: 'seats' }, bearer(token))],
    ['a check from a page of a listed origin', 200, post('/v1/check', check, { origin: 'https://app.example' })],
    ['a check from a page of another origin', 200, post('/v1/check', check, { origin: 'https://evil.example' })],
    ['a body with a byte order mark', 200, post('/v1/check', `\ufeff${JSON.stringify(check)}`)],
    [
      'a content type with a charset',
      200,
      post('/v1/check', check, { 'content-type': 'application/json;charset=utf-8' }),
    ],
    ['an event', 200, post('/v1/events', { events: [event] })],
    ['a repeated event', 200, post('/v1/events', { events: [event, { ...event, id: 'Größe 😀' }] })],
    ['a consumption', 200, post('/v1/consume', { id: 'c1', ...check })],
    ['a state', 200, { method: 'GET', path: '/v1/state', headers: bearer(token) }],
    ['a feature that nobody knows', 404, post('/v1/check', { ...check, feature: 'nope' })],
    ['an account that nobody knows', 404, post('/v1/check', { ...check, account: 'nobody' })],
    ['an account of somebody else', 403, post('/v1/check', check, bearer(foreign))],
    ['a consumption with a token', 403, post('/v1/consume', { id: 'c2', ...check }, bearer(token))],
    ['no credential', 401, { ...post('/v1/check', check), headers: json }],
    ['a wrong credential', 401, post('/v1/check', check, bearer('sg_test_unknown'))],
    ['a state without a credential', 401, { method: 'GET', path: '/v1/state', headers: {} }],
    ['a state without its user', 422, { method: 'GET', path: '/v1/state', headers: bearer(secretKey) }],
    ['a body that is not JSON', 400, post('/v1/check', '{"feature":')],
    ['bytes that are not UTF-8', 404, post('/v1/check', Buffer.from('{"account":"acme","feature":"\xff"}', 'latin1'))],
    ['a content type that is not JSON', 415, post('/v1/check', check, { 'content-type': 'text/plain' })],
    ['no content type', 415, { ...post('/v1/check', check), headers: bearer(secretKey) }],
    ['a body that does not fit', 422, post('/v1/check', { ...check, more: 1 })],
    ['events of which none is good', 422, post('/v1/events', { events: [{ id: 1 }, { ...event, account: 'nobody' }] })],
  ])('%s (%i)', async (_, status, sent) => {
    expect(await both(sent)).toMatchObject({ status, taken: true })
  })

  it('a state that the caller has already', async () => {
    const state: Sent = { method: 'GET', path: '/v1/state', headers: bearer(token) }
    const { etag } = (await both(state)).headers
    const again = await both({ ...state, headers: { ...state.headers, 'if-none-match': String(etag) } })
    expect(again).toMatchObject({ status: 304, body: '', taken: true })
  })

  it('anything, good or bad', async () => {
    const part = <T>(good: T, ...others: T[]) =>
      fc.oneof({ weight: 3, arbitrary: fc.constant(good) }, fc.constantFrom(...others))
    const sent = fc
      .record({
        path: fc.constantFrom('/v1/check', '/v1/consume', '/v1/events', '/v1/state'),
        method: part('POST', 'GET', 'PUT'),
        authorization: part(`Bearer ${secretKey}`, `Bearer ${token}`, `bearer ${token}`, 'Bearer ', ''),
        type: part('application/json', 'application/cloudevents+json', 'text/plain', 'APPLICATION/JSON'),
        body: fc.oneof(
          fc
            .constantFrom(check, { id: 'c', ...check }, { events: [event] }, { events: [] })
            .map((body) => JSON.stringify(body)),
          fc.json(),
          fc.string(),
        ),
      })
      .map(
        ({ path, method, authorization, type, body }): Sent => ({
          path,
          method,
          headers: { authorization, 'content-type': type },
          ...(method !== 'GET' && { body }),
        }),
      )
    await fc.assert(
      fc.asyncProperty(sent, async (any) => {
        await both(any)
      }),
      { numRuns: 200 },
    )
  })
})

describe('Node passes on to Hono, which answers as ever,', () => {
  const large = JSON.stringify({ ...check, feature: 'x'.repeat(5_000) })
  it.each<[string, number, Sent]>([
    ['a query', 200, { method: 'GET', path: '/v1/state?account=acme&user=priya', headers: bearer(secretKey) }],
    ['another method', 405, { method: 'GET', path: '/v1/check', headers: {} }],
    ['a body of unknown length', 200, post('/v1/check', check, { 'transfer-encoding': 'chunked' })],
    ['an empty body', 400, post('/v1/check', '')],
    ['a body that is too large', 413, post('/v1/check', large)],
    [
      'a header that comes twice',
      401,
      post('/v1/check', check, { Authorization: [`Bearer ${secretKey}`, 'Bearer x'] }),
    ],
    ['a route that is not hot', 200, { method: 'GET', path: '/healthz', headers: {} }],
  ])('%s (%i)', async (_, status, sent) => {
    const call = sent.headers['transfer-encoding']
      ? { ...sent, headers: { ...sent.headers, 'content-length': [] } }
      : sent
    expect(await both(call)).toMatchObject({ status, taken: false })
  })

  it('a body that comes in pieces', async () => {
    // Of a feature that so many are little of: what somebody passes is told with an id of chance, in every state from then on.
    const events = Array.from({ length: 1_000 }, (_, n) => ({ ...event, id: `large-${n}`, feature: 'api_calls' }))
    const answer = await both(post('/v1/events', { events }))
    expect(answer).toMatchObject({ status: 200, taken: false })
    expect(JSON.parse(answer.body)).toEqual({ accepted: 1_000, duplicates: 0, rejected: [] })
  })
})
