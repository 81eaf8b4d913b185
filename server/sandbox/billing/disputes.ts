import { invalid } from '../errors.ts'
import { recordEntry } from '../state/journal.ts'
import type { ChargeRecord, DisputeRecord } from '../state/money-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'

/** The customer's bank takes the money of a charge back: https://docs.stripe.com/disputes */
export function openDispute(world: World, before: ChargeRecord, reason: string): DisputeRecord {
  if (before.disputed) throw invalid(`The charge ${before.id} is disputed already.`)
  const charge = { ...before, disputed: true }
  world.store.put('charge', charge)
  const dispute: DisputeRecord = {
    id: world.nextId('du'),
    object: 'dispute',
    amount: before.amount - before.amount_refunded,
    charge: before.id,
    created: world.seconds(),
    currency: before.currency,
    payment_intent: before.payment_intent,
    reason,
    status: 'needs_response',
  }
  world.store.put('dispute', dispute)
  recordEntry(world, {
    kind: 'dispute',
    at: world.now(),
    paymentIntent: dispute.payment_intent,
    amount: dispute.amount,
    currency: dispute.currency,
    customer: before.customer,
  })
  emit(world, 'charge.dispute.created', dispute)
  emit(world, 'charge.dispute.funds_withdrawn', dispute)
  return dispute
}

/** The bank decides: the money comes back, or is gone. */
export function closeDispute(world: World, before: DisputeRecord, outcome: 'won' | 'lost'): DisputeRecord {
  if (before.status !== 'needs_response') throw invalid(`The dispute ${before.id} is ${before.status} already.`)
  const dispute: DisputeRecord = { ...before, status: outcome }
  world.store.put('dispute', dispute)
  if (outcome === 'won') emit(world, 'charge.dispute.funds_reinstated', dispute)
  emit(world, 'charge.dispute.closed', dispute)
  return dispute
}
