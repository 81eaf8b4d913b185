import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { bucketOf } from '../../../server/src/kernel/hash.ts'
import vectors from './hash-vectors.json' with { type: 'json' }

describe('the bucket of a value under a seed', () => {
  test.each(vectors.cases as [string, string, number][])(
    'is the published one for %j and %j',
    (seed, value, bucket) => {
      expect(bucketOf(seed, value)).toBe(bucket)
    },
  )

  it('is always from 0 to below 1', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (seed, value) => {
        const bucket = bucketOf(seed, value)
        expect(bucket >= 0 && bucket < 1).toBe(true)
      }),
    )
  })

  it('spreads ids that differ in their last letters only over the whole range', () => {
    const tenths = Array.from({ length: 10 }, () => 0)
    for (let n = 0; n < 20_000; n++) {
      const tenth = Math.floor(bucketOf('experiment', `account_${n}`) * 10)
      tenths[tenth] = (tenths[tenth] ?? 0) + 1
    }
    expect(Math.min(...tenths)).toBeGreaterThan(1_800)
    expect(Math.max(...tenths)).toBeLessThan(2_200)
  })
})
