import pg from 'pg'
import { expect, it } from 'vitest'
import { cleanup } from '../support/cleanup.ts'
import { freshPostgres } from '../support/postgres.ts'
import { addition, op, open, start, today } from './setting.ts'

const day = 86_400_000
const on = (n: number) => ({ time: start + n * day, day: today + n * day, receivedAt: start + n * day })
const old = { accounts: ['acme'], before: today + 50 * day, keep: [] }

/** Two nodes on one database, and a client that stands in their way. */
async function setting() {
  const url = await freshPostgres()
  const nodes = [await open({ url, instance: 'node-1' }), await open({ url, instance: 'node-2' })] as const
  const connect = async () => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    cleanup(() => client.end())
    return client
  }
  const client = await connect()
  // Within a transaction the activity of others stands still.
  const watching = await connect()
  const waiting = async () => {
    const { rows } = await watching.query(
      "select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    )
    return rows[0].count
  }
  return { nodes, client, areWaiting: (count: number) => expect.poll(waiting, { interval: 5 }).toBe(count) }
}

it('what comes in for an old day while old days are joined is counted', async () => {
  const { nodes, client, areWaiting } = await setting()
  const [sweeping, importing] = nodes
  await importing.writeOps([addition(1, on(0)), addition(1, on(10)), addition(1, { feature: 'last', ...on(10) })])
  await client.query('begin')
  await client.query("select from usage_days where feature = 'last' for update")
  // It has written its first day and waits before its second one.
  const imported = importing.writeOps([addition(5, on(10)), addition(5, { feature: 'last', ...on(10) })])
  await areWaiting(1)
  const swept = sweeping.forgetUse(old)
  await areWaiting(2)
  await client.query('rollback')
  await Promise.all([imported, swept])
  const days = await importing.read.metering.usageDays('acme', { features: ['exports'], from: 0 })
  expect(days.map(({ added }) => added)).toEqual([7])
})

it('what comes in while its day and counter are deleted begins them anew', async () => {
  const { nodes, client, areWaiting } = await setting()
  const [sweeping, importing] = nodes
  const ofOld = { period: today, ...on(0) }
  const inNewPeriod = { feature: 'later', period: today + 60 * day, ...on(60) }
  await importing.writeOps([addition(1, { feature: 'calls', ...ofOld })])
  await client.query('begin')
  await client.query(
    `insert into counters (account, feature, scope, period, used, held, level_at, last_at)
     values ('acme', 'later', '', $1, 0, 0, 0, 0)`,
    [inNewPeriod.period],
  )
  // It has seen the old counter, and waits for the new one.
  const imported = importing.writeOps([op({ ...ofOld, feature: 'calls', peak: 5 }), op({ ...inNewPeriod, peak: 7 })])
  await areWaiting(1)
  const swept = sweeping.forgetUse(old)
  await areWaiting(2)
  await client.query('rollback')
  await Promise.all([imported, swept])
  const counters = await importing.read.metering.counters('acme', [
    { feature: 'calls', scope: '', from: 0 },
    { feature: 'later', scope: '', from: 0 },
  ])
  const days = await importing.read.metering.usageDays('acme', { features: ['calls', 'later'], from: 0 })
  // Before or after the sweep, but both or neither.
  const calls = counters.find(({ feature }) => feature === 'calls')?.used ?? 0
  expect([5, 0]).toContain(calls)
  expect(counters.find(({ feature }) => feature === 'later')?.used).toBe(7)
  expect(days.map(({ feature, peak }) => [feature, peak])).toEqual([...(calls ? [['calls', 5]] : []), ['later', 7]])
})
