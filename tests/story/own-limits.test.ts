import type { Decision, GateAnswer, Prompt, State } from '@softgate/sdk/contract'
import type { Catalog } from '@softgate/server'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { isHeldOut } from '../../server/src/experiments/assign.ts'
import { openDatabase } from '../../server/src/store/open.ts'
import { cleanup } from '../support/cleanup.ts'
import { day, type Harness, openHarness, subscribe } from '../support/harness.ts'
import { freshSqlite } from '../support/sqlite.ts'
import { listenTo } from '../support/stream.ts'

const unit = { one: 'unit', other: 'units' }
const said = { title: '{who, select, you {You have} other {{who} has}} {used} of {limit}', body: '-', action: '-' }
const copy = { en: { buy: { ...said, dismiss: '-' }, ask: { ...said, dismiss: '-' } } }
const near = { holdout: 0.1, expansion: 'more', prompt: 'nearly_full' }
const { free, starter, professional } = teamflow.plans
if (!free || !starter || !professional) throw new Error('TeamFlow sells other plans')

/** TeamFlow with pins and notes for each user, and boards with cards for each entity. */
const config: Catalog = {
  ...teamflow,
  features: {
    ...teamflow.features,
    notes: {
      kind: 'metered',
      meter: 'consumable',
      title: 'Notes',
      unit,
      scope: 'user',
      reset: 'day',
      rollover: { cap: 5 },
    },
    cards: { kind: 'metered', meter: 'consumable', title: 'Cards', unit, scope: 'entity', reset: 'never' },
  },
  plans: {
    free: { ...free, grants: { ...free.grants, pins: 4, notes: 10, cards: 4 } },
    starter: { ...starter, grants: { ...starter.grants, pins: 4, notes: 10, cards: 4 } },
    professional: { ...professional, grants: { ...professional.grants, pins: 40, notes: 100, cards: 40 } },
  },
  triggers: {
    pins_nearly_full: {
      ...near,
      title: 'Pins',
      source: { on: 'usage', feature: 'pins', above: 50 },
      to: 'both',
      cooldownDays: 30,
    },
    notes_nearly_full: { ...near, title: 'Notes', source: { on: 'usage', feature: 'notes', above: 80 } },
    cards_nearly_full: { ...near, title: 'Cards', source: { on: 'usage', feature: 'cards', above: 50 } },
    cards_full: {
      title: 'No card left',
      source: { on: 'blocked', feature: 'cards' },
      expansion: 'more',
      prompt: 'full',
    },
  },
  prompts: {
    nearly_full: { placement: 'banner', variants: { fact: { copy } } },
    full: { placement: 'dialog', variants: { fact: { copy } } },
  },
}

/** An account in no holdout. */
const acme =
  Array.from({ length: 200 }, (_, n) => `acme-${n}`).find((id) =>
    Object.keys(config.triggers).every((key) => !isHeldOut(key, id, 0.1)),
  ) ?? ''

async function open(options: Parameters<typeof openHarness>[0] = {}) {
  const harness = await openHarness({ config, ...options })
  await subscribe(harness, { id: acme, taken: 3 })
  const { host } = harness
  await host.ok('PUT', `/accounts/${acme}/users/sam`, { entities: ['red'] })
  await host.ok('PUT', `/accounts/${acme}/users/eve`, { role: 'member', name: 'Eve Lin', entities: ['red', 'blue'] })
  await host.ok('PUT', `/accounts/${acme}/users/bob`, { role: 'member' })
  const prompts = async (user: string): Promise<Prompt[]> => {
    await harness.softgate.services.sweep()
    return (await harness.as(acme, user).ok<State>('GET', '/state')).prompts
  }
  const titles = async (...users: string[]) =>
    Promise.all(users.map(async (user) => (await prompts(user)).map(({ copy: { title } }) => title).join()))
  return { harness, prompts, titles }
}

