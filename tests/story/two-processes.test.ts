import type { Decision, Quote, State, Upgrade } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { day, openHarness, subscribe } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { startServer } from '../support/server.ts'
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
}, 60_000)
