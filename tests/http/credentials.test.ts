import { createHmac } from 'node:crypto'
import { mintToken, signatureOf, tokenKeyOf } from '@softgate/sdk/host'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { hour, minute, secretKey } from '../support/harness.ts'
import { openTown } from './routes.ts'

type Credential =
  | 'none'
  | 'unknown key'
  | 'admin'
  | 'member'
  | 'without purchase'
  | 'other account'
  | 'expired'
  | 'secret'

const open = 200
const byCredential = (row: Partial<Record<Credential, number>>): Record<Credential, number> => ({
  none: 401,
  'unknown key': 401,
  expired: 401,
  admin: open,
  member: open,
  'without purchase': open,
  'other account': open,
  secret: open,
  ...row,
})

const forHosts = byCredential({ admin: 403, member: 403, 'without purchase': 403, 'other account': 403 })
const forBuyers = (other: number) => byCredential({ member: 403, 'without purchase': 403, 'other account': other })

/** What each credential gets from each route, for a valid request about acme. A route that is missing here fails the test. */
const matrix: Record<string, Record<Credential, number>> = {
  'POST /v1/check': byCredential({ 'other account': 403 }),
  'POST /v1/consume': forHosts,
  'POST /v1/reserve': forHosts,
  'POST /v1/commit': forHosts,
  'POST /v1/release': forHosts,
  'POST /v1/events': byCredential({ 'other account': 422 }), // its only event is refused as foreign
  'GET /v1/state': byCredential({}), // speaks of the token's own account
  'GET /v1/stream': byCredential({}),
  'POST /v1/tokens': forHosts,
  'PUT /v1/accounts/{account}': forHosts,
  'GET /v1/accounts/{account}': forHosts,
  'DELETE /v1/accounts/{account}': { ...forHosts, secret: 409 }, // its subscription goes on
  'PUT /v1/accounts/{account}/users/{user}': forHosts,
  'GET /v1/accounts/{account}/users/{user}': forHosts,
  'PUT /v1/accounts/{account}/overrides/{feature}': forHosts,
  'GET /v1/accounts/{account}/overrides/{feature}': forHosts,
  'DELETE /v1/accounts/{account}/overrides/{feature}': forHosts,
  'POST /v1/gates': byCredential({}),
  // The delivery answers the admin's own attempt: nobody else's business, in the account or outside.
  'POST /v1/prompts/{delivery}/outcome': byCredential({ member: 404, 'other account': 404 }),
  'POST /v1/quotes': forBuyers(404),
  'POST /v1/upgrades': forBuyers(404),
  'GET /v1/upgrades/{id}': forBuyers(404),
  'DELETE /v1/upgrades/{id}': { ...forBuyers(404), admin: 409, secret: 409 }, // paid long ago
  'POST /v1/upgrades/{id}/card': { ...forBuyers(404), admin: 409, secret: 409 }, // likewise
  'GET /v1/usage': byCredential({}),
  'GET /v1/plans': byCredential({}),
  'GET /v1/subscription': byCredential({ member: 403, 'without purchase': 403 }),
  'GET /v1/estimate': byCredential({ member: 403, 'without purchase': 403 }),
  'GET /v1/invoices': byCredential({ member: 403, 'without purchase': 403 }),
  'POST /v1/portal': byCredential({ member: 403, 'without purchase': 403 }),
  'POST /v1/requests': byCredential({}),
  'GET /v1/requests': byCredential({}),
  'POST /v1/requests/{id}': forBuyers(404),
  // Sam's own: nobody else can take it back.
  'DELETE /v1/requests/{id}': byCredential({ admin: 404, 'without purchase': 404, secret: 404, 'other account': 404 }),
  'POST /v1/admin/import': forHosts,
  'POST /v1/admin/doctor': forHosts,
  'POST /v1/admin/reprice': forHosts,
  'GET /v1/admin/requests': forHosts,
  'POST /v1/admin/results': forHosts,
  'POST /v1/webhooks/stripe': {
    none: 400,
    'unknown key': 400,
    admin: 400,
    member: 400,
    'without purchase': 400,
    'other account': 400,
    expired: 400,
    secret: 400, // only a signature of Stripe's opens it
  },
}

const credentials = Object.keys(byCredential({})) as Credential[]

for (const credential of credentials)
  test(`what a caller with the credential "${credential}" gets from every route`, async () => {
    const town = await openTown()
    const now = town.clock.now()
    const expired = mintToken({ secretKey, account: 'acme', user: 'priya', may: ['purchase'], now: now - hour }).token
    const sent: Record<Credential, string | null> = {
      none: null,
      'unknown key': 'sg_test_zzzzzzzzzzzzzzzzzzzzzzzz',
      admin: town.token('acme', 'priya'),
      member: town.token('acme', 'sam'),
      'without purchase': town.token('acme', 'priya', []),
      'other account': town.token('birch', 'priya'),
      expired,
      secret: secretKey,
    }
    expect(Object.keys(matrix).sort()).toEqual(Object.keys(town.samples).sort())
    const api = createApi((url, init) => town.softgate.app.request(url, init), '/v1', sent[credential])
    const acting = new Set(
      town.softgate.services.routes.filter((route) => route.access === 'user').map((route) => route.key),
    )
    const found: Record<string, number> = {}
    for (const [key, { path, body }] of Object.entries(town.samples)) {
      const [method = ''] = key.split(' ')
      const named =
        credential === 'secret' && (acting.has(key) || key.endsWith('/stream'))
          ? `${path}${path.includes('?') ? '&' : '?'}account=acme&user=priya`
          : path
      if (key.endsWith('/stream')) {
        const response = await town.softgate.app.request(`/v1${named}`, {
          headers: sent[credential] ? { authorization: `Bearer ${sent[credential]}` } : {},
        })
        await response.body?.cancel()
        found[key] = response.status
      } else found[key] = (await api(method, named, body)).status
    }
    const wanted = Object.fromEntries(Object.keys(town.samples).map((key) => [key, matrix[key]?.[credential]]))
    expect(found).toEqual(wanted)
  })