let ids = 0
const use = ({ host, clock }: Harness, feature: string, whose: object, counted: object) =>
  host.ok('POST', '/events', {
    events: [
      {
        id: `use-${String(++ids).padStart(6, '0')}`,
        account: acme,
        name: 'used',
        feature,
        time: new Date(clock.now()).toISOString(),
        ...whose,
        ...counted,
      },
    ],
  })

test('what a user passes is read by that user, by the admins where the trigger says so, and by nobody else', async () => {
  const { harness, prompts, titles } = await open()
  const listen = async (user: string) =>
    listenTo(
      await harness.softgate.app.request('/v1/stream', {
        headers: { authorization: `Bearer ${harness.token(acme, user)}` },
      }),
    )
  const [sam, eve] = [await listen('sam'), await listen('eve')]
  await use(harness, 'pins', { user: 'eve' }, { set: 1 })
  await use(harness, 'pins', { user: 'sam' }, { set: 3 })
  expect(await titles('sam', 'priya', 'eve', 'bob')).toEqual(['You have 3 of 4', 'Sam Ortiz has 3 of 4', '', ''])
  const [own] = await prompts('sam')
  const [told] = await prompts('priya')
  expect(own).toMatchObject({ way: 'ask', offer: null, about: { user: 'sam' }, feature: 'pins' })
  expect(told).toMatchObject({ way: 'buy', offer: { kind: 'switch' }, about: { user: 'sam' }, delivery: own?.delivery })
  expect((await sam.next<State>('prompts', (state) => state.prompts.length > 0)).prompts).toEqual([own])

  // What is told keeps up with what is used.
  await use(harness, 'pins', { user: 'sam' }, { set: 4 })
  expect(await titles('sam', 'priya')).toEqual(['You have 4 of 4', 'Sam Ortiz has 4 of 4'])
  for (const user of ['eve', 'bob']) {
    const refused = harness
      .as(acme, user)
      .refused('POST', `/prompts/${own?.delivery}/outcome`, { outcome: 'dismissed' })
    expect((await refused).code).toBe('delivery_unknown')
  }
  await harness.as(acme, 'sam').ok('POST', `/prompts/${own?.delivery}/outcome`, { outcome: 'dismissed' })
  expect(await titles('sam', 'priya')).toEqual(['', 'Sam Ortiz has 4 of 4'])
  await use(harness, 'pins', { user: 'eve' }, { set: 3 })
  expect(await titles('eve', 'sam', 'bob')).toEqual(['You have 3 of 4', '', ''])
  const heard = eve.seen<State>('prompts').flatMap((state) => state.prompts.map(({ about }) => about))
  expect(new Set(heard.map((about) => about?.user))).not.toContain('sam')
  await Promise.all([sam.close(), eve.close()])
  expect(harness.failures).toEqual([])
})

test('what an entity passes is read by its users, who may come and go', async () => {
  const { harness, prompts, titles } = await open()
  await use(harness, 'cards', { entity: 'blue' }, { value: 3 })
  expect(await titles('sam', 'eve', 'bob', 'priya')).toEqual(['', 'blue has 3 of 4', '', ''])
  expect(await prompts('eve')).toMatchObject([{ about: { entity: 'blue' } }])
  await use(harness, 'cards', { entity: 'red' }, { value: 4 })
  expect(await titles('sam', 'bob')).toEqual(['red has 4 of 4', ''])
  await harness.host.ok('PUT', `/accounts/${acme}/users/bob`, { entities: ['blue', 'blue'] })
  await harness.host.ok('PUT', `/accounts/${acme}/users/sam`, { entities: null })
  expect(await titles('sam', 'bob')).toEqual(['', 'blue has 3 of 4'])
})

test('attempts for two entities are two, and each is told its own use', async () => {
  const { harness } = await open()
  for (const entity of ['red', 'blue']) await use(harness, 'cards', { entity }, { value: entity === 'red' ? 4 : 5 })
  const attempt = (entity: string) =>
    harness.as(acme, 'sam').ok<GateAnswer>('POST', '/gates', { feature: 'cards', entity })
  const [red, blue, again] = [await attempt('red'), await attempt('blue'), await attempt('red')]
  expect([red.prompt?.copy.title, blue.prompt?.copy.title]).toEqual(['red has 4 of 4', 'blue has 5 of 4'])
  expect(again.prompt?.delivery).toBe(red.prompt?.delivery)
  expect(blue.prompt?.delivery).not.toBe(red.prompt?.delivery)
})

