import { formatMoney, money } from '../kernel/money.ts'

/** A promotion code that can be redeemed, and what it takes off. */
export interface Redeemable {
  /** Of the code, at Stripe. */
  id: string
  /** A share of 100, or an amount in minor units. */
  off: { percent: number } | { amount: number; currency: string }
  /** Every invoice, one of them, or those of so many months. */
  lasts: 'forever' | 'once' | { months: number }
}

/** What the user has to know of a code that does not last, in a sentence. */
export function promotionNotices({ off, lasts }: Redeemable): string[] {
  if (lasts === 'forever') return []
  const share = 'percent' in off ? `${off.percent}%` : formatMoney(money(off.amount, off.currency))
  if (lasts === 'once') return [`The code takes ${share} off one invoice.`]
  return [`The code takes ${share} off for ${lasts.months === 1 ? 'a month' : `${lasts.months} months`}.`]
}
