import { invalid } from '../errors.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { planChange } from './change.ts'
import { collect } from './collecting.ts'
import { buildInvoice, issueInvoice } from './invoicing.ts'
import { bookDebits, saveSubscription, takeUp } from './subscription-state.ts'
import { invoiceOfChange } from './update.ts'

/**
 * Takes up a paused subscription with a new cycle, once its invoice is paid:
 * https://docs.stripe.com/api/subscriptions/resume
 */
export function resumeSubscription(world: World, before: SubscriptionRecord): SubscriptionRecord {
  if (before.status !== 'paused') {
    throw invalid(`Only a paused subscription can be resumed; this one is ${before.status}.`)
  }
  const change = planChange(world, before, {
    items: [],
    proration: 'none',
    prorationDate: undefined,
    resetAnchor: true,
  })
  const { invoice: built, debits } = buildInvoice(world, world.nextId('in'), invoiceOfChange(world, before, change))
  bookDebits(world, [], debits)
  const billed = { ...before, billing_cycle_anchor: change.anchor, items: change.items, latest_invoice: built.id }
  saveSubscription(world, billed, before)
  const invoice = issueInvoice(world, built)
  if (collect(world, billed, invoice, 'allow_incomplete') === 'unpaid') return billed
  const paid = world.store.get('subscription', before.id) ?? billed
  return paid.status === 'paused' ? takeUp(world, paid) : paid
}
