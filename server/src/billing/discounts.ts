import { addMonths } from '../kernel/period.ts'
import type { LiveDiscount, UpdateStep } from './model.ts'
import type { Redeemable } from './promotion.ts'

/** What lowers invoices: redeemed before, or by the change that is quoted. */
export interface Reduction {
  wish: NonNullable<UpdateStep['discounts']>[number]
  /** Used up by the next invoice that charges something. */
  once: boolean
  /** Epoch ms; null for never. */
  endsAt: number | null
}

/** The discounts that there are, and the new one beside them. `now` in epoch ms: when the code is redeemed. */
export function reductionsOf(held: readonly LiveDiscount[], code: Redeemable | null, now: number): Reduction[] {
  const present = held.map(({ id, once, endsAt }): Reduction => ({ wish: { discount: id }, once, endsAt }))
  if (code === null) return present
  const { id, lasts } = code
  const endsAt = typeof lasts === 'object' ? addMonths(now, lasts.months) : null
  return [...present, { wish: { promotion_code: id }, once: lasts === 'once', endsAt }]
}

/** Those that still lower an invoice at an instant; `charged`: one was charged in between. */
export const standingAt = (reductions: readonly Reduction[], at: number, charged: boolean): Reduction[] =>
  reductions.filter(({ once, endsAt }) => !(once && charged) && (endsAt === null || endsAt > at))

/** Whether there is one that ends by itself. */
export const isPassing = ({ once, endsAt }: Reduction): boolean => once || endsAt !== null
