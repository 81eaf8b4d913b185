import type { AccountState } from '@softgate/sdk/contract'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { aboutFeatures } from '../../../server/src/catalog/about.ts'
import { countersOf } from '../../../server/src/entitlements/counted.ts'
import { createSnapshot } from '../../../server/src/entitlements/snapshot.ts'
import type { CounterRow } from '../../../server/src/metering/model.ts'
import { account, start, subscription } from '../samples.ts'

const facts = (counters: CounterRow[] = [], rest = {}) => ({
  account: account(),
  subscription: subscription(),
  counters,
  ...rest,
})
const snapshot = (counters: CounterRow[] = []) => createSnapshot(config, facts(counters), start)
const present = countersOf(config, { account: account(), subscription: subscription() }, start)
const row = (feature: string, used: number, period?: number): CounterRow => ({
  account: 'acme',
  feature,
  scope: '',
  period: period ?? present.find((entry) => entry.feature === feature)?.period?.key ?? 0,
  used,
})
const anyRow = fc
  .tuple(fc.constantFrom('seats', 'exports', 'automations', 'sso', 'gone'), fc.nat(60), fc.constantFrom(undefined, 1))
  .map(([feature, used, period]) => row(feature, used, period))

describe('the counters that matter now', () => {
  it('are those of the metered features: a level, the billing period and the calendar month', () => {
    const [from, until] = [Date.UTC(2027, 2, 10), Date.UTC(2027, 3, 10)]
    const paid = subscription({ anchor: from, periodStart: from, periodEnd: until })
    const found = countersOf(config, { account: account(), subscription: paid }, start)
    expect(found.map(({ feature, from: key, period }) => [feature, key, period?.end ?? null])).toEqual([
      ['seats', 0, null],
      ['exports', Date.UTC(2027, 2, 1), Date.UTC(2027, 3, 1)],
      ['automations', Date.UTC(2027, 2, 1), Date.UTC(2027, 3, 1)],
      ['api_calls', from, until],
    ])
  })

  it('follow the calendar of the account where no subscription lives, and stay when the account moves', () => {
    const ended = subscription({ status: 'canceled' })
    const exports = (timeZone: string) =>
      countersOf(config, { account: account({ timeZone }), subscription: ended }, start)[1]?.period
    const key = Date.UTC(2027, 2, 1)
    expect(exports('America/New_York')).toEqual({ start: Date.UTC(2027, 2, 1, 5), end: Date.UTC(2027, 3, 1, 4), key })
    expect(exports('Asia/Tokyo')).toEqual({ start: Date.UTC(2027, 1, 28, 15), end: Date.UTC(2027, 2, 31, 15), key })
  })
})

describe('a snapshot', () => {
  it('takes the plan of the live subscription, else the one that was set, else the default', () => {
    const plan = (rest: object) => createSnapshot(config, facts([], rest), start).plan
    expect(plan({})).toBe('starter')
    expect(plan({ subscription: subscription({ status: 'past_due' }) })).toBe('starter')
    expect(plan({ subscription: subscription({ status: 'canceled' }) })).toBe('free')
    expect(plan({ subscription: subscription({ plan: null }), account: account({ plan: 'business' }) })).toBe(
      'business',
    )
    expect(plan({ subscription: null, account: account({ plan: 'gone' }) })).toBe('free')
    expect(plan({ subscription: null, account: account({ plan: 'constructor' }) })).toBe('free')
  })

  it('counts what is present and not what is past', () => {
    const used = snapshot([row('exports', 9, 1), row('exports', 4)]).decide('exports', 1)?.used
    expect(used).toBe(4)
  })

  it('gives nothing that was bought once its subscription has ended', () => {
    const ended = createSnapshot(
      config,
      facts([row('seats', 3)], { subscription: subscription({ status: 'canceled' }) }),
      start,
    )
    expect(ended.decide('seats', 1)).toMatchObject({ limit: 3, state: 'blocked' })
  })

  it('is after counting what it would be if it were built anew', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), (rows) => {
        const moved = snapshot()
        for (const entry of rows) moved.count(entry)
        const latest = new Map(rows.map((entry) => [`${entry.feature} ${entry.period}`, entry]))
        const built = snapshot([...latest.values()])
        expect(moved.state()).toEqual(built.state())
        expect(moved.decide('seats', 3)).toEqual(built.decide('seats', 3))
      }),
    )
  })

  it('says in JSON what it decides', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 4 }), (rows) => {
        const made = snapshot(rows)
        const state = JSON.parse(made.state().json) as AccountState
        expect(Object.keys(state.features)).toEqual(Object.keys(config.features))
        expect(state.about).toEqual(aboutFeatures(config, 'starter'))
        for (const [key, decision] of Object.entries(state.features)) {
          expect(decision).toEqual(made.decide(key, 1))
          // Of what each user has for themselves, the account's says nothing alone.
          expect(made.decisionJson(key)).toBe(decision.scope ? undefined : JSON.stringify(decision))
        }
      }),
    )
  })

  it('changes its tag exactly when it changes its JSON', () => {
    fc.assert(
      fc.property(fc.array(anyRow, { minLength: 1, maxLength: 8 }), (rows) => {
        const made = snapshot()
        for (const entry of rows) {
          const before = made.state()
          made.count(entry)
          const after = made.state()
          expect(before.tag !== after.tag).toBe(before.json !== after.json)
        }
      }),
    )
  })

  it('names account and plan, and nothing of what the host keeps to itself', () => {
    const secret = account({ contractValue: 77_777, healthScore: 66, facts: { note: 'churning' } })
    const { json } = createSnapshot(config, facts([], { account: secret }), start).state()
    expect(JSON.parse(json).account).toEqual({
      id: 'acme',
      name: 'Acme',
      plan: { key: 'starter', title: 'Starter' },
      timeZone: 'UTC',
    })
    expect(json).not.toMatch(/77777|66|churning/)
  })

  it('says in which time zone the dates of the account are meant', () => {
    const berlin = account({ timeZone: 'Europe/Berlin' })
    const { json } = createSnapshot(config, facts([], { account: berlin }), start).state()
    expect(JSON.parse(json).account.timeZone).toBe('Europe/Berlin')
  })

  it('holds until the first of its periods ends, and for ever where nothing resets', () => {
    const early = Date.UTC(2027, 2, 20)
    const made = createSnapshot(config, facts([], { subscription: subscription({ periodEnd: early }) }), start)
    expect(made.nextChangeAt).toBe(early)
    const { seats, sso } = config.features
    if (!seats || !sso) throw new Error('the example has lost its features')
    expect(createSnapshot({ ...config, features: { seats, sso } }, facts(), start).nextChangeAt).toBe(
      Number.POSITIVE_INFINITY,
    )
  })

  it('knows nothing of a feature that is not in the catalogue', () => {
    const made = snapshot()
    expect([made.decide('gone', 1), made.decisionJson('gone'), made.decide('constructor', 1)]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})
