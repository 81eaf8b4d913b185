import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import type { Beyond, Feature, MeteredFeature } from '../../../server/src/catalog/model.ts'
import { type DecideInput, decide, mostOf } from '../../../server/src/entitlements/decide.ts'
import { forRole } from '../../../server/src/entitlements/roles.ts'
import { day, start } from '../samples.ts'

const exports: MeteredFeature = {
  kind: 'metered',
  meter: 'consumable',
  title: 'Exports',
  unit: { one: 'export', other: 'exports' },
}
const at = (used: number, rest: Partial<DecideInput> = {}): DecideInput => ({
  key: 'exports',
  feature: exports,
  grant: 100,
  billing: 'stripe',
  bought: undefined,
  used,
  resetsAt: start + 20 * day,
  now: start,
  ...rest,
})
const beyond = (used: number, rule: Beyond, since: number | null = null) =>
  at(used, { beyond: rule, overSince: () => since })
const iso = (ms: number): string => new Date(ms).toISOString()

describe('beyond a limit', () => {
  test.each<[string, DecideInput, number, object]>([
    [
      'overage goes on and is told',
      beyond(130, 'overage'),
      1,
      { state: 'warn', allowed: true, reason: 'overage', overage: 30, remaining: 0 },
    ],
    ['overage is nothing below the limit', beyond(10, 'overage'), 1, { state: 'ok', overage: 0 }],
    [
      'a grace of units lets so many through',
      beyond(104, { units: 5 }),
      1,
      { state: 'grace', allowed: true, reason: 'grace' },
    ],
    ['a grace of units ends after them', beyond(105, { units: 5 }), 1, { state: 'blocked', allowed: false }],
    ['a grace of percent is a part of the limit', beyond(100, { percent: 10 }), 10, { state: 'grace', allowed: true }],
    ['a grace of percent ends after it', beyond(100, { percent: 10 }), 11, { state: 'blocked' }],
    ['of units and percent the lower holds', beyond(100, { units: 50, percent: 10 }), 11, { state: 'blocked' }],
    [
      'a grace of days has not begun at the limit',
      beyond(100, { days: 3 }),
      1,
      { state: 'grace', allowed: true, graceEndsAt: null },
    ],
    [
      'a grace of days counts down',
      beyond(101, { days: 3 }, start - day),
      1,
      { state: 'grace', graceEndsAt: iso(start + 2 * day), nextChangeAt: iso(start + 2 * day) },
    ],
    [
      'a grace of days is over then',
      beyond(101, { days: 3 }, start - 3 * day),
      1,
      { state: 'blocked', graceEndsAt: null, nextChangeAt: iso(start + 20 * day) },
    ],
    ['a limit that came down gives no grace of days', beyond(101, { days: 3 }), 1, { state: 'blocked' }],
  ])('%s', (_, input, quantity, expected) => {
    expect(decide(input, quantity)).toMatchObject(expected)
  })

  it('warns from the lowest of several soft limits, and tells them all', () => {
    const feature = { ...exports, softLimit: [50, 80] }
    expect(decide(at(49, { feature }))).toMatchObject({ state: 'ok', softLimit: 50, softLimits: [50, 80] })
    expect(decide(at(50, { feature }))).toMatchObject({ state: 'warn' })
  })

  it('takes what is reserved for used, and adds what rolled over', () => {
    expect(decide(at(90, { held: 10 }))).toMatchObject({ state: 'blocked', remaining: 0, held: 10 })
    expect(decide(at(100, { carried: () => 20 }))).toMatchObject({
      limit: 120,
      rolledOver: 20,
      remaining: 20,
      allowed: true,
    })
  })

  const rule: fc.Arbitrary<Beyond> = fc.oneof(
    fc.constantFrom<Beyond[]>('block', 'overage'),
    fc.record(
      { units: fc.integer({ min: 1, max: 50 }), percent: fc.integer({ min: 1, max: 90 }) },
      { requiredKeys: ['units'] },
    ),
    fc.record({ days: fc.integer({ min: 1, max: 9 }) }),
  )
  const units = fc.nat(300)
  const since = fc.option(fc.nat(9).map((days) => start - days * day))

  it('is never denied by a raised limit what a lower one allowed, whatever the rule', () => {
    fc.assert(
      fc.property(
        rule,
        units,
        units,
        units,
        fc.integer({ min: 1, max: 50 }),
        since,
        (given, used, limit, more, quantity, passed) => {
          const allowed = (grant: number) => {
            // A grace runs from the passing of the limit in force: of a higher one it never began sooner.
            const input = { ...beyond(used, given, passed), grant }
            return decide(input, quantity).allowed
          }
          expect(allowed(limit) && !allowed(limit + more)).toBe(false)
        },
      ),
    )
  })

  it('is allowed exactly as far as consumption is held to', () => {
    fc.assert(
      fc.property(
        rule,
        units,
        units,
        fc.nat(40),
        fc.integer({ min: 1, max: 50 }),
        since,
        (given, used, limit, held, quantity, passed) => {
          const input = { ...beyond(used, given, passed), grant: limit, held }
          const most = mostOf(input) ?? Number.POSITIVE_INFINITY
          expect(decide(input, quantity).allowed).toBe(used + held + quantity <= most)
        },
      ),
    )
  })
})

describe('a feature that opens by use of another', () => {
  const unlock = (used: number) => ({ feature: 'workflows', used, needed: 10 })

  it('is locked until then, and says how far it is', () => {
    expect(decide(at(0, { unlock: unlock(9) }))).toMatchObject({
      state: 'locked',
      reason: 'not_unlocked',
      unlock: unlock(9),
    })
    expect(decide(at(0, { unlock: unlock(10) }))).toMatchObject({ state: 'ok', allowed: true, unlock: unlock(10) })
    expect(decide(at(0, { grant: undefined, unlock: unlock(10) }))).toMatchObject({ reason: 'not_in_plan' })
  })
})

describe('the rules of roles', () => {
  const feature: Feature = { ...exports, roles: { use: ['admin'], see: ['admin', 'member'] } }
  const open = decide(at(0))

  it('let those use and see it whom they name', () => {
    expect(forRole(open, feature, 'admin')).toEqual(open)
    expect(forRole(open, feature, 'member')).toEqual({
      ...open,
      state: 'locked',
      allowed: false,
      reason: 'role_not_allowed',
    })
    expect(forRole(open, feature, null)).toMatchObject({ allowed: false, hidden: true })
    expect(forRole(open, exports, null)).toBe(open)
  })

  it('open nothing that the account may not do', () => {
    const closed = decide(at(100))
    expect(forRole(closed, feature, 'admin')).toEqual(closed)
  })
})
