import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateUse } from '../../../server/src/billing/estimate.ts'
import { costOf, type Rate } from '../../../server/src/catalog/rate.ts'

const rates: Rate[] = [
  { unitAmount: 5 },
  { unitAmount: 100, units: 1_000 },
  {
    mode: 'graduated',
    tiers: [
      { upTo: 100, unit: 10 },
      { upTo: null, unit: 4 },
    ],
  },
  {
    mode: 'volume',
    tiers: [
      { upTo: 100, unit: 10 },
      { upTo: null, unit: 4 },
    ],
  },
]

describe('what use comes to', () => {
  it('is the price of what is beyond the limit, and nothing up to it', () => {
    for (const rate of rates) {
      expect(estimateUse({ rate, free: 1_000, used: 1_000, ahead: null })).toEqual({
        overage: 0,
        amount: 0,
        forecast: null,
      })
      expect(estimateUse({ rate, free: 1_000, used: 1_150, ahead: null })).toMatchObject({
        overage: 150,
        amount: costOf(rate, 150),
      })
    }
    const free = Number.POSITIVE_INFINITY
    expect(estimateUse({ rate: { unitAmount: 5 }, free, used: 9, ahead: { mean: 9, spread: 1 } })).toMatchObject({
      amount: 0,
      forecast: { used: 18, amount: 0, least: 0, most: 0 },
    })
  })

  it('is foreseen within its range, and never as less than was used', () => {
    const ahead = fc.record({ mean: fc.integer({ min: -500, max: 5_000 }), spread: fc.integer({ min: 0, max: 5_000 }) })
    fc.assert(
      fc.property(fc.constantFrom(...rates), fc.nat(3_000), ahead, (rate, used, growth) => {
        const { overage, forecast } = estimateUse({ rate, free: 1_000, used, ahead: growth })
        if (!forecast) throw new Error('no forecast')
        expect(forecast.used).toBeGreaterThanOrEqual(used)
        expect(forecast.overage).toBeGreaterThanOrEqual(overage)
        expect([forecast.least <= forecast.amount, forecast.amount <= forecast.most]).toEqual([true, true])
      }),
    )
  })
})
