import type { UpdateStep } from './model.ts'
import type { Due } from './port.ts'

/** How an update is charged, for its preview; null when it makes no invoice. */
export function dueOf(update: UpdateStep | null, prorationDate: number): Due | null {
  if (update === null) return null
  const { proration, anchor, trialEnd, trialDays, discounts, use } = update
  const charges = proration === 'always_invoice' || anchor === 'now' || trialEnd !== null
  return charges ? { proration, anchor, trialEnd, trialDays, discounts, use, now: prorationDate } : null
}
