import type { ComparedPlan, PlanPrice } from '@softgate/sdk/contract'
import { expect, it } from 'vitest'
import { savingOf } from '../../widget/src/plans/saving.ts'

const price = (interval: 'month' | 'year', amount: number, units = 5): PlanPrice => ({
  interval,
  price: { amount, currency: 'usd' },
  unit: 'seat',
  units,
  total: { amount: amount * units, currency: 'usd' },
})
const plan = (key: string, ...prices: PlanPrice[]): ComparedPlan => ({
  key,
  title: key,
  prices,
  free: false,
  grants: {},
  present: false,
  pendingAt: null,
  offers: [],
})
const by = (month: number, year: number): ComparedPlan => plan(`${month}`, price('month', month), price('year', year))

it.each([
  ['ten months for twelve in every plan', [by(1_200, 12_000), by(2_000, 20_000)], { share: 17, all: true }],
  ['the largest, where they differ', [by(1_200, 12_000), by(2_000, 18_000)], { share: 25, all: false }],
  ['one that saves nothing', [by(1_200, 14_400), by(2_000, 20_000)], { share: 17, all: false }],
  ['a year that costs more', [by(1_000, 13_000)], { share: 0, all: false }],
  ['a year that costs as much', [by(1_000, 12_000)], { share: 0, all: true }],
  [
    'one interval only, which compares with nothing',
    [plan('m', price('month', 900)), by(1_200, 12_000)],
    { share: 17, all: true },
  ],
  ['no price', [plan('free')], { share: 0, all: true }],
  ['free in both', [by(0, 0)], { share: 0, all: true }],
  ['other units by the year', [plan('p', price('month', 1_000, 5), price('year', 5_000, 9))], { share: 0, all: true }],
])('what a year saves: %s', (_, plans, expected) => {
  expect(savingOf({ plans })).toEqual(expected)
})
