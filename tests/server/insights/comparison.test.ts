import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bandOf, compare, fewestAccounts, isCompared, type Member } from '../../../server/src/insights/comparison.ts'

const comparing = { leastAccounts: 5, size: null, bands: [5, 20] }
const groupOf = ({ segment, plan, band, feature }: Omit<Member, 'used'>): string =>
  JSON.stringify([segment, plan, band, feature])

const member: fc.Arbitrary<Member> = fc.record({
  segment: fc.constantFrom('smb' as const, 'enterprise' as const),
  plan: fc.constantFrom('free', 'pro'),
  band: fc.nat(1),
  feature: fc.constantFrom('runs', 'seats'),
  used: fc.nat(1_000),
})

describe('a comparison', () => {
  it('is told of a group exactly where enough of its accounts use the feature, and never of fewer than five', () => {
    fc.assert(
      fc.property(
        fc.array(member, { minLength: 60, maxLength: 120 }),
        fc.integer({ min: 0, max: 20 }),
        (members, leastAccounts) => {
          const told = compare(members, { ...comparing, leastAccounts }).map(groupOf)
          const counts = new Map<string, number>()
          for (const one of members) if (one.used > 0) counts.set(groupOf(one), (counts.get(groupOf(one)) ?? 0) + 1)
          const large = [...counts].filter(([, count]) => count >= Math.max(fewestAccounts, leastAccounts))
          expect(told.sort()).toEqual(large.map(([name]) => name).sort())
        },
      ),
    )
  })

  it('depends on nothing but the accounts of its own group, in any order', () => {
    fc.assert(
      fc.property(fc.array(member, { minLength: 60, maxLength: 120 }), (members) => {
        for (const one of compare(members, comparing)) {
          const own = members.filter((other) => groupOf(other) === groupOf(one)).reverse()
          expect(compare(own, comparing)).toEqual([one])
        }
      }),
    )
  })

  it('has its quartiles in order, within what is used, to two digits', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1e9 }), { minLength: 10, maxLength: 60 }), (use) => {
        const group = { segment: 'smb' as const, plan: 'pro', band: 0, feature: 'runs' }
        const [one] = compare(
          use.map((used) => ({ ...group, used })),
          comparing,
        )
        if (!one) throw new Error('there are enough accounts')
        expect(one.low).toBeLessThanOrEqual(one.median)
        expect(one.median).toBeLessThanOrEqual(one.high)
        expect(one.low).toBeGreaterThanOrEqual(Math.min(...use) * 0.9)
        expect(one.high).toBeLessThanOrEqual(Math.max(...use) * 1.1)
        for (const value of [one.low, one.median, one.high]) expect(Number(value.toPrecision(2))).toBe(value)
      }),
    )
  })

  it('gives the numbers that half and a quarter of the accounts are below', () => {
    const group = { segment: 'smb' as const, plan: 'pro', band: 0, feature: 'runs' }
    const members = Array.from({ length: 21 }, (_, n) => ({ ...group, used: 100 + 10 * n }))
    expect(compare(members, comparing)).toEqual([{ ...group, low: 150, median: 200, high: 250 }])
  })

  it('sorts sizes into bands, and compares what belongs to whole accounts', () => {
    expect([0, 5, 6, 20, 21].map((size) => bandOf(size, comparing))).toEqual([0, 0, 1, 1, 2])
    const unit = { one: 'run', other: 'runs' }
    const runs = { kind: 'metered' as const, meter: 'consumable' as const, title: 'Runs', unit }
    expect([runs, { ...runs, scope: 'user' as const }, undefined].map(isCompared)).toEqual([true, false, false])
  })
})
