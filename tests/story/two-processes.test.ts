import type { Decision, Quote, ReserveAnswer, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { openDatabase } from '../../server/src/store/open.ts'
import { createApi } from '../support/api.ts'
import { buy, quoteFor } from '../support/buying.ts'
import { cleanup } from '../support/cleanup.ts'
import { day, type Harness, openHarness, subscribe } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'
import { freshSqlite } from '../support/sqlite.ts'
import { listenTo } from '../support/stream.ts'

test('the same upgrade sent to two server processes on one PostgreSQL: one charge, one answer, both know', async () => {
  const database = await freshPostgres()
  const harness = await openHarness({ database })
  await subscribe(harness)
  await harness.clock.advance(10 * day)
  const before = harness.sandbox.control.journal().filter((entry) => entry.kind === 'charge').length
  const servers = await Promise.all([startServer(harness, database), startServer(harness, database)])
  const token = harness.token('acme', 'priya')
  const apis = servers.map(({ url }) => createApi(fetch, `${url}/v1`, token))
  const [first] = apis
  if (!first) throw new Error('no server')

  const heard = await Promise.all(
    servers.map(async ({ url }) =>
      listenTo(await fetch(`${url}/v1/stream`, { headers: { authorization: `Bearer ${token}` } })),
    ),
  )
  const { offers } = await first.ok<State>('GET', '/state')
  const quote = await first.ok<Quote>('POST', '/quotes', { offer: offers[0]?.id, quantity: 2 })
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => (apis[i % 2] ?? first).ok<Upgrade>('POST', '/upgrades', { quote: quote.id })),
  )
  for (const answer of answers) expect(answer).toEqual(answers[0])
  expect(answers[0]).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
  const charges = harness.sandbox.control.journal().filter((entry) => entry.kind === 'charge')
  expect(charges).toHaveLength(before + 1)
  expect(charges.at(-1)?.amount).toBe(quote.dueNow.amount)

  for (const listener of heard) {
    await listener.next<State>('state', ({ features }) => features.seats?.limit === 7)
    await listener.close()
  }
  for (const api of apis)
    expect(await api.ok<Decision>('POST', '/check', { feature: 'seats' })).toMatchObject({ limit: 7, used: 5 })
})

test('two quotes confirmed at once in two processes, and one that waits for the renewal by many clicks: each counts once', async () => {
  const database = await freshPostgres()
  const harness = await openHarness({ database })
  const { customer } = await subscribe(harness, { taken: 3 })
  await harness.clock.advance(10 * day)
  const servers = await Promise.all([startServer(harness, database), startServer(harness, database)])
  const apis = servers.map(({ url }) => createApi(fetch, `${url}/v1`, harness.token('acme', 'priya')))
  const [one, two] = apis as [(typeof apis)[number], (typeof apis)[number]]
  const charged = () => harness.sandbox.control.journal().filter((entry) => entry.kind === 'charge')
  const before = charged().length
  const quotes = await Promise.all([
    quoteFor(one, { kind: 'add', quantity: 2 }),
    quoteFor(two, { kind: 'add', quantity: 3 }),
  ])
  const answers = await Promise.all(
    quotes.map(({ id }, i) => (i === 0 ? one : two)('POST', '/upgrades', { quote: id })),
  )
  const applied = answers.findIndex(({ status }) => status === 200)
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
  expect(
    charged()
      .slice(before)
      .map(({ amount }) => amount),
  ).toEqual([quotes[applied]?.dueNow.amount])

  const fewer = await quoteFor(one, { kind: 'remove', quantity: 1 })
  const clicks = await Promise.all(
    Array.from({ length: 12 }, (_, i) => (i % 2 ? one : two).ok<Upgrade>('POST', '/upgrades', { quote: fewer.id })),
  )
  expect(new Set(clicks.map(({ id, status }) => `${id} ${status}`)).size).toBe(1)
  expect(clicks[0]?.status).toBe('applied')
  expect((await harness.stripe.subscriptionSchedules.list({ customer })).data).toHaveLength(1)
  const seats = 5 + (applied === 0 ? 2 : 3) - 1
  // The other process hears of it in a moment.
  for (const api of apis)
    await expect.poll(async () => (await api.ok<State>('GET', '/state')).pending?.quantity).toBe(seats)
})