test('a token speaks for its own account and user only, whatever the query says', async () => {
  const town = await openTown()
  const api = town.as('acme', 'sam')
  for (const query of ['account=birch', 'user=priya', 'account=birch&user=priya'])
    expect((await api.refused('GET', `/state?${query}`)).code).toBe('foreign_account')
})

test('a role taken away ends the right to buy at once, though the token still says purchase', async () => {
  const town = await openTown()
  await town.host.ok('PUT', '/accounts/acme/users/priya', { role: 'member' })
  const { path, body } = town.samples['POST /v1/quotes'] ?? { path: '' }
  expect((await town.as('acme', 'priya').refused('POST', path, body)).code).toBe('purchase_not_allowed')
})

test('a cap bounds what a token may spend', async () => {
  const town = await openTown()
  const spending = (amount: number) => {
    const { token } = mintToken({
      secretKey,
      account: 'acme',
      user: 'priya',
      may: ['purchase'],
      cap: { amount, currency: 'usd' },
      now: town.clock.now(),
    })
    return createApi((url, init) => town.softgate.app.request(url, init), '/v1', token)
  }
  const { path, body } = town.samples['POST /v1/quotes'] ?? { path: '' }
  const quote = await town.as('acme', 'priya').ok<{ id: string; dueNow: { amount: number } }>('POST', path, body)
  expect((await spending(quote.dueNow.amount - 1).refused('POST', path, body)).code).toBe('purchase_cap_exceeded')
  expect((await spending(quote.dueNow.amount - 1).refused('POST', '/upgrades', { quote: quote.id })).code).toBe(
    'purchase_cap_exceeded',
  )
  expect(await spending(quote.dueNow.amount).ok('POST', '/upgrades', { quote: quote.id })).toMatchObject({
    status: 'applied',
  })
})

test('no forged token is accepted: other algorithms, other keys, odd headers, other lives, any change of a letter', async () => {
  const town = await openTown()
  const { app } = town.softgate
  const now = Math.floor(town.clock.now() / 1_000)
  const claims = { aud: 'softgate', sub: 'priya', account: 'acme', may: ['purchase'], iat: now, exp: now + 900 }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const key = tokenKeyOf(secretKey)
  const sign = (header: object, body: object, under = key) => {
    const signed = `${part(header)}.${part(body)}`
    return `${signed}.${createHmac('sha256', under).update(signed).digest('base64url')}`
  }
  const hs = { alg: 'HS256', typ: 'JWT' }
  const good = `${part(hs)}.${part(claims)}`
  const valid = `${good}.${signatureOf(good, key)}`
  const status = async (credential: string, scheme = 'Bearer ') =>
    (await app.request('/v1/state', { headers: { authorization: scheme + credential } })).status
  expect(await status(valid)).toBe(200)

  const forged = [
    `${part({ alg: 'none' })}.${part(claims)}.`,
    `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.${signatureOf(good, key)}`,
    sign({ alg: 'HS512', typ: 'JWT' }, claims),
    sign({ ...hs, kid: '../../etc/passwd' }, claims),
    sign({ ...hs, jku: 'http://127.0.0.1/keys' }, claims),
    sign({ ...hs, crit: ['exp'] }, claims),
    sign(hs, claims, Buffer.from(secretKey)),
    sign(hs, claims, Buffer.alloc(32)),
    sign(hs, { ...claims, aud: 'another' }),
    sign(hs, { ...claims, exp: now + 86_400 }),
    sign(hs, { ...claims, iat: now + 600, exp: now + 1_000 }),
    sign(hs, { ...claims, exp: now - 1 }),
    sign(hs, { ...claims, sub: 7 }),
    sign(hs, { ...claims, may: 'purchase' }),
    sign(hs, [] as unknown as object),
    `${valid}.x`,
    valid.slice(0, -1),
    'x',
    '..',
    '',
  ]
  for (const token of forged) expect([token, await status(token)]).toEqual([token, 401])
  for (const scheme of ['Basic ', 'bearer', '', 'Bearer  '])
    expect([scheme, await status(valid, scheme)]).toEqual([scheme, 401])

  await fc.assert(
    fc.asyncProperty(fc.nat(valid.length - 1), fc.constantFrom(...'ABCDEFabcdef0189-_.='), async (at, letter) => {
      fc.pre(valid[at] !== letter)
      expect(await status(valid.slice(0, at) + letter + valid.slice(at + 1))).toBe(401)
    }),
    { numRuns: 500 },
  )
})

test('a token that was accepted is refused from the instant of its expiry', async () => {
  const town = await openTown()
  const { app } = town.softgate
  const { token } = mintToken({ secretKey, account: 'acme', user: 'priya', expiresIn: 60, now: town.clock.now() })
  const status = async () => (await app.request('/v1/state', { headers: { authorization: `Bearer ${token}` } })).status
  expect(await status()).toBe(200)
  await town.clock.advance(minute - 1)
  expect(await status()).toBe(200)
  await town.clock.advance(1)
  expect(await status()).toBe(401)
})

test('a secret key of any length but the right one is refused, never a failure', async () => {
  const town = await openTown()
  for (const length of [0, 1, 7, 8, 31, 32, 33, 64, 1_000, 4_096]) {
    const credential = `sg_test_${'x'.repeat(length)}`
    const response = await town.softgate.app.request('/v1/accounts/acme', {
      headers: { authorization: `Bearer ${credential}` },
    })
    expect(response.status).toBe(401)
  }
})
