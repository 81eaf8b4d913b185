import type { Decision, Problem, Quote, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { createApi } from '../support/api.ts'
import { day, openHarness, secretKey, subscribe } from '../support/harness.ts'
import { listenTo } from '../support/stream.ts'

test('PUT merges an account, null clears, and a second PUT of the same changes nothing', async () => {
  const { host } = await openHarness()
  await host.ok('PUT', '/accounts/dune', {
    name: 'Dune',
    segment: 'smb',
    facts: { nps: 9, tickets: 'stable' },
    onboardedAt: '2027-01-01T00:00:00Z',
  })
  const merged = await host.ok('PUT', '/accounts/dune', { segment: null, facts: { nps: 10, tickets: null } })
  expect(merged).toMatchObject({
    name: 'Dune',
    segment: null,
    facts: { nps: 10 },
    onboardedAt: '2027-01-01T00:00:00.000Z',
    plan: 'free',
  })
  expect(await host.ok('PUT', '/accounts/dune', { segment: null, facts: { nps: 10, tickets: null } })).toEqual(merged)
  expect(await host.ok('GET', '/accounts/dune')).toEqual(merged)
})

test('one Stripe customer pays for one account', async () => {
  const harness = await openHarness()
  const { customer } = await subscribe(harness)
  const problem = await harness.host.refused('PUT', '/accounts/dune', { stripeCustomerId: customer })
  expect(problem).toMatchObject({ code: 'customer_taken', status: 409 })
})

test('the state has a tag: unchanged it is 304, changed it is new', async () => {
  const harness = await openHarness()
  await subscribe(harness, { taken: 2 }) // nothing that a prompt follows from, at whatever time
  const priya = harness.as('acme', 'priya')
  const first = await priya<State>('GET', '/state')
  const etag = first.headers.get('etag') ?? ''
  expect((await priya('GET', '/state', undefined, { 'if-none-match': etag })).status).toBe(304)
  await harness.host.ok('POST', '/consume', { id: 'one', account: 'acme', feature: 'exports' })
  const after = await priya<State>('GET', '/state', undefined, { 'if-none-match': etag })
  expect(after.status).toBe(200)
  expect(after.body.features.exports).toMatchObject({ used: 1 })
})

test('the state of a buyer shows offers and prices, the state of a member does not', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const admin = await harness.as('acme', 'priya').ok<State>('GET', '/state')
  const member = await harness.as('acme', 'sam').ok<State>('GET', '/state')
  expect(admin.offers.map(({ kind, title, interval }) => `${kind} ${title} ${interval}`)).toEqual([
    'add Seats month',
    'switch Professional month',
    'switch Business month',
    'switch Starter year',
    'switch Professional year',
    'switch Business year',
    'remove Seats month',
    'add Forecasts month',
    'cancel Starter month',
  ])
  expect([member.offers, member.user.may]).toEqual([[], []])
  expect(JSON.stringify(admin)).not.toContain('price_')
})

test('facts about an account never reach its browsers', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  await harness.host.ok('PUT', '/accounts/acme', {
    contractValue: 7_654_321,
    healthScore: 87,
    facts: { note: 'will-churn-soon' },
  })
  const state = JSON.stringify(await harness.as('acme', 'priya').ok('GET', '/state'))
  for (const secret of ['7654321', 'healthScore', 'will-churn-soon', 'cus_']) expect(state).not.toContain(secret)
})

test('an Idempotency-Key replays the first reply, refuses another request, and is no business of another caller', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const priya = harness.as('acme', 'priya')
  const key = { 'idempotency-key': 'k-1' }
  const ask = (note: string) => ({ feature: 'sso', note })
  const first = await priya('POST', '/requests', ask('one'), key)
  const again = await priya('POST', '/requests', ask('one'), key)
  expect(again.body).toEqual(first.body)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  const other = await priya<Problem>('POST', '/requests', ask('two'), key)
  expect([other.status, other.body.code]).toEqual([422, 'idempotency_key_reused'])
  const sam = await harness.as('acme', 'sam')<{ user: string }>('POST', '/requests', ask('mine'), key)
  expect(sam.body.user).toBe('sam')
  const long = await priya<Problem>('POST', '/requests', ask('one'), { 'idempotency-key': 'x'.repeat(256) })
  expect(long.body.code).toBe('invalid_request')
})

test('a failure under an Idempotency-Key may be tried again under it', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const priya = harness.as('acme', 'priya')
  const key = { 'idempotency-key': 'k-2' }
  expect((await priya('POST', '/requests', { feature: 'nothing' }, key)).status).toBe(404)
  expect((await priya('POST', '/requests', { feature: 'sso' }, key)).status).toBe(200)
})

