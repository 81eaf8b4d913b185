import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import teamflow from '../../../examples/teamflow/softgate.config.ts'
import type { Catalog, MeteredFeature } from '../../../server/src/catalog/model.ts'
import { countersOf } from '../../../server/src/entitlements/counted.ts'
import type { OverrideRecord } from '../../../server/src/entitlements/entitle.ts'
import { type AccountFacts, createSnapshot, type Snapshot } from '../../../server/src/entitlements/snapshot.ts'
import type { CounterRow } from '../../../server/src/metering/model.ts'
import { dayOf } from '../../../server/src/metering/period.ts'
import { account, day, start, subscription } from '../samples.ts'

const metered = (rest: Partial<MeteredFeature>): MeteredFeature => ({
  kind: 'metered',
  meter: 'consumable',
  title: 'Units',
  unit: { one: 'unit', other: 'units' },
  ...rest,
})
/** One feature of each kind that time, use or another feature changes. */
const features: Catalog['features'] = {
  ...teamflow.features,
  daily: metered({ reset: 'day', beyond: { units: 3, days: 2 } }),
  rolling: metered({ reset: { days: 3 } }),
  saved: metered({ rollover: { cap: 20 }, softLimit: [50, 80] }),
  ever: metered({ reset: 'never', beyond: 'overage' }),
  opened: metered({ reset: 'week', unlock: { feature: 'ever', used: 10 } }),
  shown: { kind: 'boolean', title: 'Shown', unlock: { feature: 'ever', used: 5 } },
  tried: { kind: 'boolean', title: 'Tried', beta: { fact: 'tester' } },
  own: metered({ reset: 'month', scope: 'user', total: true }),
}
const grants = { daily: 5, rolling: 9, saved: 10, ever: 20, opened: 4, shown: true as const, own: 6 }
const starter = teamflow.plans.starter
if (!starter) throw new Error('the example has lost its plan')
const config: Catalog = {
  ...teamflow,
  features,
  plans: { ...teamflow.plans, starter: { ...starter, grants: { ...starter.grants, ...grants } } },
}
const keys = Object.keys(features)
const scopes = ['', 'user:priya']

const soon = fc.integer({ min: 1, max: 40 * 24 }).map((hours) => start + (hours * day) / 24)
/** What is reserved is over before the day is, wherever the account is: it is in Tokyo in an hour. */
const today = fc.integer({ min: 1, max: 3_000_000 }).map((ms) => start + ms)
const overrides: fc.Arbitrary<OverrideRecord[]> = fc.array(
  fc.record({
    account: fc.constant('acme'),
    feature: fc.constantFrom(...keys),
    kind: fc.constantFrom<OverrideRecord['kind'][]>('override', 'trial'),
    grant: fc.constantFrom<OverrideRecord['grant'][]>(null, true, 7, 'unlimited'),
    reason: fc.constant('goodwill'),
    author: fc.constant('support'),
    endsAt: fc.option(soon),
    createdAt: fc.constant(start),
  }),
  { maxLength: 3 },
)
const payer = fc.record({
  status: fc.constantFrom('active', 'past_due', 'canceled'),
  cancelAt: fc.option(soon),
  periodEnd: soon,
  quantities: fc.record({ seats: fc.nat(9) }),
})

/** Facts about the account, or a user in it, with counters of the periods that matter. */
const anyFacts: fc.Arbitrary<AccountFacts> = fc
  .record({
    scope: fc.constantFrom(...scopes),
    paid: fc.option(payer),
    tester: fc.boolean(),
    plan: fc.constantFrom(null, 'starter'),
    timeZone: fc.constantFrom(null, 'Asia/Tokyo', 'America/New_York'),
    overrides,
    units: fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(25)), { maxLength: 6 }),
    holds: fc.array(fc.tuple(fc.constantFrom(...keys), fc.integer({ min: 1, max: 4 }), today), { maxLength: 2 }),
    passedAt: fc.option(fc.nat(3 * 24).map((hours) => start - (hours * day) / 24)),
  })
  .map(({ scope, paid, tester, plan, timeZone, units, holds, passedAt, ...rest }) => {
    const time = {
      account: account({ plan, timeZone, facts: { tester } }),
      subscription: paid && subscription({ ...paid, anchor: start - 100 * day, periodStart: start - day }),
    }
    const counted = countersOf(config, time, start, scope)
    const rows = units.map(([which, period, used]) => rowOf(counted[which % counted.length], period, used))
    const daily = counted.find(({ feature }) => feature === 'daily')?.period?.key ?? 0
    return {
      ...time,
      ...rest,
      scope,
      counters: [...new Map(rows.map((row) => [`${row.feature} ${row.period}`, row])).values()],
      holds: holds.map(([feature, quantity, expiresAt], n) => ({
        account: 'acme',
        id: `hold-${n}`,
        user: null,
        feature,
        scope,
        period: counted.find((one) => one.feature === feature)?.period?.key ?? 0,
        quantity,
        expiresAt,
      })),
      passed: passedAt === null ? [] : [{ feature: 'daily', period: daily, mark: 6, at: passedAt }],
    }
  })

