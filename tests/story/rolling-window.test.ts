import type { Decision, State } from '@softgate/sdk/contract'
import type { Catalog } from '@softgate/server'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { day, type Harness, openHarness, subscribe } from '../support/harness.ts'

const unit = { one: 'unit', other: 'units' }
const said = { title: '{used} of {limit}', body: '-', action: '-' }
const copy = { en: { buy: { ...said, dismiss: '-' }, ask: { ...said, dismiss: '-' } } }
const near = { expansion: 'more', prompt: 'nearly_full', holdout: 0 }
const rolling = { kind: 'metered', meter: 'consumable', unit, reset: { days: 7 } } as const
const { free, starter, professional } = teamflow.plans
if (!free || !starter || !professional) throw new Error('TeamFlow sells other plans')
const grants = { scans: 10, notes: 10, sends: 10 }

/** TeamFlow with scans, and notes of each user, over seven days; sends may be over their limit for two days. */
const config: Catalog = {
  ...teamflow,
  features: {
    ...teamflow.features,
    scans: { ...rolling, title: 'Scans' },
    notes: { ...rolling, title: 'Notes', scope: 'user' },
    sends: { ...rolling, title: 'Sends', beyond: { days: 2 } },
  },
  plans: {
    free: { ...free, grants: { ...free.grants, ...grants } },
    starter: { ...starter, grants: { ...starter.grants, ...grants } },
    professional: { ...professional, grants: { ...professional.grants, scans: 99, notes: 99, sends: 99 } },
  },
  triggers: {
    scans: { ...near, title: 'Scans', source: { on: 'usage', feature: 'scans', above: 80 } },
    notes: { ...near, title: 'Notes', source: { on: 'usage', feature: 'notes', above: 80 } },
  },
  prompts: { nearly_full: { placement: 'banner', variants: { fact: { copy } } } },
}

async function open() {
  const harness = await openHarness({ config })
  await subscribe(harness, { id: 'acme', taken: 3 })
  await harness.host.ok('PUT', '/accounts/acme/users/sam', { role: 'member' })
  const titles = async (user = 'priya') => {
    await harness.softgate.services.sweep()
    const { prompts } = await harness.as('acme', user).ok<State>('GET', '/state')
    return prompts.map(({ copy: { title } }) => title)
  }
  return { harness, titles }
}

let ids = 0
const use = (
  { host, clock }: Harness,
  feature: string,
  value: number,
  { daysAgo = 0, ...whose }: { daysAgo?: number; user?: string } = {},
) =>
  host.ok('POST', '/events', {
    events: [
      {
        id: `use-${String(++ids).padStart(6, '0')}`,
        account: 'acme',
        name: 'used',
        feature,
        value,
        time: new Date(clock.now() - daysAgo * day).toISOString(),
        ...whose,
      },
    ],
  })

test('a trigger hears when the days of a window pass its mark together, by a late event too, and anew once use has fallen', async () => {
  const { harness, titles } = await open()
  await use(harness, 'scans', 5)
  await harness.clock.advance(day)
  await use(harness, 'scans', 3)
  expect(await titles()).toEqual([])
  await use(harness, 'scans', 1, { daysAgo: 1 })
  expect(await titles()).toEqual(['9 of 10'])

  // Six of the first day are over: the fact is none any more.
  await harness.clock.advance(6 * day)
  expect(await titles()).toEqual([])
  await use(harness, 'scans', 5, { daysAgo: 8 })
  await use(harness, 'scans', 4)
  expect(await titles()).toEqual([])
  await use(harness, 'scans', 2)
  expect(await titles()).toEqual(['9 of 10'])
})

test('what is reserved and committed passes the mark of the window as well', async () => {
  const { harness, titles } = await open()
  const { host, clock } = harness
  await use(harness, 'scans', 6)
  await clock.advance(day)
  await host.ok('POST', '/reserve', { id: 'batch-0001', account: 'acme', feature: 'scans', quantity: 3 })
  expect(await titles()).toEqual([])
  await host.ok('POST', '/commit', { id: 'batch-0001', account: 'acme' })
  expect(await titles()).toEqual(['9 of 10'])
})

test('each user has a window of its own', async () => {
  const { harness, titles } = await open()
  const { host, clock } = harness
  await use(harness, 'notes', 6, { user: 'sam' })
  await use(harness, 'notes', 6, { user: 'priya' })
  await clock.advance(day)
  await use(harness, 'notes', 3, { user: 'sam' })
  expect([await titles('sam'), await titles('priya')]).toEqual([['9 of 10'], []])
  const consumed = { id: 'note-000001', account: 'acme', feature: 'notes', user: 'priya', quantity: 3 }
  expect(await host.ok<Decision>('POST', '/consume', consumed)).toMatchObject({ used: 9 })
  expect(await titles('priya')).toEqual(['9 of 10'])
})

test('grace runs from when the days of a window passed the limit together, and anew when they do so again', async () => {
  const { harness } = await open()
  const { host, clock } = harness
  const sends = () => host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'sends' })
  await use(harness, 'sends', 8)
  await clock.advance(day)
  await use(harness, 'sends', 3)
  const passedAt = clock.now()
  expect(await sends()).toMatchObject({
    used: 11,
    allowed: true,
    graceEndsAt: new Date(passedAt + 2 * day).toISOString(),
  })
  await clock.advance(day)
  expect(await sends()).toMatchObject({ allowed: true, graceEndsAt: new Date(passedAt + 2 * day).toISOString() })
  await clock.advance(day)
  expect(await sends()).toMatchObject({ state: 'blocked', allowed: false })
  await clock.advance(5 * day)
  expect(await sends()).toMatchObject({ used: 0, state: 'ok', graceEndsAt: null })
  await use(harness, 'sends', 11)
  expect(await sends()).toMatchObject({ graceEndsAt: new Date(clock.now() + 2 * day).toISOString() })
})

test('a window that is passed again has a grace of its own', async () => {
  const { harness } = await open()
  const { host, clock } = harness
  const graceEnds = async () =>
    (await host.ok<Decision>('POST', '/check', { account: 'acme', feature: 'sends' })).graceEndsAt
  const inTwoDays = () => new Date(clock.now() + 2 * day).toISOString()
  await use(harness, 'sends', 6)
  await clock.advance(6 * day)
  await use(harness, 'sends', 5)
  expect(await graceEnds()).toBe(inTwoDays())
  await clock.advance(day)
  expect(await graceEnds()).toBeNull()
  await use(harness, 'sends', 6)
  expect(await graceEnds()).toBe(inTwoDays())
})
