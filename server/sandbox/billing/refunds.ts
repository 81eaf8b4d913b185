import { invalid } from '../errors.ts'
import { recordEntry } from '../state/journal.ts'
import type { ChargeRecord, RefundRecord } from '../state/money-records.ts'
import type { Metadata } from '../state/own-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { money } from './wording.ts'

/** What to give back: everything that is left, unless `amount` says less. */
export interface RefundRequest {
  readonly amount: number | undefined
  readonly metadata: Metadata
  readonly reason: RefundRecord['reason']
}

/** Gives money back to the card it came from, at once: https://docs.stripe.com/api/refunds/create */
export function refund(world: World, before: ChargeRecord, request: RefundRequest): RefundRecord {
  const left = before.amount - before.amount_refunded
  if (left === 0) {
    throw invalid(`Charge ${before.id} has already been refunded.`, { code: 'charge_already_refunded' })
  }
  if (before.disputed) {
    throw invalid(`Charge ${before.id} has been charged back; it cannot be refunded.`, { code: 'charge_disputed' })
  }
  const amount = request.amount ?? left
  if (amount < 1) throw invalid('Invalid positive integer', { code: 'parameter_invalid_integer', param: 'amount' })
  if (amount > left) {
    const [asked, most] = [money(amount, before.currency), money(left, before.currency)]
    throw invalid(`Refund amount (${asked}) is greater than unrefunded amount on charge (${most})`, { param: 'amount' })
  }
  const given: RefundRecord = {
    id: world.nextId('re'),
    object: 'refund',
    amount,
    charge: before.id,
    created: world.seconds(),
    currency: before.currency,
    customer: before.customer,
    metadata: request.metadata,
    payment_intent: before.payment_intent,
    reason: request.reason,
  }
  world.store.put('refund', given)
  const charge = { ...before, amount_refunded: before.amount_refunded + amount }
  world.store.put('charge', charge)
  recordEntry(world, {
    kind: 'refund',
    at: world.now(),
    paymentIntent: given.payment_intent,
    amount,
    currency: given.currency,
    customer: given.customer,
  })
  emit(world, 'refund.created', given)
  emit(world, 'charge.refunded', charge, before)
  return given
}
