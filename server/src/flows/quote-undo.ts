import { reductionsOf } from '../billing/discounts.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { LiveSubscription, Target } from '../billing/model.ts'
import { timeOf } from '../billing/sync.ts'
import { billedBundle, knownItems } from '../billing/targets.ts'
import { formatMoney } from '../kernel/money.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'
import type { Fresh } from './fresh.ts'
import { previewLater } from './quote-later.ts'
import { noSteps, type Planned, quietUpdate, taxesOf, withoutUse } from './quote-plan.ts'
import { forgottenUse } from './use-of-change.ts'

/**
 * Takes a fresh upgrade back as if it had never been: the items as they were, reckoned for the very instant for which the
 * upgrade was, so that both invoices cancel out, and what the card paid goes back to it.
 */
export async function planUndo(
  context: Context,
  live: LiveSubscription,
  { upgrade, quote }: Fresh,
  { feature, timeZone }: { feature: string; timeZone: string | null },
): Promise<Planned> {
  const gateway = requireGateway(context)
  const now = timeOf(live, context.clock.now())
  const { invoice } = upgrade
  const { before } = quote.change
  const changed = new ProblemError('subscription_not_ready', 'The subscription has changed since the upgrade.')
  if (!before || !invoice || live.quote !== quote.id || live.schedule !== null || live.pending !== null) throw changed
  const items = itemsBack(context, live, before.items)
  const update = { ...quietUpdate, items, proration: 'always_invoice' as const }
  const snapshot = await snapshotOf(context, quote.account)
  // What was used would have to be billed, and both invoices would no longer cancel out.
  if ((await forgottenUse(context, snapshot, live, { update, intervalMoves: false })).length > 0) throw changed
  const customer = { customer: live.customer, subscription: live.id }
  const { item } = billedBundle(context.catalog, live)
  const dueNow = gateway.preview({ ...customer, items, when: { ...update, now: quote.prorationDate } })
  const [due, { renewal, ...later }, present, paid] = await Promise.all([
    dueNow,
    previewLater({
      reductions: reductionsOf(live.discounts, null, now),
      redeems: false,
      due: dueNow,
      at: item.periodEnd,
      preview: (left) => gateway.preview({ ...customer, items, discounts: left, when: 'recurring' }),
      interval: before.bundle.interval,
      speech: { catalog: context.catalog, timeZone: timeZone ?? 'UTC', now },
    }),
    gateway.preview({ ...customer, items: [], when: 'recurring' }),
    gateway.payment(invoice.id),
  ])
  if (due.total !== -invoice.total.amount || paid.intent === null) throw changed
  const refund = { intent: paid.intent.id, amount: invoice.amountPaid.amount, given: false }
  const { plan } = before.bundle
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change: {
      kind: 'undo',
      plan,
      feature,
      addon: null,
      quantity: null,
      before: null,
      after: before.bundle,
    },
    steps: { ...noSteps, update, refund },
    prorationDate: quote.prorationDate,
    due,
    renewal: withoutUse(renewal, live, items),
    periodEnd: item.periodEnd,
    effectiveAt: now,
    asOf: now,
    notices: [
      `${formatMoney(invoice.amountPaid)} go back to your card. Everything is as it was before.`,
      ...later.notices,
    ],
    planPrice: before.items.find(({ id }) => id === item.id)?.price ?? item.price,
    present: { item, renewal: withoutUse(present, live) },
    taxes: await taxesOf(context, due),
    paymentMethod: null,
  }
}

/** The items as they were: what was added goes, what went comes back. */
function itemsBack({ catalog }: Context, live: LiveSubscription, before: readonly Target[]): Target[] {
  const present = knownItems(catalog, live).map(({ item }) => item)
  const kept = present.map(({ id, price, quantity }): Target => {
    const was = before.find((one) => one.id === id)
    return was ?? { id, price, quantity, deleted: true }
  })
  const gone = before.filter(({ id }) => !present.some((item) => item.id === id)).map((one) => ({ ...one, id: null }))
  return [...kept, ...gone]
}