test('the stream begins with the whole state, tells each change once, and tells no other account', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  await subscribe(harness, { id: 'birch' })
  const open = (account: string) =>
    harness.softgate.app.request('/v1/stream', {
      headers: { authorization: `Bearer ${harness.token(account, 'sam', [])}` },
    })
  const acme = listenTo(await open('acme'))
  const birch = listenTo(await open('birch'))
  type Told = Pick<State, 'account' | 'features'>
  expect((await acme.next<Told>('state')).account.id).toBe('acme')
  await harness.host.ok('POST', '/consume', { id: 'a', account: 'acme', feature: 'exports', quantity: 3 })
  expect(
    (await acme.next<Told>('state', ({ features }) => features.exports?.used === 3)).features.exports?.remaining,
  ).toBe(47)
  await harness.host.ok('POST', '/consume', { id: 'b', account: 'birch', feature: 'exports' })
  await birch.next<Told>('state', ({ features }) => features.exports?.used === 1)
  expect(new Set(birch.seen<Told>('state').map(({ account }) => account.id))).toEqual(new Set(['birch']))
  expect(new Set(acme.seen<Told>('state').map(({ account }) => account.id))).toEqual(new Set(['acme']))
  await Promise.all([acme.close(), birch.close()])
})

test('a stream under the secret key hears every account; a stream of a token ends with its token', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const all = listenTo(
    await harness.softgate.app.request('/v1/stream', { headers: { authorization: `Bearer ${secretKey}` } }),
  )
  await harness.host.ok('POST', '/consume', { id: 'a', account: 'acme', feature: 'exports' })
  expect((await all.next<State>('state')).account.id).toBe('acme')
  const one = listenTo(
    await harness.softgate.app.request('/v1/stream', {
      headers: { authorization: `Bearer ${harness.token('acme', 'sam')}` },
    }),
  )
  await one.next('state')
  await harness.clock.advance(day)
  await expect(one.next('goodbye')).rejects.toThrow('the stream ended')
  await all.close()
})

test('a member asks, the admin buys for it and grants; a grant that is not true yet is refused', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const [priya, sam] = [harness.as('acme', 'priya'), harness.as('acme', 'sam')]
  const blocked = await sam.ok<{ prompt: { way: string; offer: null; copy: { action: string } } }>('POST', '/gates', {
    feature: 'seats',
  })
  expect(blocked.prompt).toMatchObject({ way: 'ask', offer: null, copy: { action: 'Ask an admin' } })
  const request = await sam.ok<{ id: string }>('POST', '/requests', { feature: 'seats', note: 'Maya joins on Monday' })
  expect(await sam.ok('POST', '/requests', { feature: 'seats', quantity: 2 })).toMatchObject({
    id: request.id,
    quantity: 2,
  })
  const inbox = await priya.ok<{ requests: { id: string }[] }>('GET', '/requests')
  expect(inbox.requests.map((entry) => entry.id)).toEqual([request.id])
  expect((await priya.refused('POST', `/requests/${request.id}`, { answer: 'grant' })).code).toBe('still_blocked')

  const { offers } = await priya.ok<State>('GET', '/state')
  const quote = await priya.ok<Quote>('POST', '/quotes', { offer: offers[0]?.id, quantity: 2 })
  expect(await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })).toMatchObject({ status: 'applied' })
  expect(await priya.ok('POST', `/requests/${request.id}`, { answer: 'grant', reply: 'done' })).toMatchObject({
    status: 'granted',
    answeredBy: 'priya',
  })
  expect((await priya.refused('POST', `/requests/${request.id}`, { answer: 'decline' })).code).toBe('request_closed')
  expect(await sam.ok('GET', '/requests')).toMatchObject({ requests: [{ status: 'granted', reply: 'done' }] })
})

test('a locked feature leads to the next plan up: offered, quoted with its credit, paid, unlocked', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  await harness.clock.advance(10 * day)
  const priya = harness.as('acme', 'priya')
  const { decision, prompt } = await priya.ok<{
    decision: Decision
    prompt: { copy: { title: string }; offer: { id: string; kind: string } }
  }>('POST', '/gates', { feature: 'sso' })
  expect(decision).toMatchObject({ state: 'locked', reason: 'not_in_plan' })
  expect(prompt).toMatchObject({
    copy: { title: 'Single sign-on comes with Professional' },
    offer: { kind: 'switch', title: 'Professional', quantity: { default: 5 } },
  })
  const quote = await priya.ok<Quote>('POST', '/quotes', { offer: prompt.offer.id })
  expect(quote.lines.map((line) => line.description)).toEqual([
    'Professional, 5 seats, March 22 to April 12',
    'Credit for unused Starter, 5 seats',
  ])
  expect(quote.lines.reduce((sum, line) => sum + line.amount, 0)).toBe(quote.dueNow.amount)
  expect(quote.recurring.amount).toBe(5 * 2_000)
  const upgrade = await priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  expect(upgrade).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
  expect(await harness.host.ok('POST', '/check', { account: 'acme', feature: 'sso' })).toMatchObject({ allowed: true })
  expect(await harness.host.ok('GET', '/accounts/acme')).toMatchObject({ plan: 'professional' })
})

