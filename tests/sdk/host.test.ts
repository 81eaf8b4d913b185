import { createHost, SoftgateError } from '@softgate/sdk/host'
import { expect, test } from 'vitest'
import { openHarness, secretKey, subscribe } from '../support/harness.ts'

type Fetch = typeof globalThis.fetch

/** The host client against the real server in process; `before` may spoil a call on its way. */
async function openHost(spoil: (url: string, count: number) => Response | Error | null = () => null) {
  const harness = await openHarness()
  await subscribe(harness)
  const calls: { url: string; body: string }[] = []
  const fetch: Fetch = async (input, init) => {
    const url = String(input)
    calls.push({ url, body: String(init?.body ?? '') })
    const spoilt = spoil(url, calls.length)
    if (spoilt instanceof Error) throw spoilt
    return spoilt ?? harness.softgate.app.request(url, init)
  }
  const host = createHost({ url: 'http://softgate.test/', secretKey, fetch, now: harness.clock.now })
  return { harness, host, calls }
}

test('one call makes account and user known and gives the browser its token', async () => {
  const { harness, host } = await openHost()
  const { token, expiresAt } = await host.session({
    account: { id: 'dune', name: 'Dune', timeZone: 'Europe/Berlin' },
    user: { id: 'ida', role: 'owner', email: 'ida@dune.example' },
    may: ['purchase'],
  })
  const response = await harness.softgate.app.request('/v1/state', { headers: { authorization: `Bearer ${token}` } })
  expect(await response.json()).toMatchObject({
    account: { id: 'dune', plan: { key: 'free' } },
    user: { id: 'ida', may: ['purchase'] },
  })
  expect(Date.parse(expiresAt) - harness.clock.now()).toBe(900_000)
})

test('a token is minted without a call, lives at most 15 minutes, and permits nothing it was not told to', async () => {
  const { harness, host, calls } = await openHost()
  const { token } = host.mintToken({ account: 'acme', user: 'priya', expiresIn: 60 })
  expect(calls).toEqual([])
  const response = await harness.softgate.app.request('/v1/state', { headers: { authorization: `Bearer ${token}` } })
  expect(await response.json()).toMatchObject({ user: { may: [] } })
  for (const expiresIn of [0, 901, 1.5])
    expect(() => host.mintToken({ account: 'acme', user: 'priya', expiresIn })).toThrow(RangeError)
})

test('what is reserved is held until it is committed in part or released, and the rest is free again', async () => {
  const { host } = await openHost()
  const exports = { account: 'acme', feature: 'exports' }
  const { limit } = await host.check(exports)
  if (limit === null) throw new Error('exports have no limit')
  const held = await host.reserve({ ...exports, quantity: limit, expiresIn: 60 })
  expect(held).toMatchObject({ decision: { allowed: true, held: limit } })
  expect(await host.reserve(exports)).toMatchObject({ expiresAt: null, decision: { allowed: false, held: limit } })
  expect(await held.commit(3)).toMatchObject({ used: 3, remaining: limit - 3 })
  const again = await host.reserve({ ...exports, quantity: 2 })
  expect(await again.release()).toBe(2)
  expect(await again.release()).toBe(0)
  const elsewhere = await host.reserve({ ...exports, quantity: 4 })
  expect(await host.send('POST /v1/commit', { body: { id: elsewhere.id, account: 'acme' } })).toMatchObject({ used: 7 })
})

test('a reservation that got lost on its way is made once', async () => {
  const { host, calls } = await openHost((url, count) =>
    url.endsWith('/v1/reserve') && count === 1 ? new Error('reset') : null,
  )
  const held = await host.reserve({ account: 'acme', feature: 'exports', quantity: 2 })
  expect(held.decision).toMatchObject({ held: 2 })
  const [first, second] = calls
  expect(second).toEqual(first)
})

