import type { Money } from '@softgate/sdk/contract'
import { locale } from './messages.ts'

export const number = (value: number): string => value.toLocaleString(locale())

/** `March 14`; with the year where it is not this one's. */
export const day = (at: number | string, now: number): string => {
  const date = new Date(at)
  const year = date.getFullYear() === new Date(now).getFullYear() ? {} : ({ year: 'numeric' } as const)
  return date.toLocaleDateString(locale(), { month: 'long', day: 'numeric', ...year })
}

/** `2:32 PM` */
export const time = (at: number | string): string => new Date(at).toLocaleTimeString(locale(), { timeStyle: 'short' })

/** `$16.72`, from minor units: currencies have between none and four digits after the point. */
export function money({ amount, currency }: Money): string {
  const format = new Intl.NumberFormat(locale(), { style: 'currency', currency })
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2
  return format.format(amount / 10 ** digits).replace('-', '−')
}

/** `seats` becomes `Seats`, `api_calls` becomes `Api calls`: what a feature is called where nobody says. */
export const nameOf = (feature: string): string =>
  (feature.charAt(0).toUpperCase() + feature.slice(1)).replace(/[_-]/g, ' ')