test('a cooldown is each one’s own, and of what admins read of others there is one', async () => {
  const database = freshSqlite()
  const { harness, titles } = await open({ database })
  const { clock, softgate } = harness
  await use(harness, 'pins', { user: 'sam' }, { set: 3 })
  expect(await titles('sam', 'priya')).toEqual(['You have 3 of 4', 'Sam Ortiz has 3 of 4'])
  await clock.advance(day)
  await use(harness, 'pins', { user: 'eve' }, { set: 3 })
  expect(await titles('eve', 'sam', 'priya')).toEqual(['You have 3 of 4', 'You have 3 of 4', 'Sam Ortiz has 3 of 4'])
  await use(harness, 'pins', { user: 'sam' }, { set: 1 })
  expect(await titles('sam', 'priya')).toEqual(['', ''])
  await use(harness, 'pins', { user: 'sam' }, { set: 4 })
  const reader = await openDatabase({ url: database, instance: 'test', clock })
  cleanup(() => reader.close())
  await softgate.services.sweep()
  const history = async () =>
    (await reader.read.triggers.history(acme, 9)).map(({ scope, status, to, explain }) => [
      scope,
      status,
      to,
      explain.find(({ code }) => code === 'cooling_down')?.facts.party,
    ])
  expect(await history()).toEqual([
    ['user:sam', 'suppressed', 'both', 'own'],
    ['user:eve', 'fired', 'own', 'admins'],
    ['user:sam', 'fired', 'both', undefined],
  ])
  // Sam's cooldown ends a day before Eve's; she has not passed anything again.
  await clock.advance(29 * day)
  await softgate.services.sweep()
  expect((await history())[0]).toEqual(['user:sam', 'fired', 'both', undefined])
  expect(await history()).toHaveLength(4)
  expect(await titles('sam', 'priya')).toEqual(['You have 4 of 4', 'Sam Ortiz has 4 of 4'])
})

test('a mark is answered once a period, whatever is taken back, and anew in the next', async () => {
  const database = freshSqlite()
  const { harness } = await open({ database })
  const { clock, softgate } = harness
  const reader = await openDatabase({ url: database, instance: 'test', clock })
  cleanup(() => reader.close())
  const note = async (value: number, rest = {}) => {
    await use(harness, 'notes', { user: 'sam' }, { value, ...rest })
    await softgate.services.sweep()
    return (await reader.read.triggers.history(acme, 99)).filter(({ status }) => status === 'fired').length
  }
  expect(await note(9, { id: 'wrong' })).toBe(1)
  expect(await note(1, { replaces: 'wrong' })).toBe(1)
  expect(await note(8)).toBe(1)
  await clock.advance(day)
  expect(await note(9)).toBe(2)
})

test('what rolled over for a user raises the mark of that user alone', async () => {
  const { harness, titles } = await open()
  const { clock, host } = harness
  await clock.advance(day)
  await use(harness, 'notes', { user: 'sam' }, { value: 6 })
  await use(harness, 'notes', { user: 'eve' }, { value: 8 })
  await clock.advance(day)
  await use(harness, 'notes', { user: 'sam' }, { value: 10 })
  await use(harness, 'notes', { user: 'eve' }, { value: 10 })
  const check = { account: acme, feature: 'notes', user: 'sam' }
  expect(await host.ok<Decision>('POST', '/check', check)).toMatchObject({ limit: 14, used: 10 })
  expect(await titles('sam', 'eve')).toEqual(['', 'You have 10 of 12'])
  await host.ok('POST', '/consume', { ...check, id: 'consumed', quantity: 2 })
  expect(await titles('sam', 'eve')).toEqual(['You have 12 of 14', 'You have 10 of 12'])
})
