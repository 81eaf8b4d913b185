import type { Money } from '@softgate/sdk/contract'

export const money = (amount: number, currency: string): Money => ({ amount, currency })

/** Digits after the point of a currency's minor unit: 2 for usd, 0 for jpy, 3 for kwd. */
export const minorDigits = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2

/** An amount as people read it: `$16.72`. */
export const formatMoney = ({ amount, currency }: Money, locale = 'en'): string =>
  new Intl.NumberFormat(locale, { style: 'currency', currency }).format(amount / 10 ** minorDigits(currency))

/** `percent` of `of`, rounded up: the smallest whole number at or above the share. Integer arithmetic throughout. */
export const percentUp = (percent: number, of: number): number => Math.ceil((of * percent) / 100)

/** The smallest whole number strictly above `percent` of `of`. */
export const percentAbove = (percent: number, of: number): number => Math.floor((of * percent) / 100) + 1
