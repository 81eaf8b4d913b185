import type { Decision, UsageAnswer } from '@softgate/sdk/contract'
import { defineConfig } from '@softgate/server'
import { expect, test } from 'vitest'
import { day, type Harness, openHarness } from '../support/harness.ts'

const counted = { kind: 'metered', title: 'Units', unit: { one: 'unit', other: 'units' } } as const
const config = defineConfig({
  features: {
    notes: {
      ...counted,
      meter: 'consumable',
      scope: 'user',
      total: true,
      reset: 'month',
      counts: { aggregate: 'sum', by: ['kind'] },
    },
    cards: { ...counted, meter: 'consumable', scope: 'entity', total: true, reset: 'never' },
    desks: { ...counted, meter: 'allocated', scope: 'entity' },
    seats: { ...counted, meter: 'allocated' },
  },
  plans: { free: { title: 'Free', grants: { notes: 100, cards: 50, desks: 9, seats: 9 } } },
  defaultPlan: 'free',
  comparison: { leastAccounts: 5, size: null },
  billing: 'off',
})

let ids = 0
const use = ({ host, clock }: Harness, account: string, feature: string, rest: object, ago = 0) =>
  host.ok('POST', '/events', {
    events: [
      {
        id: `use-${String(++ids).padStart(5, '0')}`,
        account,
        name: 'used',
        feature,
        time: new Date(clock.now() - ago).toISOString(),
        ...rest,
      },
    ],
  })
const usage = (harness: Harness, query: string, user = 'sam') =>
  harness.as('acme', user, []).ok<UsageAnswer>('GET', `/usage?${query}`)
const used = async (...asked: Parameters<typeof usage>) => (await usage(...asked)).days.map((one) => one.used)

async function open(): Promise<Harness> {
  const harness = await openHarness({ config })
  await harness.host.ok('PUT', '/accounts/acme', { name: 'Acme', segment: 'smb' })
  return harness
}

test('history is of the asking user, of the entity that is named, or of all together where that is counted', async () => {
  const harness = await open()
  await use(harness, 'acme', 'notes', { user: 'sam', value: 2, properties: { kind: 'a' } }, day)
  await use(harness, 'acme', 'notes', { user: 'sam', value: 3, properties: { kind: 'b' } })
  await use(harness, 'acme', 'notes', { user: 'priya', value: 5, properties: { kind: 'b' } })
  await use(harness, 'acme', 'cards', { entity: 'red', value: 4 })
  await use(harness, 'acme', 'cards', { entity: 'blue', value: 6 }, day)
  await use(harness, 'acme', 'desks', { entity: 'red', set: 3 }, 3 * day)
  await use(harness, 'acme', 'desks', { entity: 'red', value: 2 }, day)
  await use(harness, 'acme', 'desks', { entity: 'blue', set: 7 }, day)

  expect(await used(harness, 'feature=notes&days=2')).toEqual([2, 3])
  expect(await used(harness, 'feature=notes&days=2', 'priya')).toEqual([0, 5])
  expect(await used(harness, 'feature=notes&days=2&total=true', 'priya')).toEqual([2, 8])
  const { groups } = await usage(harness, 'feature=notes&days=2&by=kind')
  expect(groups?.map(({ value, days }) => [value, days.map((one) => one.used)])).toEqual([
    ['a', [2, 0]],
    ['b', [0, 3]],
  ])
  expect(await used(harness, 'feature=cards&days=2&entity=red')).toEqual([0, 4])
  expect(await used(harness, 'feature=cards&days=2')).toEqual([6, 4])
  expect(await used(harness, 'feature=cards&days=2&total=true')).toEqual([6, 4])
  expect(await used(harness, 'feature=desks&days=3&entity=red')).toEqual([3, 5, 5])
  expect(await used(harness, 'feature=desks&days=2&entity=green')).toEqual([0, 0])
})

test('a question about somebody who has no use of their own is refused in words', async () => {
  const harness = await open()
  const refused = async (query: string) =>
    (await harness.as('acme', 'sam', []).refused('GET', `/usage?${query}`)).detail
  expect(await refused('feature=seats&entity=red')).toMatch('seats is not counted for each entity, but for the account')
  expect(await refused('feature=notes&entity=red')).toMatch('notes is not counted for each entity, but for each user')
  expect(await refused('feature=desks')).toMatch('desks is counted for each entity: name the entity')
  expect(await refused('feature=desks&total=true')).toMatch('desks is counted for each entity, and not in total')
  expect(await refused('feature=cards&entity=red&total=true')).toMatch('asked for red or in total, not both')
  expect(await refused('feature=seats&total=1')).toMatch('total')
  expect(await used(harness, 'feature=seats&days=1&total=true')).toEqual([0])
})

test('accounts are compared by what all in them used, never a user with accounts', async () => {
  const harness = await open()
  for (let n = 1; n <= 6; n++) {
    const account = n === 1 ? 'acme' : `other-${n}`
    await harness.host.ok('PUT', `/accounts/${account}`, { segment: 'smb' })
    await use(harness, account, 'notes', { user: 'sam', value: 10 * n })
    await use(harness, account, 'notes', { user: 'priya', value: 5 })
    await use(harness, account, 'cards', { entity: 'red', value: n })
    await use(harness, account, 'cards', { entity: 'blue', value: n })
  }
  await harness.clock.advance(day)
  await harness.softgate.services.sweep()
  const compared = async (query: string) => (await usage(harness, query)).comparison
  expect(await compared('feature=notes')).toBeUndefined()
  expect(await compared('feature=notes&total=true')).toEqual({ own: 15, low: 28, median: 40, high: 53 })
  expect(await compared('feature=cards&entity=red')).toBeUndefined()
  expect(await compared('feature=cards')).toMatchObject({ own: 2, median: 7 })
})

test('each user and each entity is told when its own limit will be reached', async () => {
  const harness = await open()
  for (let ago = 10; ago > 0; ago--) {
    await use(harness, 'acme', 'notes', { user: 'sam', value: 5 }, ago * day)
    await use(harness, 'acme', 'cards', { entity: 'red', value: 3 }, ago * day)
    await use(harness, 'acme', 'cards', { entity: 'blue', value: 1 }, ago * day)
  }
  const check = (feature: string, whose: object) =>
    harness.host.ok<Decision>('POST', '/check', { account: 'acme', feature, ...whose })
  const daysLeft = async (feature: string, whose: object) => {
    const { forecast } = await check(feature, whose)
    return forecast && Math.round((Date.parse(forecast.at) - harness.clock.now()) / day)
  }
  expect(await daysLeft('notes', { user: 'sam' })).toBe(10)
  expect(await daysLeft('notes', { user: 'priya' })).toBeUndefined()
  expect(await daysLeft('cards', { entity: 'red' })).toBe(7)
  expect(await daysLeft('cards', { entity: 'blue' })).toBe(40)
})
