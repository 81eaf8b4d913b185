/** An amount in integer minor units of its currency: 1672 usd is $16.72, 500 jpy is ¥500. */
export interface Money {
  amount: number
  /** ISO 4217 code in lower case. */
  currency: string
}

/** How often a price recurs. */
export type Interval = 'month' | 'year'
