import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, type ForecastInput, forecastDays, forecastOf } from '../../../server/src/entitlements/forecast.ts'
import type { UsageDay } from '../../../server/src/metering/model.ts'
import { start } from '../samples.ts'

const key = Date.UTC(2027, 2, 12)
const today = { start: key, end: key + dayMs, key }
const minute = 60_000

/** The days before today, oldest first. */
const daily = (perDay: readonly number[]): UsageDay[] =>
  perDay.map((added, index) => ({
    feature: 'runs',
    day: key - (perDay.length - index) * dayMs,
    period: 0,
    value: '',
    added,
    level: null,
    peak: null,
    keys: 0,
  }))

const consumable = (perDay: readonly number[], rest: Partial<ForecastInput> = {}): ForecastInput => ({
  meter: 'consumable',
  days: daily(perDay),
  today,
  used: perDay.reduce((sum, added) => sum + added, 0),
  limit: 1_000,
  resetsAt: start + 20 * dayMs,
  now: start,
  ...rest,
})

const levels = (perDay: readonly number[], rest: Partial<ForecastInput> = {}): ForecastInput => ({
  ...consumable(perDay),
  meter: 'allocated',
  days: daily(perDay).map((day) => ({ ...day, added: 0, level: day.added })),
  used: perDay.at(-1) ?? 0,
  resetsAt: null,
  ...rest,
})

const instants = (input: ForecastInput) => {
  const found = forecastOf(input)
  return found && { at: Date.parse(found.at), earliest: Date.parse(found.earliest), latest: Date.parse(found.latest) }
}
const days = (count: number, each: (n: number) => number) => Array.from({ length: count }, (_, n) => each(n))
const use = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: forecastDays })

describe('the forecast of a consumable', () => {
  it('is a straight line when every day is like the other, and the range is that instant', () => {
    const at = start + 5 * dayMs
    const steady = days(8, () => 50)
    expect(instants(consumable(steady, { limit: 650 }))).toEqual({ at, earliest: at, latest: at })
  })

  it('says nothing of less than a week, of less than three days with use, and at the limit', () => {
    expect(forecastOf(consumable(days(6, () => 100)))).toBeNull()
    expect(forecastOf(consumable(days(7, (n) => (n < 2 ? 100 : 0))))).toBeNull()
    expect(forecastOf(consumable([]))).toBeNull()
    expect(
      forecastOf(
        consumable(
          days(8, () => 100),
          { limit: 800 },
        ),
      ),
    ).toBeNull()
    expect(
      forecastOf(
        consumable(
          days(7, () => 100),
          { limit: 800 },
        ),
      ),
    ).not.toBeNull()
  })

  it('says nothing where the limit is not reached before the reset, or within ninety days', () => {
    const slow = days(10, () => 10)
    expect(forecastOf(consumable(slow))).toBeNull()
    expect(forecastOf(consumable(slow, { resetsAt: start + 98 * dayMs }))).not.toBeNull()
    expect(forecastOf(consumable(slow, { resetsAt: null, limit: 1_001 }))).toBeNull()
    expect(forecastOf(consumable(slow, { resetsAt: null, limit: 999 }))).not.toBeNull()
  })

  it('says how uncertain it is: the slow end is the reset where it would not be reached in time', () => {
    const found = instants(consumable([10, 150, 0, 90, 20, 110, 30, 5], { limit: 1_300, used: 415 }))
    expect(found?.latest).toBe(start + 20 * dayMs)
    expect(found?.earliest).toBeLessThan(found?.at ?? 0)
  })

  it('knows the weekend: what would be full on a Saturday by the mean lasts until Monday', () => {
    const week = days(forecastDays, (n) => (new Date(key - (forecastDays - n) * dayMs).getUTCDay() % 6 === 0 ? 0 : 70))
    // Friday afternoon; ten hours of Friday use about 29, Monday 70.
    const found = instants(consumable(week, { used: 0, limit: 64 }))
    const monday = key + 3 * dayMs
    expect(found?.at).toBeGreaterThan(monday)
    expect(found?.at).toBeLessThan(monday + dayMs)
    const even = instants(
      consumable(
        days(forecastDays, () => 50),
        { used: 0, limit: 64 },
      ),
    )
    expect(even?.at).toBeLessThan(monday)
  })

  it('follows a trend that is plain, and takes one day for no habit', () => {
    const rising = days(forecastDays, (n) => 10 + 2 * n)
    const at = instants(consumable(rising, { used: 0, limit: 950 }))?.at ?? 0
    expect(at).toBeLessThan(start + 10 * dayMs)
    const steady = days(28, () => 50)
    const odd = days(28, (n) => (n === 20 ? 5_000 : 50))
    const [without, once] = [steady, odd].map(
      (perDay) => instants(consumable(perDay, { used: 0, limit: 600 }))?.at ?? 0,
    )
    expect(Math.abs((without ?? 0) - (once ?? 0))).toBeLessThan(1.5 * dayMs)
  })

  it('looks at six weeks at most, and not at today', () => {
    const long = [...days(20, () => 900), ...days(forecastDays, () => 5)]
    const at = start + 10 * dayMs
    expect(instants(consumable(long, { used: 900, limit: 950 }))?.at).toBe(at)
    const early = [...daily(long), { ...daily([800])[0], day: key } as UsageDay]
    expect(instants(consumable(long, { days: early, used: 900, limit: 950 }))?.at).toBe(at)
  })

  it('always lies ahead, in order, before the reset', () => {
    fc.assert(
      fc.property(use, fc.integer({ min: 1, max: 9_000 }), fc.nat(24 * 60 - 1), (perDay, limit, minutes) => {
        const now = key + minutes * minute
        const found = instants(consumable(perDay, { limit, now }))
        if (!found) return
        expect(now).toBeLessThan(found.earliest)
        expect(found.earliest).toBeLessThanOrEqual(found.at)
        expect(found.at).toBeLessThanOrEqual(found.latest)
        expect(found.at).toBeLessThan(start + 20 * dayMs)
        expect(found.latest).toBeLessThanOrEqual(start + 20 * dayMs)
      }),
    )
  })

  it('is never later for a lower limit', () => {
    fc.assert(
      fc.property(use, fc.integer({ min: 100, max: 3_000 }), fc.integer({ min: 1, max: 99 }), (perDay, limit, less) => {
        const wide = instants(consumable(perDay, { limit, used: 0 }))
        const narrow = instants(consumable(perDay, { limit: limit - less, used: 0 }))
        expect(narrow?.at ?? 0).toBeLessThanOrEqual(wide?.at ?? Number.POSITIVE_INFINITY)
      }),
    )
  })
})

describe('the forecast of a level', () => {
  it('follows its growth from where it was first stated, within ninety days', () => {
    const at = start + 5 * dayMs
    const growing = days(9, (n) => 2 * n)
    expect(instants(levels(growing, { limit: 26 }))?.at).toBe(at)
    expect(forecastOf(levels(growing, { limit: 1_000 }))).toBeNull()
  })

  it('is none for a level that stands, falls, or was stated once', () => {
    expect(
      forecastOf(
        levels(
          days(9, () => 5),
          { limit: 9 },
        ),
      ),
    ).toBeNull()
    expect(
      forecastOf(
        levels(
          days(9, (n) => 20 - n),
          { limit: 29 },
        ),
      ),
    ).toBeNull()
    expect(forecastOf(levels([5], { limit: 9 }))).toBeNull()
  })
})
