import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  breakdownWords,
  costOf,
  partsOf,
  type Rate,
  rateOf,
  rateWords,
  sameRate,
  type Tier,
  toTiers,
} from '../../../server/src/catalog/rate.ts'

const tiers: Tier[] = [
  { upTo: 10, unit: 1_200 },
  { upTo: 50, unit: 1_000 },
  { upTo: null, unit: 800 },
]
const graduated: Rate = { mode: 'graduated', tiers }
const volume: Rate = { mode: 'volume', tiers }
const base: Rate = {
  mode: 'graduated',
  tiers: [
    { upTo: 5, unit: 0, flat: 5_000 },
    { upTo: null, unit: 900 },
  ],
}

describe('what a number of units comes to', () => {
  test.each<[string, Rate, [units: number, amount: number][]]>([
    [
      'so much each',
      { unitAmount: 1_200 },
      [
        [0, 0],
        [1, 1_200],
        [7, 8_400],
      ],
    ],
    [
      'graduated',
      graduated,
      [
        [1, 1_200],
        [10, 12_000],
        [11, 13_000],
        [50, 52_000],
        [51, 52_800],
      ],
    ],
    [
      'volume',
      volume,
      [
        [1, 1_200],
        [10, 12_000],
        [11, 11_000],
        [50, 50_000],
        [51, 40_800],
      ],
    ],
    [
      'a base with units in it',
      base,
      [
        [1, 5_000],
        [5, 5_000],
        [6, 5_900],
      ],
    ],
  ])('%s', (_, rate, cases) => {
    expect(cases.map(([units]) => [units, costOf(rate, units)])).toEqual(cases)
  })

  it('is made of parts that are all the units', () => {
    const rate = fc.constantFrom(graduated, volume, base)
    fc.assert(
      fc.property(rate, fc.integer({ min: 1, max: 5_000 }), (one, units) => {
        expect(partsOf(one, units).reduce((sum, part) => sum + part.units, 0)).toBe(units)
      }),
    )
  })
})

describe('a rate in words', () => {
  test.each<[Rate, string | null, string]>([
    [{ unitAmount: 1_200 }, 'seat', '$12.00 a seat'],
    [{ unitAmount: 1_200 }, null, '$12.00'],
    [graduated, 'seat', 'from $8.00 a seat'],
    [base, 'seat', 'from $50.00'],
    [{ mode: 'volume', tiers: [{ upTo: null, unit: 700 }] }, 'seat', '$7.00 a seat'],
  ])('%j, %s: %s', (rate, unit, words) => {
    expect(rateWords(rate, 'usd', unit)).toBe(words)
  })

  it('says how so many units come to their price', () => {
    expect(breakdownWords(graduated, 12, 'usd', 'seat')).toBe('10 at $12.00, 2 at $10.00')
    expect(breakdownWords(volume, 12, 'usd', 'seat')).toBe('12 at $10.00')
    expect(breakdownWords(base, 7, 'usd', 'seat')).toBe('5 at $0.00 plus $50.00, 2 at $9.00')
    expect(breakdownWords({ unitAmount: 150 }, 12, 'jpy', 'seat')).toBe('¥150 a seat')
  })

  it('goes out as steps only where there are tiers', () => {
    expect(toTiers({ unitAmount: 1 }, 'usd', 'seat')).toBeUndefined()
    expect(toTiers(base, 'usd', 'seat')).toEqual({
      mode: 'graduated',
      text: 'from $50.00',
      steps: [
        { upTo: 5, unit: { amount: 0, currency: 'usd' }, flat: { amount: 5_000, currency: 'usd' } },
        { upTo: null, unit: { amount: 900, currency: 'usd' }, flat: { amount: 0, currency: 'usd' } },
      ],
    })
  })
})

it('is the same rate however it is spelled, and another one by any amount, bound or mode', () => {
  const spelled: Rate = { tiers: tiers.map(({ unit, upTo }) => ({ flat: 0, unit, upTo })), mode: 'graduated' }
  expect(sameRate(graduated, spelled)).toBe(true)
  expect(JSON.stringify(rateOf(graduated))).toBe(JSON.stringify(rateOf(spelled)))
  for (const other of [volume, base, { unitAmount: 1_200 }]) expect(sameRate(graduated, other)).toBe(false)
})
