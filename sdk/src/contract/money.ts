/** An amount in integer minor units of its currency: 1672 usd is $16.72, 500 jpy is ¥500. */
export interface Money {
  amount: number
  /** ISO 4217 code in lower case. */
  currency: string
}

/** How often a price recurs. */
export type Interval = 'month' | 'year'

/** A price that depends on how many are bought. */
export interface PriceTiers {
  /** `graduated`: each unit at the amount of its own step. `volume`: all units at that of the step that their number reaches. */
  mode: 'graduated' | 'volume'
  /** The price in a few words: `from $8.00 a seat`. */
  text: string
  /** Ascending; the last one has no end. `unit` is for each unit in it, `flat` is added once for reaching it. */
  steps: { upTo: number | null; unit: Money; flat: Money }[]
}
