import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chancesOf } from '../../../server/src/experiments/chances.ts'
import { type ResultsData, resultsOf } from '../../../server/src/experiments/results.ts'
import { splitOf } from '../../../server/src/experiments/split.ts'

const day = 86_400_000
const now = 100 * day

const asked = (account: string, variant: string, at = 0) => ({ account, variant, at })
const paid = (account: string, amount: number, at: number, currency = 'usd') => ({ account, amount, at, currency })
const data = (rest: Partial<ResultsData>): ResultsData => ({
  variants: [
    { key: 'fact', weight: 1 },
    { key: 'team', weight: 1 },
  ],
  asked: [],
  heldOut: [],
  clicked: [],
  paid: [],
  ...rest,
})
const results = (rest: Partial<ResultsData>, since = 0) => resultsOf(data(rest), { days: 14, since, now })

describe('the variants of a prompt', () => {
  it('count each account once, and what it paid in its days, less what went back', () => {
    const { arms, mixed } = results({
      asked: [asked('a', 'fact'), asked('b', 'fact', 2 * day), asked('c', 'team', 95 * day)],
      heldOut: [
        { account: 'h', at: 5 * day },
        { account: 'i', at: 6 * day },
      ],
      clicked: ['a', 'nobody'],
      paid: [
        paid('a', 1_600, day),
        paid('a', 900, 13 * day, 'eur'),
        paid('a', 99_999, 14 * day), // its days are over
        paid('b', 5_000, day), // before it was asked
        paid('c', 0, 96 * day), // all of it has gone back
        paid('h', 700, 7 * day),
        paid('stranger', 1, 7 * day),
      ],
    })
    expect(arms.map(({ share, best, ...arm }) => arm)).toEqual([
      {
        variant: 'fact',
        accounts: 2,
        waiting: 0,
        clicked: 1,
        bought: 1,
        paid: [
          { amount: 1_600, currency: 'usd' },
          { amount: 900, currency: 'eur' },
        ],
      },
      { variant: 'team', accounts: 1, waiting: 1, clicked: 0, bought: 0, paid: [{ amount: 0, currency: 'usd' }] },
      { variant: null, accounts: 2, waiting: 0, clicked: 0, bought: 1, paid: [{ amount: 700, currency: 'usd' }] },
    ])
    expect(mixed).toBe(0)
    expect(arms.map(({ best }) => best === null)).toEqual([false, false, true])
  })

  it('leave out who had more than one of them, or was asked before the experiment began', () => {
    const { arms, mixed } = results(
      {
        asked: [
          asked('a', 'fact', 9 * day),
          asked('a', 'team', 10 * day),
          asked('b', 'fact'),
          asked('c', 'old', 9 * day),
        ],
      },
      day,
    )
    expect(arms.map(({ variant, accounts }) => [variant, accounts])).toEqual([
      ['fact', 0],
      ['team', 0],
      ['old', 1],
    ])
    expect(mixed).toBe(1)
  })
})

/** P(b > a) for whole numbers of a Beta-Binomial, in closed form. */
function closedForm(a: [done: number, accounts: number], b: [done: number, accounts: number]): number {
  const lnGamma = (n: number): number =>
    Array.from({ length: n - 1 }, (_, i) => Math.log(i + 1)).reduce((x, y) => x + y, 0)
  const lnBeta = (x: number, y: number): number => lnGamma(x) + lnGamma(y) - lnGamma(x + y)
  const [alphaA, betaA, alphaB, betaB] = [a[0] + 1, a[1] - a[0] + 1, b[0] + 1, b[1] - b[0] + 1]
  let sum = 0
  for (let i = 0; i < alphaB; i++)
    sum += Math.exp(
      lnBeta(alphaA + i, betaA + betaB) - Math.log(betaB + i) - lnBeta(1 + i, betaB) - lnBeta(alphaA, betaA),
    )
  return sum
}

describe('the chances of shares', () => {
  it('are those of the closed form, for few accounts and for many', () => {
    const arm = fc.integer({ min: 0, max: 400 }).chain((n) => fc.tuple(fc.integer({ min: 0, max: n }), fc.constant(n)))
    fc.assert(
      fc.property(arm, arm, (a, b) => {
        const [, found] = chancesOf([a, b].map(([done, accounts]) => ({ done, accounts })))
        expect(found?.best).toBeCloseTo(closedForm(a, b), 3)
      }),
      { numRuns: 60 },
    )
  })

  it('add up to one, and bound a share with 95 %', () => {
    const found = chancesOf([
      { accounts: 200, done: 8 },
      { accounts: 190, done: 12 },
      { accounts: 40, done: 0 },
    ])
    expect(found.reduce((sum, { best }) => sum + best, 0)).toBeCloseTo(1, 3)
    // Of one share that is wholly unknown, 95 % lie between these two.
    expect(chancesOf([{ accounts: 0, done: 0 }])[0]).toMatchObject({
      low: expect.closeTo(0.025, 3),
      high: expect.closeTo(0.975, 3),
    })
  })
})

describe('a split', () => {
  const even = (...accounts: number[]) => splitOf(accounts.map((count) => ({ accounts: count, weight: 1 })))

  it('has the probability that the chi-squared table gives', () => {
    expect(even(500, 500)).toBe(1)
    expect(even(550, 450)).toBeCloseTo(0.001565, 6)
    expect(even(120, 90, 90)).toBeCloseTo(0.049787, 6)
    expect(even(120, 90, 90, 100)).toBeCloseTo(0.11161, 5)
    expect(even(10, 20, 15, 15, 15)).toBeCloseTo(0.503668, 6)
    expect(even(2_000, 1_000)).toBeLessThan(1e-60)
    const oneInTen = [
      { accounts: 90, weight: 9 },
      { accounts: 10, weight: 1 },
    ]
    expect(splitOf(oneInTen)).toBe(1)
  })

  it('says nothing of few accounts, and nothing of one variant', () => {
    expect([even(7, 8), even(100), splitOf([])]).toEqual([null, null, null])
  })
})
