import type { Offer } from '@softgate/sdk/contract'

/** The quantity inside the range that is nearest to what was asked for; the least where that was no number. */
export const within = ({ min, max }: NonNullable<Offer['quantity']>, asked: number): number =>
  Math.min(max, Math.max(min, Math.round(asked) || min))
