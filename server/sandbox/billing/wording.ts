import type { PriceRecord } from '../state/catalog-records.ts'
import { pricingIn } from './amounts.ts'

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `20 Jan 2026`, in UTC, of epoch seconds. */
export function dayOf(seconds: number): string {
  const date = new Date(seconds * 1000)
  return `${String(date.getUTCDate()).padStart(2, '0')} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`
}

const counted = (quantity: number, name: string): string => (quantity === 1 ? name : `${quantity} × ${name}`)

/** `Unused time on 2 × Standard after 20 Jan 2026`. */
export const unusedTime = (quantity: number, name: string, at: number): string =>
  `Unused time on ${counted(quantity, name)} after ${dayOf(at)}`

/** `Remaining time on 3 × Standard after 20 Jan 2026`. */
export const remainingTime = (quantity: number, name: string, at: number): string =>
  `Remaining time on ${counted(quantity, name)} after ${dayOf(at)}`

/** `Trial period for 3 × Standard`. */
export const trialOf = (quantity: number, name: string): string => `Trial period for ${counted(quantity, name)}`

/** `3 × Standard (at $10.00 / month)`. */
export function fullPeriod(quantity: number, name: string, price: PriceRecord, currency: string): string {
  const count = price.recurring?.interval_count ?? 1
  const interval = price.recurring?.interval ?? 'month'
  const every = count === 1 ? `/ ${interval}` : `every ${count} ${interval}s`
  const unit = price.tiers_mode === null ? Number(pricingIn(price, currency).unit ?? 0) : null
  const each = unit === null ? price.tiers_mode : `at ${money(unit, currency)}`
  return `${quantity} × ${name} (${each} ${every})`
}

// https://docs.stripe.com/currencies#zero-decimal
const NO_DIGITS = 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'
const THREE_DIGITS = 'bhd jod kwd omr tnd'

/** `$16.72`, of minor units. */
export function money(minor: number, currency: string): string {
  const digits = NO_DIGITS.includes(currency) ? 0 : THREE_DIGITS.includes(currency) ? 3 : 2
  const value = minor / 10 ** digits
  const exact = Number.isInteger(value) ? {} : { minimumFractionDigits: digits }
  return new Intl.NumberFormat('en-US', { style: 'currency', currency, ...exact }).format(value)
}
