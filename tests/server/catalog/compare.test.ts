import { describe, expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { coveringPlan, toPlanGrant } from '../../../server/src/catalog/compare.ts'

describe('a grant as data', () => {
  it.each([
    [undefined, { kind: 'not_included' }],
    [true, { kind: 'included' }],
    [50, { kind: 'limit', limit: 50 }],
    [0, { kind: 'limit', limit: 0 }],
    ['unlimited', { kind: 'unlimited' }],
    ['purchased', { kind: 'purchased' }],
    [{ value: null }, { kind: 'value', value: null }],
  ] as const)('%j is %j', (grant, expected) => {
    expect(toPlanGrant(grant, config.features.seats)).toEqual(expected)
  })

  it.each([
    ['seats', {}],
    ['api_calls', { each: 'billing' }],
    ['exports', { each: 'month' }],
    ['automations', { each: 'month' }],
  ] as const)('says how often so many %s are given anew', (key, each) => {
    expect(toPlanGrant(5, config.features[key])).toEqual({ kind: 'limit', limit: 5, ...each })
  })

  it.each([
    ['never', {}],
    ['week', { each: 'week' }],
    [{ days: 30 }, { each: { days: 30 } }],
  ] as const)('with a reset of %j', (reset, each) => {
    const feature = {
      kind: 'metered',
      meter: 'consumable',
      title: 'Runs',
      unit: { one: 'run', other: 'runs' },
      reset,
    } as const
    expect(toPlanGrant(5, feature)).toEqual({ kind: 'limit', limit: 5, ...each })
  })
})

describe('the plan that covers what was asked for', () => {
  it.each([
    ['starter', { sso: 1 }, 'professional'],
    ['starter', { sso: 1, exports: 501 }, 'business'],
    ['starter', { exports: 51 }, 'professional'],
    ['starter', { exports: 50 }, 'starter'],
    ['starter', { seats: 4_000 }, 'starter'],
    ['free', { seats: 4 }, 'starter'],
    ['starter', { automations: 50_001 }, 'enterprise'],
    ['starter', {}, 'starter'],
    ['business', { sso: 1 }, 'business'],
  ])('from %s with %j is %s', (present, units, plan) => {
    expect(coveringPlan(config, present, new Map(Object.entries(units)))).toBe(plan)
  })

  it('is none where no plan grants it', () => {
    expect(coveringPlan(config, 'starter', new Map([['gone', 1]]))).toBeNull()
  })
})