test('what is paid is given, also where a process whose clock is ahead has looked before', async () => {
  const database = freshSqlite()
  const harness = await openHarness({ database, inlineWriter: false })
  await subscribe(harness, { taken: 5 })
  const ahead = await openDatabase({ url: database, instance: 'ahead', clock: harness.clock })
  cleanup(() => ahead.close())
  const seen = await ahead.read.accounts.findSubscription('acme')
  const look = { ...seen, observedAt: harness.clock.now() + 2_000 } as NonNullable<typeof seen>
  await ahead.transaction('acme', ({ accounts }) => accounts.saveSubscription(look))

  const priya = harness.as('acme', 'priya')
  const { upgrade } = await buy(priya, { kind: 'add', quantity: 2 })
  expect(upgrade.status).toBe('applied')
  expect(await priya.ok<Decision>('POST', '/check', { feature: 'seats' })).toMatchObject({ limit: 7 })
})

/** The calls that change a subscription. */
const changes = ({ sandbox }: Harness) =>
  sandbox.control
    .journal()
    .filter(
      (entry) => entry.kind === 'request' && entry.method === 'POST' && entry.path.startsWith('/v1/subscriptions/'),
    )

test('a process that dies over an upgrade holds it for seconds: another goes on with it, and there is one charge', async () => {
  for (const kind of ['timeout_before', 'timeout_after'] as const) {
    const database = await freshPostgres()
    const harness = await openHarness({ database })
    await subscribe(harness)
    await harness.clock.advance(10 * day)
    const before = harness.sandbox.control.journal().filter((entry) => entry.kind === 'charge').length
    const first = await startServer(harness, database)
    const dying = createApi(fetch, `${first.url}/v1`, harness.token('acme', 'priya'))
    const quote = await quoteFor(dying, { kind: 'add', quantity: 2 })
    harness.sandbox.control.failNext({ kind, match: { method: 'POST', path: '/v1/subscriptions' } })
    const cut = dying('POST', '/upgrades', { quote: quote.id }).catch(() => 'cut')
    await expect.poll(() => changes(harness).length).toBe(1)
    await first.kill()
    expect(await cut).toBe('cut')
    // Every process starts at the harness's instant: the lease is over for whoever starts now.
    await harness.clock.advance(16_000)
    const second = await startServer(harness, database)
    const other = createApi(fetch, `${second.url}/v1`, harness.token('acme', 'priya'))
    const asked = performance.now()
    const upgrade = await other.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
    expect(upgrade).toMatchObject({ status: 'applied', invoice: { amountPaid: quote.dueNow } })
    expect(performance.now() - asked).toBeLessThan(10_000)
    expect(harness.sandbox.control.journal().filter((entry) => entry.kind === 'charge')).toHaveLength(before + 1)
    await second.kill()
  }
}, 60_000)

