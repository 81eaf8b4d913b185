import type { Money } from '@softgate/sdk/contract'

export const money = (amount: number, currency: string): Money => ({ amount, currency })

// As Stripe counts: https://docs.stripe.com/currencies#zero-decimal. What Intl says is how people write a currency, which is
// another thing: forints have no digits there and two here.
const noDigits = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const threeDigits = new Set('bhd jod kwd omr tnd'.split(' '))

/** Digits after the point of a currency's minor unit, as Stripe counts them: 2 for usd, 0 for jpy, 3 for kwd. */
export const minorDigits = (currency: string): number =>
  noDigits.has(currency) ? 0 : threeDigits.has(currency) ? 3 : 2

/**
 * Of what an amount has to be a multiple to be charged: Stripe takes no third digit, and no minor units of the króna and the
 * Ugandan shilling, which it counts with two digits (https://docs.stripe.com/currencies#special-cases).
 */
export const leastStep = (currency: string): number =>
  threeDigits.has(currency) ? 10 : currency === 'isk' || currency === 'ugx' ? 100 : 1

/** An amount as people read it, to its last digit: `$16.72`. */
export function formatMoney({ amount, currency }: Money, locale = 'en'): string {
  const digits = minorDigits(currency)
  const value = amount / 10 ** digits
  const exact = Number.isInteger(value) ? {} : { minimumFractionDigits: digits }
  return new Intl.NumberFormat(locale, { style: 'currency', currency, ...exact }).format(value)
}

/** `percent` of `of`, rounded up: the smallest whole number at or above the share. Integer arithmetic throughout. */
export const percentUp = (percent: number, of: number): number => Math.ceil((of * percent) / 100)

/** The smallest whole number strictly above `percent` of `of`. */
export const percentAbove = (percent: number, of: number): number => Math.floor((of * percent) / 100) + 1
