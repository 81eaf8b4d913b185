/** A share of a billing period, in epoch seconds: what is left of it at `at`. */
export interface Remainder {
  readonly periodStart: number
  readonly periodEnd: number
  readonly at: number
}

/**
 * The part of `amount` (minor units; negative for a credit) that falls on the rest of a period.
 * Exact seconds, each line by itself to the nearest minor unit, exact halves toward minus infinity:
 * the only rule that fits every published and recorded Stripe amount
 * (https://docs.stripe.com/billing/subscriptions/prorations and tests/sandbox/proration-vectors.json).
 */
export function prorate(amount: number, { periodStart, periodEnd, at }: Remainder): number {
  const whole = BigInt(periodEnd) - BigInt(periodStart)
  if (whole <= 0n) return 0
  // A change dated before a debit began gives that debit back whole, never more than it was.
  const left = BigInt(periodEnd) - BigInt(Math.max(at, periodStart))
  return left <= 0n ? 0 : Number(nearestTiesDown(BigInt(amount) * left, whole))
}

/** ceil(n/d - 1/2) for d > 0. */
function nearestTiesDown(numerator: bigint, denominator: bigint): bigint {
  const top = 2n * numerator - denominator
  const bottom = 2n * denominator
  const quotient = top / bottom
  return top % bottom !== 0n && top > 0n ? quotient + 1n : quotient
}
