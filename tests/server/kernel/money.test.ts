import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { formatMoney, minorDigits, money, percentAbove, percentUp } from '../../../server/src/kernel/money.ts'

const percent = fc.integer({ min: 1, max: 100 })
const amount = fc.integer({ min: 0, max: 1_000_000_000_000 })
const isShare = (units: number, share: number, of: number): boolean =>
  BigInt(units) * 100n >= BigInt(share) * BigInt(of)

describe('shares of a whole number', () => {
  it('rounded up are the smallest whole number that reaches the share', () => {
    fc.assert(
      fc.property(percent, amount, (share, of) => {
        const units = percentUp(share, of)
        expect(isShare(units, share, of)).toBe(true)
        expect(units === 0 || !isShare(units - 1, share, of)).toBe(true)
      }),
    )
  })

  it('passed are the smallest whole number strictly above', () => {
    fc.assert(
      fc.property(percent, amount, (share, of) => {
        const units = BigInt(percentAbove(share, of))
        const bound = BigInt(share) * BigInt(of)
        expect(units * 100n > bound && (units - 1n) * 100n <= bound).toBe(true)
      }),
    )
  })

  it('differ only where the share is a whole number itself', () => {
    expect([percentUp(80, 5), percentAbove(80, 5)]).toEqual([4, 5])
    expect([percentUp(80, 4), percentAbove(80, 4)]).toEqual([4, 4])
  })
})

describe('an amount of money', () => {
  test.each([
    ['usd', 2, 1_672, '$16.72'],
    ['jpy', 0, 500, '¥500'],
    ['kwd', 3, 12_345, 'KWD 12.345'],
    ['usd', 2, -5, '-$0.05'],
    ['eur', 2, 123_456_789, '€1,234,567.89'],
    ['huf', 2, 150_000, 'HUF 1,500'],
    ['huf', 2, 150_050, 'HUF 1,500.50'],
    ['isk', 2, 150_000, 'ISK 1,500'],
  ])('in %s has %i digits after the point: %i reads %s', (currency, digits, minor, text) => {
    expect(minorDigits(currency)).toBe(digits)
    expect(formatMoney(money(minor, currency)).replace('\u00a0', ' ')).toBe(text)
  })

  it('reads as the locale writes it', () => {
    expect(formatMoney(money(123_450, 'eur'), 'de').replace('\u00a0', ' ')).toBe('1.234,50 €')
  })
})