test('any route is called by its key, with what stands in its path and query', async () => {
  const { host } = await openHost()
  const body = { grant: 'unlimited', reason: 'a pilot', author: 'sam@softgate.example' } as const
  const params = { account: 'acme', feature: 'exports' }
  await host.send('PUT /v1/accounts/{account}/overrides/{feature}', { params, body })
  expect(await host.check({ account: 'acme', feature: 'exports' })).toMatchObject({ reason: 'unlimited' })
  const erased = host.send('DELETE /v1/accounts/{account}', { params: { account: 'acme' } })
  await expect(erased).rejects.toBeInstanceOf(SoftgateError)
  await host.send('DELETE /v1/accounts/{account}', { params: { account: 'acme' }, query: { subscription: 'leave' } })
  await expect(host.send('GET /v1/accounts/{account}', { params: { account: 'acme' } })).rejects.toMatchObject({
    code: 'account_unknown',
  })
})

test('check, consume and track do what the wire says', async () => {
  const { host } = await openHost()
  expect(await host.check({ account: 'acme', feature: 'seats' })).toMatchObject({ state: 'blocked', source: 'live' })
  expect(await host.consume({ account: 'acme', feature: 'exports', quantity: 2 })).toMatchObject({
    allowed: true,
    used: 2,
  })
  expect(await host.track({ account: 'acme', name: 'run', feature: 'automations', value: 3 })).toEqual({
    kept: 'backend',
    rejected: [],
  })
})

test('an id and a time that are undefined are made, and what is no event is rejected, never thrown', async () => {
  const { host } = await openHost()
  const ran = { account: 'acme', name: 'run', feature: 'automations', id: undefined, time: undefined }
  const { kept, rejected } = await host.track(ran as never, null as never, 5 as never, undefined as never)
  expect(kept).toBe('backend')
  expect(rejected).toMatchObject([1, 2, 3].map((index) => ({ index, code: 'invalid_event' })))
})

test('a lost reply is asked for again with the same id, and counts once', async () => {
  let lost = 0
  const opened = await openHost((url) =>
    url.endsWith('/consume') && lost++ < 1 ? new Error('connection reset') : null,
  )
  const { host, calls } = opened
  // The first call is lost on its way; to lose its reply instead, the server hears it once before.
  const body = { account: 'acme', feature: 'exports', id: 'e-1' }
  await opened.harness.host.ok('POST', '/consume', body)
  expect(await host.consume(body)).toMatchObject({ allowed: true, used: 1 })
  const [first, second] = calls.filter((call) => call.url.endsWith('/consume'))
  expect(first?.body).toBe(second?.body)
})

test('check never throws: without a backend it says what it was told to say, and that it is a default', async () => {
  const broken: Fetch = async () => {
    throw new Error('connection refused')
  }
  const host = (fail: 'open' | 'closed') =>
    createHost({ url: 'http://softgate.test', secretKey, fetch: broken, fail, retries: 0 })
  expect(await host('open').check({ account: 'acme', feature: 'seats' })).toMatchObject({
    allowed: true,
    source: 'default',
  })
  expect(await host('closed').check({ account: 'acme', feature: 'seats' })).toMatchObject({
    allowed: false,
    source: 'default',
  })
})

test('a refusal is not tried again and tells its code; a backend that is away is told as unreachable', async () => {
  const { host, calls } = await openHost()
  const refusal = await host.consume({ account: 'acme', feature: 'nothing' }).catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(SoftgateError)
  expect(refusal).toMatchObject({ code: 'feature_unknown', status: 404 })
  expect(calls).toHaveLength(1)
  const away = createHost({
    url: 'http://softgate.test',
    secretKey,
    fetch: async () => Promise.reject(new Error('refused')),
    retries: 0,
  })
  expect(
    await away.session({ account: { id: 'acme' }, user: { id: 'x' } }).catch((error: unknown) => error),
  ).toMatchObject({
    code: 'unreachable',
    status: null,
  })
})

test('what is no secret key is refused before it is used', () => {
  expect(() => createHost({ url: 'http://softgate.test', secretKey: 'sk_live_of_someone_else' })).toThrow(
    'Softgate secret key',
  )
})
