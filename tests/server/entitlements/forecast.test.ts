import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, type ForecastInput, forecastOf } from '../../../server/src/entitlements/forecast.ts'
import type { UsageDay } from '../../../server/src/metering/model.ts'
import { start } from '../samples.ts'

const today = Date.UTC(2027, 2, 12)

/** The days before today, oldest first. */
const daily = (perDay: readonly number[]): UsageDay[] =>
  perDay.map((added, index) => ({
    feature: 'runs',
    day: today - (perDay.length - index) * dayMs,
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
const use = fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 20 })

describe('the forecast of a consumable', () => {
  it('is a straight line when every day is like the other, and the range is that instant', () => {
    const at = start + 8 * dayMs
    expect(
      instants(
        consumable(
          Array.from({ length: 5 }, () => 50),
          { limit: 650 },
        ),
      ),
    ).toEqual({ at, earliest: at, latest: at })
  })

  it('is none before three days with use, at the limit, or when the limit is not reached before the reset', () => {
    expect(forecastOf(consumable([100, 0, 100, 0]))).toBeNull()
    expect(forecastOf(consumable([100, 100]))).toBeNull()
    expect(forecastOf(consumable([]))).toBeNull()
    expect(forecastOf(consumable([100, 100, 100], { limit: 300 }))).toBeNull()
    expect(forecastOf(consumable([10, 10, 10]))).toBeNull()
    expect(forecastOf(consumable([10, 10, 10], { resetsAt: start + 98 * dayMs }))).not.toBeNull()
  })

  it('says how uncertain it is: the slow end is the reset where it would not be reached in time', () => {
    const found = instants(consumable([10, 150, 0, 90, 20], { limit: 1_000 }))
    expect(found?.latest).toBe(start + 20 * dayMs)
    expect(found?.earliest).toBeLessThan(found?.at ?? 0)
  })

  it('looks at fourteen days at most, and not at today', () => {
    const long = [...Array.from({ length: 20 }, () => 900), ...Array.from({ length: 14 }, () => 5)]
    expect(instants(consumable(long, { used: 900, limit: 950 }))?.at).toBe(start + 10 * dayMs)
    const early = [...daily(long), { ...daily([800])[0], day: today } as UsageDay]
    expect(instants(consumable(long, { days: early, used: 900, limit: 950 }))?.at).toBe(start + 10 * dayMs)
  })

  it('always lies ahead, in order, before the reset', () => {
    fc.assert(
      fc.property(use, fc.integer({ min: 1, max: 5_000 }), (perDay, limit) => {
        const found = instants(consumable(perDay, { limit }))
        if (!found) return
        expect(start).toBeLessThan(found.earliest)
        expect(found.earliest).toBeLessThanOrEqual(found.at)
        expect(found.at).toBeLessThanOrEqual(found.latest)
        expect(found.at).toBeLessThan(start + 20 * dayMs)
        expect(found.latest).toBeLessThanOrEqual(start + 20 * dayMs)
      }),
    )
  })

  it('is never later for a lower limit, and the order of the days does not matter', () => {
    fc.assert(
      fc.property(use, fc.integer({ min: 100, max: 3_000 }), fc.integer({ min: 1, max: 99 }), (perDay, limit, less) => {
        const wide = instants(consumable(perDay, { limit, used: 0 }))
        const narrow = instants(consumable(perDay, { limit: limit - less, used: 0 }))
        expect(narrow?.at ?? 0).toBeLessThanOrEqual(wide?.at ?? Number.POSITIVE_INFINITY)
        if (perDay.length <= 14)
          expect(instants(consumable([...perDay].reverse(), { limit, used: 0 }))?.at).toBe(wide?.at)
      }),
    )
  })
})

describe('the forecast of a level', () => {
  it('follows its growth from where it was first stated, within ninety days', () => {
    const at = start + 5 * dayMs
    expect(instants(levels([2, 4, 6, 8, 10], { limit: 20 }))?.at).toBe(at)
    expect(instants(levels([0, 2, 4, 6, 8, 10], { limit: 18 }))?.at).toBe(at - dayMs)
    expect(forecastOf(levels([2, 4, 6, 8, 10], { limit: 1_000 }))).toBeNull()
  })

  it('is none for a level that stands, falls, or was stated once', () => {
    expect(forecastOf(levels([5, 5, 5, 5, 5], { limit: 9 }))).toBeNull()
    expect(forecastOf(levels([9, 8, 7, 6, 5], { limit: 9 }))).toBeNull()
    expect(forecastOf(levels([5], { limit: 9 }))).toBeNull()
  })
})
