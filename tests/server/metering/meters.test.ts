import type { EventInput } from '@softgate/sdk/contract'
import { describe, expect, it, test } from 'vitest'
import { defineConfig } from '../../../server/src/catalog/define.ts'
import type { Counts, MeteredFeature } from '../../../server/src/catalog/model.ts'
import { admit } from '../../../server/src/metering/admit.ts'
import { smallConfig } from '../catalog/sample-config.ts'
import { account, start, subscription } from '../samples.ts'

const metered = (counts: Counts, rest: Partial<MeteredFeature> = {}): MeteredFeature => ({
  kind: 'metered',
  meter: 'consumable',
  reset: 'month',
  title: 'T',
  unit: { one: 'unit', other: 'units' },
  counts,
  ...rest,
})
const events = ['called']
const base = smallConfig()
const catalog = defineConfig({
  ...base,
  features: {
    ...base.features,
    tokens: metered({ aggregate: 'sum', events, of: 'tokens', where: { status: [200, 201] } }),
    calls: metered({ aggregate: 'count', events }, { scope: 'entity', total: true }),
    slowest: metered({ aggregate: 'max', of: 'ms' }),
    storage: metered({ aggregate: 'last', of: 'bytes' }, { meter: 'allocated', reset: undefined as never }),
    people: metered({ aggregate: 'unique' }),
    models: metered({ aggregate: 'unique', of: 'model' }, { browser: { maxValue: 1 } }),
    personal: metered({ aggregate: 'sum' }, { scope: 'user' }),
    cards: metered({ aggregate: 'sum' }, { scope: 'entity', total: true }),
    weekly: metered({ aggregate: 'sum' }, { reset: { days: 7 } }),
  },
})
const event = (rest: Partial<EventInput> = {}): EventInput => ({
  id: 'e1',
  name: 'called',
  entity: 'board',
  time: new Date(start).toISOString(),
  properties: { tokens: 40, status: 200 },
  ...rest,
})
const admitted = (given: EventInput, browser = false) =>
  admit(given, {
    catalog,
    account: account(),
    subscription: subscription(),
    marks: () => [],
    rest: () => 0,
    now: start,
    browser,
  })
const moves = (given: EventInput) => {
  const found = admitted(given)
  if ('code' in found) return `${found.code}: ${found.detail}`
  return [found.op, ...(found.op.more ?? [])].map(({ feature, scope = '', add, level, peak, key }) =>
    [feature, scope, add ?? level ?? peak ?? key].join(' ').trim(),
  )
}

