import type { Decision, Erasure, GateAnswer, State } from '@softgate/sdk/contract'
import BetterSqlite from 'better-sqlite3'
import pg from 'pg'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { buy } from '../support/buying.ts'
import { day, type Harness, openHarness, secretKey, subscribe } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'
import { listenTo } from '../support/stream.ts'

/** The names of the tables in which a text stands, in whatever column. */
type Search = (text: string) => Promise<string[]>

const stores: [name: string, open: () => Promise<{ database: string; search: Search }>][] = [
  [
    'SQLite',
    async () => {
      const database = freshSqlite()
      return { database, search: async (text) => searchFile(database, text) }
    },
  ],
  [
    'PostgreSQL',
    async () => {
      const database = await freshPostgres()
      return { database, search: (text) => searchServer(database, text) }
    },
  ],
]

function searchFile(file: string, text: string): string[] {
  const db = new BetterSqlite(file, { readonly: true })
  try {
    const tables = db.prepare<[], string>("select name from sqlite_master where type = 'table'").pluck().all()
    return tables.filter((table) => JSON.stringify(db.prepare(`select * from "${table}"`).all()).includes(text)).sort()
  } finally {
    db.close()
  }
}

async function searchServer(url: string, text: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ name: string }>(
      "select c.relname as name from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition",
    )
    const found: string[] = []
    for (const { name } of rows) {
      const all = await client.query(`select * from "${name}"`)
      if (JSON.stringify(all.rows).includes(text)) found.push(name)
    }
    return found.sort()
  } finally {
    await client.end()
  }
}

/** Where the account below has left something. */
const traces =
  'accounts counters crossings deliveries events fires holds idempotency looks outcomes overrides quotes requests settlements subscriptions upgrades users'.split(
    ' ',
  )

/** An account that has done everything that leaves a trace: used, reserved, was asked, asked, quoted, bought. */
async function live(harness: Harness, id: string): Promise<{ subscription: string; customer: string }> {
  const made = await subscribe(harness, { id })
  const priya = harness.as(id, 'priya')
  await harness.host.ok('PUT', `/accounts/${id}/users/priya`, { name: `Priya of ${id}`, email: `priya@${id}.example` })
  await harness.host.ok('PUT', `/accounts/${id}/overrides/exports`, { grant: 60, reason: 'a gift', author: 'ada' })
  await harness.host.ok('POST', '/consume', { id: `${id}-export`, account: id, feature: 'exports', quantity: 3 })
  await harness.host.ok('POST', '/reserve', { id: `${id}-hold`, account: id, feature: 'exports', quantity: 1 })
  const time = new Date(harness.clock.now()).toISOString()
  const ran = { name: 'ran', feature: 'automations', value: 900, user: 'sam', time }
  await harness.host.ok('POST', '/events', { events: [{ ...ran, id: `${id}-ran`, account: id }] })
  const { prompt } = await priya.ok<GateAnswer>('POST', '/gates', { feature: 'seats' })
  await priya.ok('POST', `/prompts/${prompt?.delivery}/outcome`, { outcome: 'shown' })
  await harness.as(id, 'sam', []).ok('POST', '/requests', { feature: 'sso', note: `for the audit of ${id}` })
  await priya('POST', '/requests', { feature: 'sso' }, { 'idempotency-key': `${id}-key` })
  await buy(priya, { kind: 'add', quantity: 2 })
  // Whatever news of Stripe comes next, what was paid is written down.
  await harness.stripe.subscriptions.update(made.subscription, { metadata: { seen: 'yes' } })
  return { subscription: made.subscription, customer: made.customer }
}