test('a process that is slow but alive keeps its upgrade, however long Stripe takes to answer', async () => {
  const database = await freshPostgres()
  const harness = await openHarness({ database, timeoutMs: 5_000 })
  await subscribe(harness)
  await harness.clock.advance(10 * day)
  const other = await harness.again()
  const asOther = createApi((url, init) => other.app.request(url, init), '/v1', harness.token('acme', 'priya'))
  const priya = harness.as('acme', 'priya')
  const quote = await quoteFor(priya, { kind: 'add', quantity: 2 })
  harness.sandbox.control.failNext({ kind: 'timeout_after', match: { method: 'POST', path: '/v1/subscriptions' } })
  const slow = priya.ok<Upgrade>('POST', '/upgrades', { quote: quote.id })
  await expect.poll(() => changes(harness).length).toBe(1)
  let id = ''
  for (let i = 0; i < 6; i++) {
    await harness.clock.advance(5_000)
    await expect
      .poll(async () => {
        const { upgrade } = await asOther.ok<State>('GET', '/state')
        id = upgrade?.id ?? ''
        return upgrade?.status
      })
      .toBe('processing')
    // Meanwhile nobody else calls Stripe for it.
    if (i % 3 === 2) expect((await asOther.ok<Upgrade>('GET', `/upgrades/${id}`)).status).toBe('processing')
    expect(changes(harness)).toHaveLength(1)
  }
  expect((await slow).status).toBe('applied')
  expect(changes(harness)).toHaveLength(1)
  expect(harness.failures).toEqual([])
}, 60_000)

test('two processes never let use pass the limit, however they race', async () => {
  const database = await freshPostgres()
  const harness = await openHarness({ database })
  await subscribe(harness)
  const servers = await Promise.all([startServer(harness, database), startServer(harness, database)])
  const apis = servers.map(({ url, secretKey }) => createApi(fetch, `${url}/v1`, secretKey))
  const answers = await Promise.all(
    Array.from({ length: 120 }, async (_, i) => {
      const body = { id: `export-${i}`, account: 'acme', feature: 'exports' }
      return (apis[i % 2] as (typeof apis)[number]).ok<Decision>('POST', '/consume', body)
    }),
  )
  expect(answers.filter((answer) => answer.allowed)).toHaveLength(50)
  await expect
    .poll(async () => (await apis[0]?.ok<Decision>('POST', '/check', { account: 'acme', feature: 'exports' }))?.used)
    .toBe(50)
})

test('two processes reserve, use, set free and consume at once: together they never pass the limit, and nothing is lost', async () => {
  const database = await freshPostgres()
  const harness = await openHarness({ database })
  await harness.host.ok('PUT', '/accounts/acme', { plan: 'free' })
  const servers = await Promise.all([startServer(harness, database), startServer(harness, database)])
  const apis = servers.map(({ url, secretKey }) => createApi(fetch, `${url}/v1`, secretKey))
  const api = (n: number) => apis[n % 2] ?? harness.host
  const about = { account: 'acme', feature: 'automations' }
  const limit = 100
  let counted = 0
  let held = 0
  /** Reserves in one process and ends it in the other: used in part, set free, or left as it is. */
  const reserveAndEnd = async (n: number): Promise<void> => {
    const id = `hold-${n}`
    const asked = { id, ...about, quantity: 5, expiresIn: 3_600 }
    const { expiresAt } = await api(n).ok<ReserveAnswer>('POST', '/reserve', asked)
    if (expiresAt === null) return
    if (n % 3 === 0) {
      await api(n + 1).ok('POST', '/commit', { id, account: 'acme', quantity: 3 })
      counted += 3
    } else if (n % 3 === 1) await api(n + 1).ok('POST', '/release', { id, account: 'acme' })
    else held += 5
  }
  const consume = async (n: number, quantity: number): Promise<boolean> => {
    const { allowed } = await api(n).ok<Decision>('POST', '/consume', { id: `use-${n}`, ...about, quantity })
    if (allowed) counted += quantity
    return allowed
  }
  await Promise.all(Array.from({ length: 72 }, (_, n) => (n % 4 === 0 ? consume(n, 4) : reserveAndEnd(n))))
  expect(counted + held).toBeLessThanOrEqual(limit)
  const last = await Promise.all(Array.from({ length: limit }, (_, n) => consume(1_000 + n, 1)))
  expect(last).toContain(false)
  expect(counted + held, 'every unit is somebody’s').toBe(limit)
  for (const one of apis)
    await expect.poll(async () => (await one.ok<Decision>('POST', '/check', about)).used).toBe(counted)
})
