import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { defineConfig } from '../../../server/src/catalog/define.ts'
import { limitOf, markOf, marksOf, softLimitsOf } from '../../../server/src/catalog/limits.ts'
import type { Grant, MeteredFeature, Trigger } from '../../../server/src/catalog/model.ts'
import { marksPassed } from '../../../server/src/metering/marks.ts'
import { smallConfig } from './sample-config.ts'

const exports: MeteredFeature = {
  kind: 'metered',
  meter: 'consumable',
  title: 'Exports',
  unit: { one: 'export', other: 'exports' },
}
const usage = (above: number, feature?: string): Trigger => ({
  title: 'Usage',
  source: { on: 'usage', above, ...(feature !== undefined && { feature }) },
  expansion: 'tier',
  holdout: 0.1,
  prompt: 'nearly_full',
})
const share = fc.integer({ min: 1, max: 99 })
const anyLimit = fc.integer({ min: 1, max: 1_000_000_000_000 })

describe('the limit of a grant', () => {
  test.each<[Grant, number | undefined, 'stripe' | 'off', number | null]>([
    [0, undefined, 'stripe', 0],
    [50, 7, 'stripe', 50],
    ['unlimited', 7, 'stripe', null],
    ['purchased', 7, 'stripe', 7],
    ['purchased', undefined, 'stripe', 0],
    ['purchased', undefined, 'off', null],
    ['purchased', 7, 'off', 7],
    [true, undefined, 'stripe', null],
    [{ value: 30 }, undefined, 'stripe', null],
  ])('%j, with %s bought and billing %s, is %s', (grant, bought, billing, limit) => {
    expect(limitOf(grant, bought, billing)).toBe(limit)
  })
})

describe('the soft limit', () => {
  it('is 80 percent when nothing is said, none when the author wants none, and none without a limit', () => {
    expect(softLimitsOf(exports, 10)).toEqual([8])
    expect(softLimitsOf({ ...exports, softLimit: 50 }, 5)).toEqual([3])
    expect(softLimitsOf({ ...exports, softLimit: [50, 80, 100] }, 10)).toEqual([5, 8, 10])
    expect(softLimitsOf({ ...exports, softLimit: null }, 10)).toEqual([])
    expect(softLimitsOf(exports, null)).toEqual([])
  })

  it('is never above the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), anyLimit, (softLimit, limit) => {
        expect(softLimitsOf({ ...exports, softLimit }, limit)[0]).toBeLessThanOrEqual(limit)
      }),
    )
  })
})

describe('the mark of a usage trigger', () => {
  it('is the first whole unit above its share, and within the limit', () => {
    fc.assert(
      fc.property(share, anyLimit, (above, limit) => {
        const mark = markOf(usage(above), limit) ?? Number.NaN
        expect(mark * 100 > above * limit && (mark - 1) * 100 <= above * limit).toBe(true)
        expect(mark <= limit).toBe(true)
      }),
    )
  })

  it('is passed once on the way up, in however many steps', () => {
    const steps = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 20 })
    fc.assert(
      fc.property(fc.uniqueArray(share, { minLength: 1, maxLength: 4 }), steps, (shares, adds) => {
        const marks = shares.map((above) => markOf(usage(above), 100) ?? 0).sort((a, b) => a - b)
        let used = 0
        const passed = adds.flatMap((add) => {
          const before = used
          used += add
          return marksPassed({ marks }, before, used)
        })
        expect(passed).toEqual(marks.filter((mark) => mark <= used))
      }),
    )
  })

  it('is recorded for the triggers that watch the feature, each level once, lowest first', () => {
    const triggers = { all: usage(80), same: usage(80), early: usage(50, 'exports'), other: usage(90, 'seats') }
    const catalog = defineConfig({ ...smallConfig(), triggers })
    expect(marksOf(catalog, 'exports', 10)).toEqual([6, 9])
    expect(marksOf(catalog, 'seats', 10)).toEqual([9, 10])
    expect([marksOf(catalog, 'exports', null), marksOf(catalog, 'exports', 0)]).toEqual([[], []])
  })

  it('does not exist for a trigger on gates', () => {
    const blocked: Trigger = { title: 'Blocked', source: { on: 'blocked' }, expansion: 'seats', prompt: 'nearly_full' }
    expect(markOf(blocked, 10)).toBeNull()
  })
})
