import { client } from '../client.ts'
import { locale } from '../messages.ts'

const dayMs = 86_400_000

/** Epoch ms whose UTC digits are what a clock in the time zone shows at `at`. */
const wallOf = (at: number, timeZone: string): number =>
  Date.parse(`${new Date(at).toLocaleString('sv', { timeZone }).replace(' ', 'T')}Z`)

/** Nine in the morning so many days after `now`, by the clocks and the calendar of a time zone; epoch ms. */
export function nineIn(days: number, now: number, timeZone: string): number {
  const offsetAt = (at: number): number => wallOf(at, timeZone) - at + (at % 1_000)
  const today = Math.floor(wallOf(now, timeZone) / dayMs)
  const wall = (today + days) * dayMs + 9 * 3_600_000
  // Summer time may begin or end before that day.
  return wall - offsetAt(wall - offsetAt(now))
}

/** Days until Monday, and never tomorrow: that is another choice. */
export function daysToMonday(now: number, timeZone: string): number {
  const weekday = new Date(wallOf(now, timeZone)).getUTCDay()
  return weekday === 0 ? 8 : 8 - weekday
}

/** `Friday` and `9 AM` on the account's clock, which is named where it is not the reader's. */
export function moment(at: number, weekday: 'long' | 'short'): [day: string, hour: string] {
  const { timeZone = 'UTC' } = client.value?.state.value?.account ?? {}
  const say = (options: Intl.DateTimeFormatOptions): string =>
    new Date(at).toLocaleString(locale(), { ...options, timeZone })
  const foreign = wallOf(at, timeZone) !== wallOf(at, Intl.DateTimeFormat().resolvedOptions().timeZone)
  return [say({ weekday }), say({ hour: 'numeric', ...(foreign && { timeZoneName: 'short' }) })]
}