test('what a prompt says is true: the plan that has the feature, and the seats that are free', async () => {
  const harness = await openHarness()
  await harness.host.ok('PUT', '/accounts/free', { name: 'Free of charge' })
  await harness.host.ok('PUT', '/accounts/free/users/ben', { role: 'owner' })
  type Asked = { prompt: { way: string; copy: { title: string; action: string } } }
  const locked = await harness.as('free', 'ben').ok<Asked>('POST', '/gates', { feature: 'sso' })
  expect(locked.prompt).toMatchObject({
    way: 'buy',
    copy: { title: 'Single sign-on comes with Professional', action: 'See plan and price' },
  })
  await subscribe(harness, { id: 'roomy', seats: 20, taken: 14 })
  const seats = await harness.as('roomy', 'priya').ok<Asked>('POST', '/gates', { feature: 'seats', quantity: 7 })
  expect(seats.prompt.copy).toMatchObject({ title: expect.stringContaining('6 seats are free'), action: 'Add 1 seat' })
})

test('without a Stripe key, and with billing off, nothing can be bought and nothing is offered', async () => {
  const harness = await openHarness({ inlineWriter: false })
  await subscribe(harness)
  const { stripe: _, ...bare } = { stripe: null }
  const without = await harness.again({ ...bare, config: { ...config, billing: 'off' } })
  const priya = createApi((url, init) => without.app.request(url, init), '/v1', harness.token('acme', 'priya'))
  expect(await priya.ok<State>('GET', '/state')).toMatchObject({ offers: [] })
  expect((await priya.refused('POST', '/quotes', { offer: 'off_x' })).code).toBe('billing_off')
  expect(await priya.ok('POST', '/gates', { feature: 'sso' })).toMatchObject({
    prompt: { way: 'ask', offer: null, copy: { action: 'Ask for a quote' } },
  })
})

test('more quotes than an account may have in a minute are told to wait', async () => {
  const harness = await openHarness()
  await subscribe(harness)
  const priya = harness.as('acme', 'priya')
  const statuses: number[] = []
  for (let i = 0; i < 31; i++) statuses.push((await priya('POST', '/quotes', { offer: 'off_unknown' })).status)
  expect(statuses.filter((status) => status === 429)).toHaveLength(1)
})

test('/openapi.json describes every route of the wire, and the public routes answer without a credential', async () => {
  const { softgate } = await openHarness()
  const api = createApi((url, init) => softgate.app.request(url, init), '', null)
  const { body } = await api<{ openapi: string; paths: Record<string, Record<string, unknown>> }>(
    'GET',
    '/openapi.json',
  )
  const described = Object.entries(body.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  expect(described.sort()).toEqual(softgate.services.routes.map((route) => route.key).sort())
  expect(body.openapi).toBe('3.1.0')
  expect((await api('GET', '/healthz')).body).toEqual({ ok: true })
  expect((await api('GET', '/readyz')).body).toEqual({ ready: true })
})

test('/metrics tells whoever has the secret key how full the memory is, and that is not more than it may be', async () => {
  const harness = await openHarness({ memoryBytes: 4_000 })
  const ids = Array.from({ length: 9 }, (_, n) => `tenant-${n}`)
  for (const id of ids) await harness.host.ok('PUT', `/accounts/${id}`, { plan: 'business' })
  for (const account of ids) await harness.host.ok('POST', '/check', { account, feature: 'sso' })
  const ask = (authorization: string) => harness.softgate.app.request('/metrics', { headers: { authorization } })
  expect((await ask(`Bearer ${harness.token('tenant-1', 'priya')}`)).status).toBe(403)
  expect((await ask('')).status).toBe(401)
  const response = await ask(`Bearer ${secretKey}`)
  expect(response.headers.get('content-type')).toMatch('text/plain')
  const text = await response.text()
  const metric = (name: string): number => Number(new RegExp(`^softgate_${name} (\\d+)$`, 'm').exec(text)?.[1])
  expect(metric('snapshots_limit_bytes')).toBe(4_000)
  expect(metric('snapshots_bytes')).toBeLessThanOrEqual(4_000)
  expect(metric('snapshots_bytes')).toBeGreaterThan(0)
  expect(metric('snapshots') + metric('snapshots_evicted_total')).toBe(ids.length)
  expect(metric('resident_bytes')).toBeGreaterThan(metric('heap_bytes'))
  // What has left is read again.
  for (const account of ids)
    expect(await harness.host.ok('POST', '/check', { account, feature: 'sso' })).toMatchObject({ allowed: true })
})

test('a bound of the memory that is none is refused at start', async () => {
  await expect(openHarness({ memoryBytes: 0 })).rejects.toThrow('memoryBytes is 0')
})

test('only listed origins may call from a browser', async () => {
  const harness = await openHarness({ config: { ...config, origins: ['https://app.example.com'] } })
  await subscribe(harness)
  const { app } = harness.softgate
  const preflight = async (origin: string) =>
    app.request('/v1/check', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } })
  expect((await preflight('https://app.example.com')).headers.get('access-control-allow-origin')).toBe(
    'https://app.example.com',
  )
  for (const origin of [
    'null',
    'https://app.example.com.evil.example',
    'http://app.example.com',
    'https://app.example.com:444',
  ])
    expect([origin, (await preflight(origin)).headers.get('access-control-allow-origin')]).toEqual([origin, null])
})
