import { costOf, type Rate } from '../catalog/rate.ts'

export interface UseInput {
  rate: Rate
  /** Units that are not billed: the limit, or what was used before this price came. */
  free: number
  used: number
  /** Units until the period is over, and the ends of their range; null where there is too little to go by. */
  ahead: { mean: number; spread: number } | null
}

/** What use beyond a limit comes to, before discounts and tax: so far, and when the period is over. */
export interface UseCost {
  overage: number
  amount: number
  /** `least` and `most` are the amounts at the two ends of the range. */
  forecast: { used: number; overage: number; amount: number; least: number; most: number } | null
}

/** What use comes to if it goes on as foreseen. What was used is used: no forecast is below it. */
export function estimateUse({ rate, free, used, ahead }: UseInput): UseCost {
  const over = (units: number): number => Math.max(0, units - free)
  const amountAt = (units: number): number => (over(units) === 0 ? 0 : costOf(rate, over(units)))
  const base = { overage: over(used), amount: amountAt(used) }
  if (ahead === null) return { ...base, forecast: null }
  const at = (units: number): number => used + Math.round(Math.max(0, units))
  const end = at(ahead.mean)
  // By volume more can cost less: the range is that of the amounts, not of the units.
  const amounts = [at(ahead.mean - ahead.spread), end, at(ahead.mean + ahead.spread)].map(amountAt)
  return {
    ...base,
    forecast: {
      used: end,
      overage: over(end),
      amount: amountAt(end),
      least: Math.min(...amounts),
      most: Math.max(...amounts),
    },
  }
}
