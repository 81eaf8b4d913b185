import type { Money } from '@softgate/sdk/contract'
import { client } from './client.ts'
import { locale } from './messages.ts'

export const number = (value: number): string => value.toLocaleString(locale())

/** `March 14`; with the year where it is not this one's. The day is the account's, whose periods end at its midnight. */
export function day(at: number | string, now: number): string {
  const { timeZone } = client.value?.state.value?.account ?? {}
  const say = (when: number | string, options: Intl.DateTimeFormatOptions): string =>
    new Date(when).toLocaleDateString(locale(), { ...options, timeZone })
  const year = 'numeric'
  const same = say(at, { year }) === say(now, { year })
  return say(at, { month: 'long', day: 'numeric', ...(!same && { year }) })
}

/** `2:32 PM`, by the clock of who reads it. */
export const time = (at: number | string): string => new Date(at).toLocaleTimeString(locale(), { timeStyle: 'short' })

/** `3 days` */
export const span = (count: number, unit: 'day' | 'hour' | 'minute'): string =>
  count.toLocaleString(locale(), { style: 'unit', unit, unitDisplay: 'long' })

// Minor units as Stripe counts them, which is not how many digits people write.
const noDigits = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'
const threeDigits = 'bhd jod kwd omr tnd'

/** `$16.72`, from minor units: currencies have none, two or three digits after the point. */
export function money({ amount, currency }: Money): string {
  const digits = noDigits.includes(currency) ? 0 : threeDigits.includes(currency) ? 3 : 2
  const value = amount / 10 ** digits
  const exact = Number.isInteger(value) ? {} : { minimumFractionDigits: digits }
  const format = new Intl.NumberFormat(locale(), { style: 'currency', currency, ...exact })
  return format.format(value).replace('-', '−')
}