type Counted = ReturnType<typeof countersOf>[number]

function rowOf(counted: Counted | undefined, place: number, used: number): CounterRow {
  const { feature = 'gone', scope = '', period = null, earlier = [] } = counted ?? {}
  const periods = [period?.key ?? 0, ...earlier]
  return { account: 'acme', feature, scope, period: periods[place % periods.length] ?? 0, used }
}

/** With what was used in the last days, of which something may be foreseen. */
const usedFacts = fc
  .tuple(anyFacts, fc.constantFrom('exports', 'saved', 'seats', 'opened'), fc.array(fc.nat(6), { maxLength: 9 }))
  .map(([facts, feature, perDay]) => ({
    ...facts,
    days: perDay.map((added, n) => ({
      feature,
      day: dayOf(facts.account, start - (perDay.length - n) * day),
      period: 0,
      value: '',
      added,
      level: null,
      peak: null,
      keys: 0,
    })),
  }))

const everything = (snapshot: Snapshot) =>
  keys.map((key) => [
    snapshot.decide(key, 1),
    snapshot.decide(key, 4),
    snapshot.most(key),
    snapshot.marks(key),
    snapshot.window(key),
    snapshot.because(key),
    snapshot.decisionJson(key),
  ])

const asks: ((snapshot: Snapshot, key: string) => unknown)[] = [
  (snapshot, key) => snapshot.decide(key, 1),
  (snapshot, key) => snapshot.decide(key, 3),
  (snapshot, key) => snapshot.most(key),
  (snapshot, key) => snapshot.marks(key),
  (snapshot, key) => snapshot.decisionJson(key),
  (snapshot) => snapshot.state(),
  (snapshot) => snapshot.decisions(),
]

describe('a snapshot that decides when it is asked', () => {
  it('says what one says that has decided everything at once, whatever it is asked and counts in between', () => {
    const steps = fc.array(fc.tuple(fc.nat(), fc.constantFrom(...keys), fc.nat(), fc.nat(25)), { maxLength: 10 })
    fc.assert(
      fc.property(usedFacts, steps, (facts, taken) => {
        const [lazy, eager] = [createSnapshot(config, facts, start), createSnapshot(config, facts, start)]
        everything(eager)
        eager.state()
        const counted = countersOf(config, facts, start, facts.scope)
        for (const [what, key, place, used] of taken) {
          const ask = asks[what % (asks.length + 2)]
          const row = rowOf(counted[place % counted.length], place, used)
          if (ask) expect(ask(lazy, key)).toEqual(ask(eager, key))
          else for (const snapshot of [lazy, eager]) snapshot.count(row)
          expect(lazy.nextChangeAt).toBe(eager.nextChangeAt)
        }
        expect(everything(lazy)).toEqual(everything(eager))
        expect(lazy.state()).toEqual(eager.state())
      }),
      { numRuns: 150 },
    )
  })

  it('stays as it is until the change that it foresees, which is none of its decisions later', () => {
    fc.assert(
      fc.property(anyFacts, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (facts, share) => {
        const made = createSnapshot(config, facts, start)
        const changes = made.decisions().map(({ nextChangeAt }) => (nextChangeAt ? Date.parse(nextChangeAt) : null))
        for (const at of changes) if (at !== null) expect(made.nextChangeAt).toBeLessThanOrEqual(at)
        const until = Math.min(made.nextChangeAt, start + 100 * day)
        const later = createSnapshot(config, facts, start + Math.floor(share * (until - start - 1)))
        expect(later.state()).toEqual(made.state())
        expect(later.nextChangeAt).toBe(made.nextChangeAt)
      }),
      { numRuns: 150 },
    )
  })

  it('looks again when the period of a feature ends that was opened meanwhile', () => {
    const { ever, opened } = features
    if (!ever || !opened) throw new Error('the features are gone')
    const facts = { account: account({ plan: 'starter' }), subscription: null, counters: [] }
    const made = createSnapshot({ ...config, features: { ever, opened } }, facts, start)
    made.count({ account: 'acme', feature: 'ever', scope: '', period: 0, used: 10 })
    expect(made.decide('opened', 1)).toMatchObject({
      state: 'ok',
      nextChangeAt: new Date(made.nextChangeAt).toISOString(),
    })
  })

  it('says the same of an unused feature to all accounts in one object, and its own of a used one', () => {
    const of = (id: string, used: number) => {
      const counters = [{ account: id, feature: 'seats', scope: '', period: 0, used }]
      return createSnapshot(
        config,
        { account: account({ id }), subscription: subscription({ account: id }), counters },
        start,
      )
    }
    const [acme, birch] = [of('acme', 1), of('birch', 2)]
    expect(acme.decide('exports', 1)).toBe(birch.decide('exports', 1))
    expect([acme, birch].map((one) => one.decide('seats', 1)?.used)).toEqual([1, 2])
    acme.count({ account: 'acme', feature: 'seats', scope: '', period: 0, used: 0 })
    expect(birch.decide('seats', 1)?.used).toBe(2)
  })
})
