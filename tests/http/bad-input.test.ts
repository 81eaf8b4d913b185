import type { Problem } from '@softgate/sdk/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { secretKey } from '../support/harness.ts'
import { openTown, type Sample, type Town } from './routes.ts'

const codes = /^[a-z_]+$/

/** Sends a request with the strongest credential there is, so that only its shape can be the reason for a refusal. */
async function send(town: Town, key: string, path: string, body: string | undefined, type = 'application/json') {
  const [method = ''] = key.split(' ')
  const acting = town.softgate.services.routes.find((route) => route.key === key)?.access === 'user'
  const response = await town.softgate.app.request(`/v1${path}${acting ? '?account=acme&user=priya' : ''}`, {
    method,
    headers: { authorization: `Bearer ${secretKey}`, 'content-type': type },
    ...(body !== undefined && { body }),
  })
  return { status: response.status, problem: (await response.json()) as Problem }
}

/** Everything a bad request could have changed. */
async function picture({ host, as, sandbox }: Town): Promise<string> {
  const [account, user, state, requests] = await Promise.all([
    host.ok('GET', '/accounts/acme'),
    host.ok('GET', '/accounts/acme/users/priya'),
    as('acme', 'priya').ok<Record<string, unknown>>('GET', '/state'),
    as('acme', 'priya').ok('GET', '/requests'),
  ])
  return JSON.stringify([account, user, state, requests, sandbox.control.journal().length])
}

const nested = `${'['.repeat(10_000)}${']'.repeat(10_000)}`
const withBody = (town: Town) =>
  Object.entries(town.samples).filter(
    (entry): entry is [string, Sample & { body: Record<string, unknown> }] => entry[1].body !== undefined,
  )

test('what is not JSON, not an object, too large or of the wrong type is refused on every route, and nothing changes', async () => {
  const town = await openTown()
  const before = await picture(town)
  for (const [key, { path, body }] of withBody(town)) {
    if (key.endsWith('/webhooks/stripe')) continue
    const cases: [name: string, text: string, status: number[], type?: string][] = [
      ['malformed', '{"a":', [400]],
      ['empty', '', [400]],
      ['a list', '[]', [422]],
      ['a word', '"x"', [422]],
      ['null', 'null', [422]],
      ['20 kB of nested lists', nested, [413, 422]],
      ['nested lists inside', JSON.stringify(body).replace(/}$/, `,"deep":${nested}}`), [413, 422]],
      ['an unknown field', JSON.stringify({ ...body, surprise: 1 }), [422]],
      ['__proto__', JSON.stringify(body).replace('{', '{"__proto__":{"allowed":true},'), [422]],
      ['2 MB', JSON.stringify({ pad: 'x'.repeat(2_000_000) }), [413]],
      ['a form', 'a=b', [415], 'application/x-www-form-urlencoded'],
      ['text', JSON.stringify(body), [415], 'text/plain'],
    ]
    for (const [name, text, statuses, type] of cases) {
      const { status, problem } = await send(town, key, path, text, type)
      expect({ key, name, status, code: problem.code }).toEqual({
        key,
        name,
        status: expect.toBeOneOf(statuses),
        code: expect.stringMatching(codes),
      })
    }
  }
  expect(await picture(town)).toBe(before)
  expect(Object.hasOwn(Object.prototype, 'allowed')).toBe(false)
})

const numbers = [
  '-1',
  '0',
  '0.5',
  '1.0000001',
  '1e999',
  '-1e999',
  '9007199254740993',
  '1e300',
  '"1"',
  '[1]',
  '{}',
  'true',
  'null',
  'NaN',
]

