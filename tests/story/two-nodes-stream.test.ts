import type { State } from '@softgate/sdk/contract'
import pg from 'pg'
import { expect, test } from 'vitest'
import { openHarness } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { type Listener, listenTo } from '../support/stream.ts'

/** Ends every connection on which a node hears of the others, and gives how many there were. */
async function cut(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rowCount } = await client.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen %'",
  )
  await client.end()
  return rowCount ?? 0
}

test('a node that did not hear what another one wrote lets its streams begin anew, and hears again', async () => {
  const database = await freshPostgres()
  const harness = await openHarness({ database })
  const { host, clock } = harness
  const other = await harness.again()
  await host.ok('PUT', '/accounts/acme', { plan: 'starter' })
  const listen = async (): Promise<Listener> => {
    const headers = { authorization: `Bearer ${harness.token('acme', 'sam')}` }
    return listenTo(await other.app.request('/v1/stream', { headers }))
  }
  const take = (seats: number) => {
    const event = { id: `seats-${seats}`, account: 'acme', name: 'seats_taken', feature: 'seats', set: seats }
    return host.ok('POST', '/events', { events: [{ ...event, time: new Date(clock.now()).toISOString() }] })
  }
  const taken = (seats: number) => (state: State) => state.features.seats?.used === seats
  /** Lets time pass, so much at a time, until there is an answer. */
  const inTime = (ms: number, answer: Promise<unknown>) =>
    expect.poll(async () => {
      await clock.advance(ms)
      return Promise.race([answer, new Promise((resolve) => setImmediate(resolve, 'open'))])
    })

  const before = await listen()
  await take(1)
  // Nodes tell each other at most so often.
  await inTime(50, before.next('state', taken(1))).not.toBe('open')
  expect(await cut(database)).toBe(2)
  await take(2)
  const ended = before.next('state', taken(2)).catch((error: Error) => error.message)
  // The node finds out by itself, and tries again a second later.
  await inTime(1_000, ended).toContain('the stream ended')

  const after = await listen()
  await after.next('state', taken(2))
  await take(3)
  await inTime(50, after.next('state', taken(3))).not.toBe('open')
  await after.close()
  expect(harness.failures).toEqual([])
})