describe('a meter', () => {
  test.each<[string, EventInput, unknown]>([
    [
      'reads events by their name, and one event moves several',
      event(),
      ['calls entity:board 1', 'tokens  40', 'calls  1'],
    ],
    [
      'leaves out what its filter does not let through',
      event({ properties: { status: 500 } }),
      ['calls entity:board 1', 'calls  1'],
    ],
    [
      'is moved once by an event that names it as well',
      event({ feature: 'tokens' }),
      ['tokens  40', 'calls entity:board 1', 'calls  1'],
    ],
    [
      'takes the value of the event before its property',
      event({ feature: 'tokens', value: 7 }),
      ['tokens  7', 'calls entity:board 1', 'calls  1'],
    ],
    ['of the highest sees a peak', event({ name: 'x', feature: 'slowest', properties: { ms: 900 } }), ['slowest  900']],
    ['of the newest sets a level', event({ name: 'x', feature: 'storage', value: 5 }), ['storage  5']],
    ['of users tells them apart', event({ name: 'x', feature: 'people', user: 'sam' }), ['people  sam']],
    [
      'of a property tells its values apart',
      event({ name: 'x', feature: 'models', properties: { model: 4 } }),
      ['models  4'],
    ],
    [
      'of each user counts for the one that is named',
      event({ name: 'x', feature: 'personal', user: 'sam' }),
      ['personal user:sam 1'],
    ],
    [
      'refuses a property that is no number of units',
      event({ properties: { status: 200, tokens: 1.5 } }),
      'invalid_event: tokens reads the property tokens, a whole number of at least 0; it is 1.5.',
    ],
    [
      'refuses an event without what it tells apart',
      event({ name: 'x', feature: 'people' }),
      'invalid_event: people tells events apart by their user, which is missing.',
    ],
    [
      'refuses a level where there is none',
      event({ name: 'x', feature: 'slowest', set: 3 }),
      'invalid_event: slowest has no level to set: it counts by max. Send value.',
    ],
    [
      'with a total has no level to set',
      event({ name: 'x', feature: 'cards', set: 3 }),
      'invalid_event: cards has no level to set: its total adds up what each entity used. Send value.',
    ],
    [
      'over a rolling window has no level to set',
      event({ name: 'x', feature: 'weekly', set: 3 }),
      'invalid_event: weekly has no level to set: the days of its window are added up. Send value.',
    ],
    [
      'refuses an event that does not say whose it is',
      event({ name: 'x', feature: 'personal' }),
      'invalid_event: personal is counted for each user: name the user.',
    ],
  ])('%s', (_, given, expected) => {
    expect(moves(given)).toEqual(expected)
  })

  it('stores an event that no filter lets through as a mere signal', () => {
    const quiet = event({ name: 'x', feature: 'tokens', properties: {} })
    expect(admitted(quiet)).toMatchObject({ op: { feature: null, add: null } })
  })

  it('is moved by a browser only where the catalogue says so, whoever reads the event', () => {
    const code = (given: EventInput) => {
      const found = admitted(given, true)
      return 'op' in found ? 'admitted' : found.code
    }
    expect(code(event({ name: 'x', feature: 'models', properties: { model: 'm' } }))).toBe('admitted')
    expect(code(event({ feature: 'models', properties: { model: 'm' } }))).toBe('browser_not_allowed')
    expect(code(event())).toBe('browser_not_allowed')
  })
})

describe('an event that replaces another', () => {
  it('takes along how old that one may be, and is a host’s alone', () => {
    const given = event({ name: 'x', replaces: 'e0' })
    const since = start - catalog.ingest.maxAgeDays * 86_400_000
    expect(admitted(given)).toMatchObject({ op: { feature: null, replaces: { id: 'e0', since } } })
    expect(admitted(given, true)).toMatchObject({ code: 'browser_not_allowed' })
    expect(admitted(event({ replaces: 'e1' }))).toMatchObject({ code: 'invalid_event' })
  })
})

describe('a catalogue with meters', () => {
  const fault = (rest: Partial<MeteredFeature>) => () =>
    defineConfig({ ...base, features: { ...base.features, it: metered({ aggregate: 'sum' }, rest) } })

  test.each<[Partial<MeteredFeature>, string]>([
    [{ reset: { days: 1 } }, 'a rolling window has from 2 to 366 whole days; it has 1.'],
    [{ reset: { days: 7 }, rollover: { cap: 5 } }, 'units roll over from one period to the next; it has no periods.'],
    [{ reset: { days: 7 }, counts: { aggregate: 'unique' } }, 'what is counted by unique does not add up'],
    [{ reset: { days: 7 }, counts: { aggregate: 'max' } }, 'what is counted by max does not add up'],
    [{ rollover: { cap: 0 } }, 'rollover.cap is a whole number of at least 1; it is 0.'],
    [{ total: true }, 'total adds up users or entities; it needs a scope.'],
    [{ scope: 'user', total: true, counts: { aggregate: 'last' } }, 'the levels of each user do not add up to a total'],
    [{ counts: { aggregate: 'count', of: 'x' } }, 'count counts events, it reads no property (x).'],
    [{ meter: 'allocated' }, 'an allocated feature is a level and never resets.'],
  ])('says what is wrong with %j', (rest, message) => {
    expect(fault(rest)).toThrow(message)
  })

  it('lets no more meters read an event than it may move', () => {
    const many = Object.fromEntries(
      Array.from({ length: 8 }, (_, n) => [`m${n}`, metered({ aggregate: 'sum', events })]),
    )
    expect(() => defineConfig({ ...base, features: { ...base.features, ...many } })).toThrow(
      '8 features read the event called',
    )
  })
})