test('quantities that are negative, broken, huge or no numbers are refused wherever there is a quantity', async () => {
  const town = await openTown()
  const before = await picture(town)
  let tried = 0
  for (const [key, { path, body }] of withBody(town)) {
    const text = JSON.stringify(body)
    for (const field of ['quantity', 'value', 'expiresIn', 'forSeconds', 'healthScore'])
      for (const number of numbers) {
        // Nothing for a time takes back what was put off.
        if (field === 'forSeconds' && number === '0') continue
        if (field === 'healthScore' && ['0', '0.5', '1.0000001', 'null'].includes(number)) continue
        const spoilt = text.replace(new RegExp(`"${field}":[^,}]+`), `"${field}":${number}`)
        if (!text.includes(`"${field}":`)) continue
        tried++
        const { status, problem } = await send(town, key, path, spoilt)
        expect({ key, field, number, status, code: problem.code }).toEqual({
          key,
          field,
          number,
          status: expect.toBeOneOf([400, 422]),
          code: expect.stringMatching(codes),
        })
      }
  }
  expect(tried).toBeGreaterThan(80)
  expect(await picture(town)).toBe(before)
})

test('every field of every body refuses every wrong type', async () => {
  const town = await openTown()
  const before = await picture(town)
  for (const [key, { path, body }] of withBody(town)) {
    if (key.endsWith('/webhooks/stripe')) continue
    for (const field of Object.keys(body))
      for (const wrong of [{}, [[]], true, { type: 'img', props: {} }, -1.5]) {
        // An empty set of facts is one.
        if (field === 'facts' && JSON.stringify(wrong) === '{}') continue
        if (typeof wrong === 'boolean' && typeof Reflect.get(body, field) === 'boolean') continue
        const { status } = await send(town, key, path, JSON.stringify({ ...body, [field]: wrong }))
        expect({ key, field, wrong, status }).toEqual({ key, field, wrong, status: expect.toBeOneOf([400, 422]) })
      }
  }
  expect(await picture(town)).toBe(before)
})

test('any JSON at all gets an answer that is no failure', async () => {
  const town = await openTown()
  const routes = withBody(town)
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...routes), fc.json(), async ([key, { path }], text) => {
      // Nothing to merge is a valid PUT, and the portal has a first page.
      fc.pre(!((key.startsWith('PUT') || key.endsWith('/portal')) && text === '{}'))
      const { status, problem } = await send(town, key, path, text)
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
      expect(problem.code).toMatch(codes)
    }),
    { numRuns: 400 },
  )
  expect(town.failures.filter((line) => !line.includes('JSON'))).toEqual([])
})

test('names in the path that are none are refused, unknown ones are 404 with their own code', async () => {
  const town = await openTown()
  const priya = town.as('acme', 'priya')
  const spaced = await town.host('GET', '/accounts/a%20b')
  expect(spaced.status).toBe(422)
  expect((await town.host('GET', `/accounts/${'x'.repeat(129)}`)).status).toBe(422)
  const unknown: [() => Promise<Problem>, string][] = [
    [() => town.host.refused('GET', '/accounts/nobody'), 'account_unknown'],
    [() => town.host.refused('GET', '/accounts/acme/users/nobody'), 'user_unknown'],
    [() => town.host.refused('PUT', '/accounts/nobody/users/a', {}), 'account_unknown'],
    [() => town.host.refused('POST', '/check', { account: 'nobody', feature: 'seats' }), 'account_unknown'],
    [() => town.host.refused('POST', '/check', { account: 'acme', feature: 'nothing' }), 'feature_unknown'],
    [() => town.host.refused('POST', '/check', { account: 'acme', feature: '__proto__' }), 'feature_unknown'],
    [
      () => town.host.refused('POST', '/consume', { id: 'x', account: 'acme', feature: 'constructor' }),
      'feature_unknown',
    ],
    [() => priya.refused('POST', '/gates', { feature: 'toString' }), 'feature_unknown'],
    [() => priya.refused('POST', '/requests', { feature: 'hasOwnProperty' }), 'feature_unknown'],
    [() => priya.refused('POST', '/quotes', { offer: 'off_made_up' }), 'offer_unknown'],
    [() => priya.refused('POST', '/upgrades', { quote: 'qt_made_up' }), 'quote_unknown'],
    [() => priya.refused('GET', '/upgrades/upg_made_up'), 'upgrade_unknown'],
    [() => priya.refused('POST', '/upgrades/upg_made_up/card', {}), 'upgrade_unknown'],
    [() => priya.refused('POST', '/requests/req_made_up', { answer: 'decline' }), 'request_unknown'],
    [() => priya.refused('POST', '/prompts/del_made_up/outcome', { outcome: 'shown' }), 'delivery_unknown'],
    [() => town.host.refused('PUT', '/accounts/new', { plan: 'platinum' }), 'plan_unknown'],
    [() => town.host.refused('PUT', '/accounts/acme', { plan: 'free' }), 'plan_managed_by_subscription'],
    [() => town.host.refused('GET', '/nothing/here'), 'route_unknown'],
    [() => town.host.refused('PATCH', '/accounts/acme'), 'method_not_allowed'],
  ]
  for (const [call, code] of unknown) expect((await call()).code).toBe(code)
})

