import { ApiError } from '../errors.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import type { AddedItem } from './added-items.ts'
import { type Change, type ChangeRequest, planChange } from './change.ts'
import { buildInvoice, type InvoicePlan } from './invoicing.ts'
import type { ItemChange } from './items.ts'
import { isMetered, priceOf, regularLine, renewed, trialLine } from './lines.ts'
import { type DiscountWish, redeemAll } from './redeeming.ts'
import { planRenewal } from './renewal.ts'
import { nextTurn, turnPhase } from './schedule.ts'
import { type FirstTerms, firstItems } from './subscribe.ts'
import { earliestPeriodEnd } from './subscription-state.ts'
import { checkTaxed, type TaxSetting } from './taxes.ts'
import { termsOf } from './terms.ts'
import { applyWithoutInvoice, invoiceOfChange, UNTOUCHED } from './update.ts'
import { dropPendingUpdate } from './voiding.ts'

/** What to look ahead at. */
export interface PreviewRequest {
  readonly mode: 'next' | 'recurring'
  readonly change: ChangeRequest
  /** What else is on the immediate invoice. */
  readonly added: readonly AddedItem[]
  readonly cancelAtPeriodEnd: boolean | undefined
}

/**
 * The invoice that a change would make, through the very steps that make it, all undone afterwards:
 * https://docs.stripe.com/api/invoices/create_preview. `always_invoice` (and a new cycle) shows the
 * immediate invoice, the other behaviors the next renewal.
 */
export function previewChange(world: World, subscription: SubscriptionRecord, request: PreviewRequest): InvoiceRecord {
  if (subscription.ended_at !== null) throw nothingUpcoming(subscription.customer)
  return world.store.rehearse(() => {
    const changes =
      request.change.items.length > 0 || request.change.resetAnchor || request.change.trialEnd !== undefined
    const present = changes ? dropPendingUpdate(world, subscription) : subscription
    const change = planChange(world, present, request.change)
    if (request.mode === 'recurring') return draft(world, recurringPlan(world, present, change))
    const atOnce =
      change.fullLines.length > 0 || (request.change.proration === 'always_invoice' && change.prorations.length > 0)
    if (atOnce) return draft(world, invoiceOfChange(world, present, change, request.added))
    const { cancelAtPeriodEnd: ends } = request
    const ending = ends === undefined ? undefined : ends ? 'at_period_end' : 'never'
    const changed = applyWithoutInvoice(world, present, change, { ...UNTOUCHED, ending })
    return upcoming(world, changed, change.prorations.length > 0 ? change.prorationDate : null)
  })
}

/** The next invoice that time makes: the phases of a schedule turn, then the period. */
function upcoming(world: World, subscription: SubscriptionRecord, prorationDate: number | null): InvoiceRecord {
  const end = earliestPeriodEnd(subscription)
  turnUntil(world, subscription, end)
  const then = world.store.get('subscription', subscription.id) ?? subscription
  const billed = then.latest_invoice ? world.store.get('invoice', then.latest_invoice) : undefined
  if (billed && then.latest_invoice !== subscription.latest_invoice) return asPreview(world, billed)
  return world.at(end, () => {
    const ends = then.cancel_at !== null && then.cancel_at <= end
    const { plan } = planRenewal(world, then, ends)
    if (ends && plan.drafts.length === 0) throw nothingUpcoming(subscription.customer)
    return draft(world, { ...plan, reason: 'upcoming', prorationDate })
  })
}

function turnUntil(world: World, { schedule: id }: SubscriptionRecord, end: number): void {
  for (;;) {
    const schedule = id ? world.store.get('schedule', id) : undefined
    const turn = schedule ? nextTurn(schedule) : null
    if (!schedule || turn === null || turn > end) return
    world.at(turn, () => turnPhase(world, schedule))
  }
}

/** An invoice as it would be before it is made. */
const asPreview = (world: World, invoice: InvoiceRecord): InvoiceRecord => ({
  ...invoice,
  id: world.nextId('upcoming_in'),
  amount_paid: 0,
  attempt_count: 0,
  attempted: false,
  ending_balance: null,
  finalized_at: null,
  number: null,
  paid_at: null,
  payment_intent: null,
  status: 'draft',
})

/** What a subscription that does not exist yet would be begun with. */
export interface NewTerms extends FirstTerms {
  readonly discounts?: readonly DiscountWish[]
  readonly tax?: TaxSetting
}

const UNTAXED: TaxSetting = { automatic: false, rates: [] }

/** The first invoice of a subscription that does not exist yet. */
export function previewNew(
  world: World,
  customer: CustomerRecord | null,
  items: readonly ItemChange[],
  { discounts = [], tax = UNTAXED, ...terms }: NewTerms,
): InvoiceRecord {
  return world.store.rehearse(() => {
    const first = firstItems(world, items, terms)
    checkTaxed(
      world,
      tax,
      first.map(({ price }) => price),
    )
    const now = world.seconds()
    const currency = terms.currency ?? (first[0] ? priceOf(world, first[0].price).currency : 'usd')
    const line = (terms.trialEnd ?? null) === null ? regularLine : trialLine
    const drafts = first
      .filter((item) => !isMetered(world, item))
      .map((item) => ({ ...line(world, { id: '', currency }, item), subscription: null }))
    const subtotal = drafts.reduce((sum, { amount }) => sum + amount, 0)
    const redeemed = redeemAll(world, discounts, { customer, currency, subscription: null, subtotal })
    return draft(world, {
      customer,
      subscription: null,
      currency,
      drafts,
      reason: 'subscription_create',
      period: { start: now, end: now },
      prorationDate: null,
      terms: { collection: { method: 'charge_automatically' }, discounts: redeemed, tax },
    })
  })
}

const draft = (world: World, plan: InvoicePlan): InvoiceRecord =>
  buildInvoice(world, world.nextId('upcoming_in'), plan).invoice

/** Only what repeats: no prorations, nothing that waited, no balance. */
function recurringPlan(world: World, subscription: SubscriptionRecord, change: Change): InvoicePlan {
  const customer = world.store.get('customer', subscription.customer)
  const end = earliestPeriodEnd(change)
  return {
    customer: customer ? { ...customer, balance: 0 } : null,
    subscription,
    currency: subscription.currency,
    drafts: change.items
      .filter((item) => !isMetered(world, item))
      .map((item) => regularLine(world, subscription, renewed(world, change.anchor, item))),
    reason: 'upcoming',
    period: { start: Math.min(...change.items.map((item) => item.current_period_start)), end },
    prorationDate: null,
    terms: termsOf(world, { ...subscription, discounts: change.discounts }),
  }
}

const nothingUpcoming = (customer: string): ApiError =>
  new ApiError(404, {
    type: 'invalid_request_error',
    code: 'invoice_upcoming_none',
    message: `No upcoming invoices for customer: ${customer}`,
  })
