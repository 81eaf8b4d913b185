import { Temporal } from 'temporal-polyfill'

/** A span of time, `start` included, `end` not; epoch milliseconds. */
export interface Period {
  start: number
  end: number
}

/**
 * A period that is counted by itself. `key` names its counter: the date of its first day as midnight UTC, so that an account
 * which moves to another time zone goes on counting where it was, or the instant a billing period starts.
 */
export interface CountedPeriod extends Period {
  key: number
}

export type CalendarUnit = 'day' | 'week' | 'month'

type Reckon = (unit: CalendarUnit, at: number, timeZone: string) => CountedPeriod

/** Remembers each zone's last period: reckoning one takes 20 µs, and most events fall into the present one. */
const remembering = (reckon: Reckon): Reckon => {
  const last = new Map<string, CountedPeriod>()
  return (unit, at, timeZone) => {
    const key = unit + timeZone
    const known = last.get(key)
    if (known && known.start <= at && at < known.end) return known
    const period = reckon(unit, at, timeZone)
    last.set(key, period)
    return period
  }
}

/**
 * The day, the week from Monday or the month around `at` as a time zone has it, from its first midnight to the next one's: a
 * day has 23 to 25 hours.
 */
export const calendarPeriod: Reckon = remembering((unit, at, timeZone) => {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()
  const first =
    unit === 'day' ? today : unit === 'week' ? today.subtract({ days: today.dayOfWeek - 1 }) : today.with({ day: 1 })
  const midnight = (date: Temporal.PlainDate): number => date.toZonedDateTime(timeZone).epochMilliseconds
  return {
    start: midnight(first),
    end: midnight(first.add({ [`${unit}s`]: 1 })),
    key: Date.UTC(first.year, first.month - 1, first.day),
  }
})

/** The dates (YYYY-MM-DD) of the `count` days up to and with the one of `at`, oldest first. */
export const calendarDays = (at: number, count: number, timeZone: string): string[] => {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate()
  return Array.from({ length: count }, (_, index) => today.subtract({ days: count - 1 - index }).toString())
}

/** The key of the day that has this date. */
export const dayKey = (date: string): number => Date.parse(date)

/** Whether the runtime knows the zone; IANA names only, as offsets have no daylight saving. */
export const isTimeZone = (name: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return !/^[+-]/.test(name)
  } catch {
    return false
  }
}

const daysIn = (year: number, month: number): number => new Date(Date.UTC(year, month + 1, 0)).getUTCDate()

/** `months` after the anchor, in UTC, its day clamped to the month's length: January 31 plus one is February 28 or 29. */
export const addMonths = (anchor: number, months: number): number => {
  const from = new Date(anchor)
  const year = from.getUTCFullYear() + Math.floor((from.getUTCMonth() + months) / 12)
  const month = (((from.getUTCMonth() + months) % 12) + 12) % 12
  const day = Math.min(from.getUTCDate(), daysIn(year, month))
  return Date.UTC(year, month, day) + (anchor - Date.UTC(from.getUTCFullYear(), from.getUTCMonth(), from.getUTCDate()))
}

/**
 * The billing period around `at`: Stripe counts whole intervals from the anchor, in UTC, clamping the day to the month
 * (https://docs.stripe.com/billing/subscriptions/billing-cycle).
 */
export const anchoredPeriod = (anchor: number, interval: 'month' | 'year', at: number): Period => {
  const step = interval === 'year' ? 12 : 1
  const from = new Date(anchor)
  const to = new Date(at)
  const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth()
  let count = Math.floor(months / step)
  while (addMonths(anchor, count * step) > at) count--
  while (addMonths(anchor, (count + 1) * step) <= at) count++
  return { start: addMonths(anchor, count * step), end: addMonths(anchor, (count + 1) * step) }
}
