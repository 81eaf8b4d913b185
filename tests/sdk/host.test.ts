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