for (const [name, open] of stores)
  test(`an account that is erased leaves its settlements and nothing else, and its neighbour as it was: ${name}`, async () => {
    const { database, search } = await open()
    const harness = await openHarness({ database })
    const { subscription } = await live(harness, 'gone')
    await live(harness, 'stays')
    // A SQLite file serves one process.
    const other = name === 'PostgreSQL' ? await harness.again() : harness.softgate
    const there = createApi((url, init) => other.app.request(url, init), '/v1', secretKey)
    await there.ok('POST', '/check', { account: 'gone', feature: 'exports' })
    const before = await harness.as('stays', 'priya').ok<State>('GET', '/state')
    for (const id of ['gone', 'stays'])
      await expect.poll(() => search(id), { timeout: 20_000 }).toEqual(expect.arrayContaining(traces))
    const kept = await search('stays')

    expect(await harness.host.refused('DELETE', '/accounts/gone')).toMatchObject({
      code: 'subscription_live',
      status: 409,
    })
    expect(await search('gone')).toEqual(kept)
    await harness.stripe.subscriptions.cancel(subscription)
    await expect
      .poll(async () => (await harness.host.ok('GET', '/accounts/gone')) as { subscription: unknown })
      .toMatchObject({ subscription: null })

    expect(await harness.host.ok<Erasure>('DELETE', '/accounts/gone')).toMatchObject({ account: 'gone', users: 2 })
    expect(await search('gone')).toEqual(['settlements'])
    expect((await harness.host.refused('GET', '/accounts/gone')).code).toBe('account_unknown')
    const checkThere = async () => {
      await harness.clock.advance(50) // nodes tell each other at most so often
      return (await there('POST', '/check', { account: 'gone', feature: 'exports' })).status
    }
    await expect.poll(checkThere).toBe(404)
    expect(await harness.as('stays', 'priya').ok<State>('GET', '/state')).toEqual(before)
    expect(await search('stays')).toEqual(kept)

    const again = await harness.host.ok<Erasure>('DELETE', '/accounts/gone')
    expect(again).toEqual({ account: 'gone', users: 0, events: 0 })
    await harness.clock.advance(2 * day)
    await harness.softgate.services.sweep()
    expect(await search('gone')).toEqual(['settlements'])
    expect(harness.failures).toEqual([])
  })

test('erased beside its subscription, that goes on at Stripe alone; open pages hear no error, and who comes back begins anew', async () => {
  const harness = await openHarness()
  const { subscription, customer } = await live(harness, 'gone')
  const stream = await harness.softgate.app.request('/v1/stream', {
    headers: { authorization: `Bearer ${harness.token('gone', 'priya')}` },
  })
  const listener = await listenTo(stream)
  await harness.host.ok('DELETE', '/accounts/gone?subscription=leave')
  expect((await harness.as('gone', 'priya').refused('GET', '/state')).code).toBe('account_unknown')
  expect((await harness.stripe.subscriptions.retrieve(subscription)).status).toBe('active')
  await harness.stripe.subscriptions.update(subscription, { metadata: { seen: 'yes' } })
  await harness.softgate.services.sweep()
  expect((await harness.host.refused('GET', '/accounts/gone')).code).toBe('account_unknown')

  await harness.host.ok('PUT', '/accounts/gone', { stripeCustomerId: customer })
  const decision = await harness.host.ok<Decision>('POST', '/check', { account: 'gone', feature: 'exports' })
  expect(decision).toMatchObject({ used: 0, limit: 50 })
  expect(harness.failures).toEqual([])
  await listener.close()
})

test('an account whose purchase waits for its payment is not erased, whatever is left to Stripe', async () => {
  const harness = await openHarness()
  await subscribe(harness, { id: 'gone', card: 'pm_card_authenticationRequired' })
  const priya = harness.as('gone', 'priya')
  const { offers } = await priya.ok<State>('GET', '/state')
  const quote = await priya.ok<{ id: string }>('POST', '/quotes', { offer: offers[0]?.id, quantity: 1 })
  expect(await priya.ok('POST', '/upgrades', { quote: quote.id })).toMatchObject({ status: 'requires_action' })
  const problem = await harness.host.refused('DELETE', '/accounts/gone?subscription=leave')
  expect(problem).toMatchObject({ code: 'upgrade_open' })
})
