import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  addMonths,
  anchoredPeriod,
  calendarPeriod,
  isTimeZone,
  type Period,
} from '../../../server/src/kernel/period.ts'

const hour = 3_600_000
const iso = ({ start, end }: Period): [string, string] => [new Date(start).toISOString(), new Date(end).toISOString()]
const anyInstant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2100, 0) })
const zones = ['UTC', 'America/New_York', 'Pacific/Apia', 'Asia/Kathmandu', 'Africa/Cairo', 'America/Havana']

describe('a calendar month', () => {
  test.each([
    ['2027-03-20T12:00Z', 'America/New_York', '2027-03-01T05:00:00.000Z', '2027-04-01T04:00:00.000Z'],
    ['2027-11-20T12:00Z', 'America/New_York', '2027-11-01T04:00:00.000Z', '2027-12-01T05:00:00.000Z'],
    ['2027-03-01T04:59Z', 'America/New_York', '2027-02-01T05:00:00.000Z', '2027-03-01T05:00:00.000Z'],
    // Apia left out December 30, 2011: its clocks went from the 29th to the 31st.
    ['2011-12-31T09:59Z', 'Pacific/Apia', '2011-12-01T10:00:00.000Z', '2011-12-31T10:00:00.000Z'],
    ['2027-01-31T18:15Z', 'Asia/Kathmandu', '2027-01-31T18:15:00.000Z', '2027-02-28T18:15:00.000Z'],
    ['2027-12-31T18:14Z', 'Asia/Kathmandu', '2027-11-30T18:15:00.000Z', '2027-12-31T18:15:00.000Z'],
    ['2030-10-31T21:30Z', 'Africa/Cairo', '2030-09-30T21:00:00.000Z', '2030-10-31T22:00:00.000Z'],
    ['2017-10-15T12:00Z', 'America/Asuncion', '2017-10-01T04:00:00.000Z', '2017-11-01T03:00:00.000Z'],
  ])('of %s in %s lasts from %s to %s', (at, zone, from, to) => {
    expect(iso(calendarPeriod('month', Date.parse(at), zone))).toEqual([from, to])
  })

  it('is known for names of zones and not for offsets', () => {
    expect(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'].map(isTimeZone)).toEqual([true, true, true])
    expect(['+02:00', '-0500', 'Mars/Base', '', 'Europe/Berlin '].map(isTimeZone)).toEqual(Array(5).fill(false))
  })
})

describe('a period of the calendar', () => {
  const units = ['day', 'week', 'month'] as const

  it('holds its own instant, is that of its first and its last millisecond, and comes right before the next', () => {
    fc.assert(
      fc.property(anyInstant, fc.constantFrom(...zones), fc.constantFrom(...units), (at, zone, unit) => {
        const period = calendarPeriod(unit, at, zone)
        expect(period.start <= at && at < period.end).toBe(true)
        expect(calendarPeriod(unit, period.start, zone)).toEqual(period)
        expect(calendarPeriod(unit, period.end - 1, zone)).toEqual(period)
        const next = calendarPeriod(unit, period.end, zone)
        expect(next.start).toBe(period.end)
        expect(next.key).toBeGreaterThan(period.key)
      }),
    )
  })

  it('of a day has 23 or 25 hours when the clocks change, and starts where midnight is left out at the first moment there is', () => {
    const hours = (at: string, zone: string) => {
      const { start, end } = calendarPeriod('day', Date.parse(at), zone)
      return (end - start) / hour
    }
    expect(hours('2027-03-28T12:00Z', 'Europe/Berlin')).toBe(23)
    expect(hours('2027-10-31T12:00Z', 'Europe/Berlin')).toBe(25)
    expect(hours('2027-03-29T12:00Z', 'Europe/Berlin')).toBe(24)
    const asuncion = calendarPeriod('day', Date.parse('2017-10-01T12:00Z'), 'America/Asuncion')
    expect(iso(asuncion)[0]).toBe('2017-10-01T04:00:00.000Z')
    expect(hours('2028-02-29T12:00Z', 'UTC')).toBe(24)
  })

  it('of a week goes from Monday to Monday, over the ends of months and years', () => {
    const week = (at: string, zone = 'UTC') => iso(calendarPeriod('week', Date.parse(at), zone))
    expect(week('2027-01-01T12:00Z')).toEqual(['2026-12-28T00:00:00.000Z', '2027-01-04T00:00:00.000Z'])
    expect(week('2027-03-31T12:00Z', 'Europe/Berlin')).toEqual(['2027-03-28T22:00:00.000Z', '2027-04-04T22:00:00.000Z'])
  })

  it('keeps its name in every zone that has the same date', () => {
    for (const unit of units)
      expect(new Set(zones.map((zone) => calendarPeriod(unit, Date.parse('2027-03-17T10:00Z'), zone).key)).size).toBe(1)
  })
})

describe('a billing period', () => {
  const at = (text: string): number => Date.parse(`${text}T09:30:00Z`)
  const startsOf = (anchor: string, interval: 'month' | 'year', ...days: string[]): string[] =>
    days.map((day) => iso(anchoredPeriod(at(anchor), interval, at(day)))[0].slice(0, 10))

  it('that began on the last of a month begins on the last of the shorter ones, and comes back to its day', () => {
    expect(startsOf('2027-01-31', 'month', '2027-02-28', '2027-03-30', '2027-03-31', '2027-05-01')).toEqual([
      '2027-02-28',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
    ])
    expect(startsOf('2028-01-31', 'month', '2028-02-29', '2028-02-28')).toEqual(['2028-02-29', '2028-01-31'])
  })

  it('that began on a leap day begins on February 28 in the years between, and on the 29th again after four', () => {
    expect(startsOf('2028-02-29', 'year', '2029-02-28', '2030-06-01', '2032-02-28', '2032-02-29')).toEqual([
      '2029-02-28',
      '2030-02-28',
      '2031-02-28',
      '2032-02-29',
    ])
  })

  it('reaches back before its anchor, for events that were late', () => {
    expect(startsOf('2027-03-31', 'month', '2027-03-01', '2026-12-31')).toEqual(['2027-02-28', '2026-12-31'])
  })

  it('holds its instant and no other does: periods lie end to end', () => {
    const interval = fc.constantFrom('month' as const, 'year' as const)
    fc.assert(
      fc.property(anyInstant, interval, anyInstant, (anchor, every, instant) => {
        const period = anchoredPeriod(anchor, every, instant)
        expect(period.start <= instant && instant < period.end).toBe(true)
        expect(anchoredPeriod(anchor, every, period.end - 1)).toEqual(period)
        expect(anchoredPeriod(anchor, every, period.end).start).toBe(period.end)
      }),
    )
  })

  it('keeps the time of day, and its day where the month has it', () => {
    fc.assert(
      fc.property(anyInstant, fc.integer({ min: -60, max: 60 }), (anchor, months) => {
        const [from, to] = [new Date(anchor), new Date(addMonths(anchor, months))]
        expect(to.getTime() % (24 * hour)).toBe(from.getTime() % (24 * hour))
        const last = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate()
        expect(to.getUTCDate()).toBe(Math.min(from.getUTCDate(), last))
      }),
    )
  })
})
