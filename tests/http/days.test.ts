import type { Decision, UsageAnswer } from '@softgate/sdk/contract'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { type Harness, type HarnessOptions, hour, openHarness, start } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'

const at = (text: string): number => Date.parse(text)

/** An account in a zone, and its clock at an instant after the start. */
async function openIn(timeZone: string, now: string, more: HarnessOptions = {}): Promise<Harness> {
  const harness = await openHarness({ config, ...more })
  await harness.clock.advance(at(now) - start)
  await harness.host.ok('PUT', '/accounts/acme', { timeZone, plan: 'starter' })
  return harness
}

let ids = 0
const use = (harness: Harness, ...times: string[]) =>
  harness.host.ok('POST', '/events', {
    events: times.map((time) => ({
      id: `event-${++ids}`,
      account: 'acme',
      name: 'ran',
      feature: 'automations',
      value: 1,
      time: new Date(at(time)).toISOString(),
    })),
  })
const daysOf = async (harness: Harness, days: number) =>
  (await harness.as('acme', 'sam', []).ok<UsageAnswer>('GET', `/usage?feature=automations&days=${days}`)).days.map(
    ({ date, used }) => `${date} ${used}`,
  )

test('the day on which the clocks go forward has 23 hours, the one on which they go back 25', async () => {
  const spring = await openIn('Europe/Berlin', '2027-03-29T12:00Z')
  await use(spring, '2027-03-27T22:59:59Z', '2027-03-27T23:00Z', '2027-03-28T21:59:59Z', '2027-03-28T22:00Z')
  expect(await daysOf(spring, 3)).toEqual(['2027-03-27 1', '2027-03-28 2', '2027-03-29 1'])
  const autumn = await openIn('Europe/Berlin', '2027-11-01T12:00Z')
  await use(autumn, '2027-10-30T21:59:59Z', '2027-10-30T22:00Z', '2027-10-31T22:59:59Z', '2027-10-31T23:00Z')
  expect(await daysOf(autumn, 3)).toEqual(['2027-10-30 1', '2027-10-31 2', '2027-11-01 1'])
})

test('a leap day is a day of its own, and the last of February of what the account has in its zone', async () => {
  const harness = await openIn('America/New_York', '2028-03-01T12:00Z')
  await use(harness, '2028-02-29T04:59:59Z', '2028-02-29T05:00Z', '2028-03-01T04:59:59Z', '2028-03-01T05:00Z')
  expect(await daysOf(harness, 3)).toEqual(['2028-02-28 1', '2028-02-29 2', '2028-03-01 1'])
})

test('a month ends at midnight of the account: its counter starts again, and history goes on', async () => {
  const harness = await openIn('Asia/Tokyo', '2027-04-30T14:59:59Z')
  await use(harness, '2027-04-30T14:59:59Z')
  const check = () => harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })
  expect(await check()).toMatchObject({ used: 1, resetsAt: '2027-04-30T15:00:00.000Z' })
  await harness.clock.advance(1_000)
  expect(await check()).toMatchObject({ used: 0, resetsAt: '2027-05-31T15:00:00.000Z' })
  // What comes in late still counts where it happened.
  await use(harness, '2027-04-30T14:59:58Z', '2027-04-30T15:00Z')
  expect(await check()).toMatchObject({ used: 1 })
  expect(await daysOf(harness, 2)).toEqual(['2027-04-30 2', '2027-05-01 1'])
})

test('what was counted stays on its day when the account moves to another zone, and nothing counts twice', async () => {
  const harness = await openIn('Asia/Tokyo', '2027-06-10T16:00Z')
  await use(harness, '2027-06-10T14:00Z', '2027-06-10T15:30Z')
  expect(await daysOf(harness, 2)).toEqual(['2027-06-10 1', '2027-06-11 1'])
  await harness.host.ok('PUT', '/accounts/acme', { timeZone: 'America/New_York' })
  await use(harness, '2027-06-10T15:45Z')
  expect(await daysOf(harness, 2)).toEqual(['2027-06-09 0', '2027-06-10 2'])
  await harness.clock.advance(12 * hour)
  await use(harness, '2027-06-11T04:00Z')
  expect(await daysOf(harness, 2)).toEqual(['2027-06-10 2', '2027-06-11 2'])
})

/** The date in a zone, told by other means than ours. */
const dateIn = (timeZone: string, time: number): string =>
  new Intl.DateTimeFormat('sv-SE', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(time)

/** Where the clocks change within the five weeks in which events may be late; in Asunción and Havana at midnight. */
const changes = [
  { timeZone: 'Europe/Berlin', now: '2027-04-10T12:00Z' },
  { timeZone: 'America/New_York', now: '2027-11-20T03:00Z' },
  { timeZone: 'America/Havana', now: '2028-03-25T12:00Z' },
  { timeZone: 'Australia/Lord_Howe', now: '2027-10-25T00:30Z' },
]

for (const [where, fresh] of [
  ['SQLite', freshSqlite],
  ['PostgreSQL', freshPostgres],
] as const)
  test(`${where}: whatever comes late, over a change of the clocks and the end of a month, counts on its day and in its month`, async () => {
    for (const { timeZone, now } of changes) {
      const harness = await openIn(timeZone, now, { database: await fresh() })
      const hours = fc.array(fc.integer({ min: 0, max: 34 * 24 * 4 }), { minLength: 40, maxLength: 120 })
      const [lateness = []] = fc.sample(hours, { numRuns: 1, seed: 1 })
      const times = lateness.map((quarters) => at(now) - quarters * (hour / 4))
      const instants = times.map((time) => new Date(time).toISOString())
      await use(harness, ...instants.slice(0, 20))
      await use(harness, ...instants.slice(20))
      const dates = times.map((time) => dateIn(timeZone, time))
      const days = await daysOf(harness, 36)
      const expected = new Map<string, number>()
      for (const date of dates) expected.set(date, (expected.get(date) ?? 0) + 1)
      expect(days.filter((day) => !day.endsWith(' 0'))).toEqual(
        [...expected].sort().map(([date, used]) => `${date} ${used}`),
      )
      const month = dateIn(timeZone, at(now)).slice(0, 7)
      const { used } = await harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })
      expect(used).toBe(dates.filter((date) => date.startsWith(month)).length)
    }
  })
