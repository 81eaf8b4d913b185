import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Feature, Grant } from '../../../server/src/catalog/model.ts'
import { type DecideInput, decide } from '../../../server/src/entitlements/decide.ts'

const features: Record<'metered' | 'boolean' | 'static', Feature> = {
  metered: { kind: 'metered', meter: 'consumable', title: 'Exports', unit: { one: 'export', other: 'exports' } },
  boolean: { kind: 'boolean', title: 'Single sign-on' },
  static: { kind: 'static', title: 'History' },
}
const input = (
  kind: keyof typeof features,
  grant: Grant | undefined,
  rest: Partial<DecideInput> = {},
): DecideInput => ({
  key: 'it',
  feature: features[kind],
  grant,
  billing: 'stripe',
  bought: undefined,
  used: 0,
  resetsAt: null,
  ...rest,
})

const units = fc.integer({ min: 0, max: 1_000 })
const quantities = fc.integer({ min: 1, max: 1_000 })
const metered = (grant: Grant, used: number): DecideInput => input('metered', grant, { used })

describe('a decision', () => {
  test.each<[string, DecideInput, object]>([
    [
      'locked, when the plan does not name a boolean feature',
      input('boolean', undefined),
      { state: 'locked', allowed: false, reason: 'not_in_plan' },
    ],
    ['locked, when it does not name a static one', input('static', undefined), { state: 'locked', allowed: false }],
    [
      'locked and uncounted, when it does not name a metered one',
      input('metered', undefined, { used: 3 }),
      { state: 'locked', used: null, limit: null },
    ],
    [
      'ok, when a boolean is on',
      input('boolean', true),
      { state: 'ok', allowed: true, reason: 'granted', limit: null },
    ],
    [
      'ok with its value, for a static feature',
      input('static', { value: 30 }),
      { state: 'ok', allowed: true, value: 30 },
    ],
    [
      'ok with null, for a static feature without a bound',
      input('static', { value: null }),
      { state: 'ok', value: null },
    ],
    [
      'ok with its use, when there is no limit',
      input('metered', 'unlimited', { used: 9 }),
      { state: 'ok', reason: 'unlimited', used: 9, limit: null, remaining: null },
    ],
    ['ok, below the soft limit', metered(10, 7), { state: 'ok', reason: 'within_limit', remaining: 3, softLimit: 8 }],
    [
      'a warning, from the soft limit on',
      metered(10, 8),
      { state: 'warn', allowed: true, reason: 'soft_limit_passed', remaining: 2 },
    ],
    [
      'blocked, when the limit is reached',
      metered(10, 10),
      { state: 'blocked', allowed: false, reason: 'limit_reached', remaining: 0 },
    ],
    ['blocked, when more is used than allowed', metered(10, 12), { state: 'blocked', remaining: 0, used: 12 }],
    ['blocked, at a limit of nothing', metered(0, 0), { state: 'blocked', limit: 0, softLimit: 0 }],
    [
      'as many units as were bought',
      input('metered', 'purchased', { bought: 5, used: 5 }),
      { state: 'blocked', limit: 5 },
    ],
    [
      'blocked, when units are sold and none were bought',
      input('metered', 'purchased'),
      { state: 'blocked', limit: 0 },
    ],
    [
      'ok, when units are sold where nothing can be bought',
      input('metered', 'purchased', { billing: 'off' }),
      { state: 'ok', reason: 'unlimited' },
    ],
  ])('is %s', (_, given, answer) => {
    expect(decide(given)).toMatchObject(answer)
  })

  it('warns never when the author wants no soft limit', () => {
    const feature: Feature = { ...features.metered, softLimit: null } as Feature
    expect(decide({ ...metered(10, 9), feature })).toMatchObject({ state: 'ok', softLimit: null })
  })

  it('says when it will change by time alone', () => {
    const resetsAt = Date.UTC(2027, 3, 1)
    const iso = '2027-04-01T00:00:00.000Z'
    for (const grant of [10, 'unlimited'] as const)
      expect(decide(input('metered', grant, { resetsAt }))).toMatchObject({ resetsAt: iso, nextChangeAt: iso })
    expect(decide(metered(10, 0))).toMatchObject({ resetsAt: null, nextChangeAt: null })
  })

  it('allows exactly what fits under the limit', () => {
    fc.assert(
      fc.property(units, units, quantities, (limit, used, quantity) => {
        expect(decide(metered(limit, used), quantity).allowed).toBe(used + quantity <= limit)
      }),
    )
  })

  it('never denies under a higher limit what a lower one allowed', () => {
    fc.assert(
      fc.property(units, units, units, quantities, (limit, more, used, quantity) => {
        const before = decide(metered(limit, used), quantity).allowed
        for (const grant of [limit + more, 'unlimited'] as const)
          expect(before && !decide(metered(grant, used), quantity).allowed).toBe(false)
      }),
    )
  })

  it('never allows after more use what was refused before', () => {
    fc.assert(
      fc.property(units, units, units, quantities, (limit, used, more, quantity) => {
        const before = decide(metered(limit, used), quantity).allowed
        expect(!before && decide(metered(limit, used + more), quantity).allowed).toBe(false)
      }),
    )
  })

  it('is the same for the same input, and its state says whether it is allowed', () => {
    const grants = fc.oneof(units, fc.constantFrom('unlimited' as const, 'purchased' as const, undefined))
    fc.assert(
      fc.property(grants, units, quantities, (grant, used, quantity) => {
        const decision = decide(input('metered', grant, { used, bought: 7 }), quantity)
        expect(decision).toEqual(decide(input('metered', grant, { used, bought: 7 }), quantity))
        expect(decision.allowed).toBe(decision.state === 'ok' || decision.state === 'warn')
      }),
    )
  })
})
