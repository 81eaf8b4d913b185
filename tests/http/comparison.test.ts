import type { UsageAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { day, type Harness, openHarness, start } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'

const config = { ...teamflow, comparison: { leastAccounts: 6, size: { feature: 'seats' }, bands: [5, 20] } }

interface Use {
  account: string
  seats: number
  runs: number
  plan?: string
}

async function report(harness: Harness, { account, seats, runs, plan = 'starter' }: Use): Promise<void> {
  await harness.host.ok('PUT', `/accounts/${account}`, { segment: 'smb', plan })
  const event = (feature: string, rest: object) => ({
    id: `${feature}-${account}`,
    account,
    name: 'used',
    feature,
    time: new Date(start).toISOString(),
    ...rest,
  })
  await harness.host.ok('POST', '/events', {
    events: [event('seats', { set: seats }), event('automations', { value: runs })],
  })
}

const comparisonOf = async (harness: Harness, account: string, feature = 'automations') =>
  (await harness.as(account, 'sam', []).ok<UsageAnswer>('GET', `/usage?feature=${feature}`)).comparison

const stores = { SQLite: freshSqlite, PostgreSQL: freshPostgres }

test.for(Object.entries(stores))(
  'on %s an account is compared with those like it, once there are enough of them, and with nobody else',
  async ([, fresh]) => {
    const harness = await openHarness({ config, database: await fresh() })
    for (let n = 1; n <= 5; n++) await report(harness, { account: `small-${n}`, seats: 2, runs: 100 * n })
    await report(harness, { account: 'large', seats: 30, runs: 100_000 })
    await report(harness, { account: 'other', seats: 2, runs: 100_000, plan: 'professional' })
    await harness.clock.advance(day)
    await harness.softgate.services.sweep()
    expect(await comparisonOf(harness, 'small-1')).toBeUndefined()

    await report(harness, { account: 'small-6', seats: 3, runs: 600 })
    await harness.clock.advance(day)
    await harness.softgate.services.sweep()
    expect(await comparisonOf(harness, 'small-1')).toEqual({ own: 100, low: 230, median: 350, high: 480 })
    expect(await comparisonOf(harness, 'small-6')).toEqual({ own: 600, low: 230, median: 350, high: 480 })
    // What accounts are sorted by is not compared, and the large one and the one of another plan are alone.
    expect(await comparisonOf(harness, 'small-1', 'seats')).toBeUndefined()
    expect([await comparisonOf(harness, 'large'), await comparisonOf(harness, 'other')]).toEqual([undefined, undefined])
  },
)

test('a comparison is told no more when it is old, or its accounts have stopped', async () => {
  const harness = await openHarness({ config })
  for (let n = 1; n <= 6; n++) await report(harness, { account: `small-${n}`, seats: 2, runs: 100 * n })
  await harness.clock.advance(day)
  await harness.softgate.services.sweep()
  await harness.clock.advance(7 * day)
  expect(await comparisonOf(harness, 'small-1')).toMatchObject({ median: 350 })
  await harness.clock.advance(1)
  expect(await comparisonOf(harness, 'small-1')).toBeUndefined()
  await harness.clock.advance(21 * day)
  await harness.softgate.services.sweep()
  expect(await comparisonOf(harness, 'small-1')).toBeUndefined()
})

test('a server that closes does not wait for the comparison: another one makes it a day later', async () => {
  const harness = await openHarness({ config, sweepMs: 1_000 * day })
  for (let n = 1; n <= 11; n++) await report(harness, { account: `small-${n}`, seats: 2, runs: 100 * n })
  await harness.clock.advance(day)
  // Its first sweep has begun when it closes.
  await (await harness.again()).close()
  expect(await comparisonOf(harness, 'small-1')).toBeUndefined()
  await harness.clock.advance(day)
  await harness.softgate.services.sweep()
  expect(await comparisonOf(harness, 'small-1')).toMatchObject({ own: 100 })
})