test('a path answers a method that it does not know by those that it knows', async () => {
  const { host, samples } = await openTown()
  const allowed = async (method: string, path: string): Promise<[number, string | null]> => {
    const { status, headers } = await host(method, path)
    return [status, headers.get('allow')]
  }
  for (const { path } of Object.values(samples)) expect((await allowed('PATCH', path))[0]).toBe(405)
  expect(await allowed('GET', '/check')).toEqual([405, 'POST'])
  expect(await allowed('DELETE', '/state?account=acme')).toEqual([405, 'GET, HEAD'])
  expect(await allowed('PATCH', '/accounts/acme/overrides/seats')).toEqual([405, 'PUT, GET, HEAD, DELETE'])
  expect(await allowed('PATCH', '/nothing/here')).toEqual([404, null])
})

test('a fault in the path or in the name of who acts is told by its place', async () => {
  const town = await openTown()
  const inPath = await town.host.refused('PUT', '/accounts/%00', { name: 'Null' })
  expect(inPath).toMatchObject({ code: 'invalid_request', errors: [{ path: 'account' }] })
  const inQuery = await town.host.refused('GET', '/invoices?account=acme&user=%0A')
  expect(inQuery).toMatchObject({ code: 'invalid_request', errors: [{ path: 'user' }] })
})

test('an offer outside its range, and the offer of another account, cannot be quoted', async () => {
  const town = await openTown()
  const { body } = town.samples['POST /v1/quotes'] as Sample & { body: { offer: string } }
  const priya = town.as('acme', 'priya')
  for (const quantity of [995, 1_000_000])
    expect((await priya.refused('POST', '/quotes', { ...body, quantity })).code).toBe('invalid_request')
  expect((await town.as('birch', 'priya').refused('POST', '/quotes', body)).code).toBe('offer_unknown')
  const switching = (await priya.ok<{ offers: { id: string; kind: string }[] }>('GET', '/state')).offers.find(
    (offer) => offer.kind === 'switch',
  )
  const switched = { offer: switching?.id }
  expect((await priya.refused('POST', '/quotes', { ...switched, quantity: 1_001 })).code).toBe('invalid_request')
  expect((await priya.refused('POST', '/quotes', { ...switched, quantity: 3 })).code).toBe('below_use')
})

test('a webhook without, with another or with an old or early signature is refused and leaves nothing', async () => {
  const town = await openTown()
  const { createHmac } = await import('node:crypto')
  const raw = JSON.stringify({
    id: 'evt_x',
    object: 'event',
    type: 'invoice.paid',
    livemode: false,
    data: { object: {} },
  })
  const at = Math.floor(town.clock.now() / 1_000)
  const signature = (time: number, secret: string) =>
    `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${raw}`).digest('hex')}`
  const post = async (header?: string) =>
    (
      await town.softgate.app.request('/v1/webhooks/stripe', {
        method: 'POST',
        body: raw,
        headers: header === undefined ? {} : { 'stripe-signature': header },
      })
    ).status
  const found = [await post(), await post(''), await post('t=1'), await post(signature(at, 'whsec_another'))]
  expect(found).toEqual([400, 400, 400, 400])
})

test('the reply to a refused call never tells what is inside', async () => {
  const town = await openTown()
  const api = createApi((url, init) => town.softgate.app.request(url, init), '/v1', secretKey)
  const { body, headers } = await api<Problem>('POST', '/check', { account: 'acme' })
  expect(headers.get('content-type')).toBe('application/problem+json')
  expect(Object.keys(body).sort()).toEqual(['code', 'detail', 'errors', 'status', 'title', 'type'])
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts|at \w+ \(/)
})
