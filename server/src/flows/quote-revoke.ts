import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { Change, LiveItem, LiveSubscription, Preview, Target, UpdateStep } from '../billing/model.ts'
import { moved } from '../billing/settlement.ts'
import { billedBundle, targetsOf, wishesOf } from '../billing/targets.ts'
import type { Bundle } from '../catalog/bundle.ts'
import { type Context, requireGateway } from './context.ts'
import { noSteps, nothingDue, type Planned, priceIds, quietUpdate } from './quote-plan.ts'
import type { Bought } from './reversal-change.ts'

/** Takes what an earlier change had bought out of what is held now: its payment has gone back. Null where that cannot be told apart. */
export async function planRevoke(context: Context, live: LiveSubscription, bought: Bought): Promise<Planned | null> {
  const { intent, quote } = bought
  const { before, after } = quote.change
  const shift = before && after && shiftOf(context, live, bought, { from: after, to: before.bundle })
  if (!shift) return null
  const { planned, exact } = await planShift(context, live, { ...shift, sold: before.items })
  // What the rest of the period is credited with has gone to the card already.
  const credited = exact.lines.reduce((sum, { amount, tax, proration }) => sum - (proration ? amount + tax : 0), 0)
  return exact.amountDue === 0 && credited >= 0
    ? paidBy(planned, exact, {
        update: { proration: 'always_invoice' },
        refund: { intent, amount: credited, given: true },
      })
    : paidBy(planned, nothingDue(live), { update: {}, refund: { intent, amount: 0, given: true } })
}

/** Gives what was taken out again: its payment has come back. Null once the period it was paid for is over. */
export async function planRegain(context: Context, live: LiveSubscription, bought: Bought): Promise<Planned | null> {
  const { intent, quote } = bought
  const { before, after } = quote.change
  const shift = before && after && shiftOf(context, live, bought, { from: before.bundle, to: after })
  if (!shift) return null
  const customer = { customer: live.customer, subscription: live.id }
  const { planned, exact } = await planShift(context, live, { ...shift, sold: quote.steps.update?.items ?? [] })
  // The rest of the period is paid for: what it costs is taken off again.
  const update = {
    proration: 'always_invoice' as const,
    use: [{ product: shift.item.product, amount: -exact.total, currency: live.currency }],
  }
  const { items } = planned.steps.update ?? quietUpdate
  const when = dueOf({ ...quietUpdate, items, ...update }, planned.prorationDate)
  const due = when && (await requireGateway(context).preview({ ...customer, items, when }))
  return due && due.amountDue === 0 && due.total === 0
    ? paidBy(planned, due, { update, regained: intent })
    : paidBy(planned, nothingDue(live), { update: {}, regained: intent })
}

interface Shift {
  change: Change
  item: LiveItem
  after: Bundle
}

/** What is held once a change within the present period is taken out or put in. */
function shiftOf(
  { catalog }: Context,
  live: LiveSubscription,
  { quote, upgrade }: Bought,
  way: { from: Bundle; to: Bundle },
): Shift | null {
  const { bundle, item } = billedBundle(catalog, live)
  const after = item.periodStart <= upgrade.updatedAt ? moved(bundle, way) : null
  const { feature } = quote.change
  const undone = { kind: 'undo' as const, feature, addon: null, quantity: null, before: null }
  return after && { change: { ...undone, plan: after.plan, after }, item, after }
}

/** The change without a word about who pays for it, and what Stripe would credit or charge for the rest of the period. */
async function planShift(
  context: Context,
  live: LiveSubscription,
  { change, item, after, sold }: Shift & { sold: readonly Target[] },
): Promise<{ planned: Planned; exact: Preview }> {
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const term = { interval: after.interval, currency: live.currency }
  const wishes = wishesOf(catalog, after, live.currency).map(({ quantity, ...wish }) => ({ ...wish, ...term }))
  const idOf = await priceIds(context, wishes)
  const plan = sold.find(({ id }) => id === item.id)
  const items = targetsOf({
    catalog,
    live,
    after,
    priceOf: (wish) =>
      plan && wish.addon === undefined && wish.overage === undefined ? plan.price : idOf({ ...wish, ...term }),
  })
  const prorationDate = Math.floor(clock.now() / 1_000)
  const customer = { customer: live.customer, subscription: live.id }
  const when = dueOf({ ...quietUpdate, proration: 'always_invoice' }, prorationDate) ?? 'renewal'
  const [exact, renewal, present] = await Promise.all([
    gateway.preview({ ...customer, items, when }),
    gateway.preview({ ...customer, items, when: 'recurring' }),
    gateway.preview({ ...customer, items: [], when: 'recurring' }),
  ])
  const planned: Planned = {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change,
    steps: { ...noSteps, update: { ...quietUpdate, items } },
    prorationDate,
    due: nothingDue(live),
    renewal,
    periodEnd: item.periodEnd,
    effectiveAt: clock.now(),
    notices: [],
    planPrice: plan?.price ?? item.price,
    present: { item, renewal: present },
    taxes: [],
    paymentMethod: null,
  }
  return { planned, exact }
}

interface Paying {
  update: Partial<UpdateStep>
  refund?: Planned['steps']['refund']
  regained?: string
}

const paidBy = ({ steps, ...planned }: Planned, due: Preview, { update, ...money }: Paying): Planned => ({
  ...planned,
  due,
  steps: { ...steps, ...money, update: { ...quietUpdate, ...steps.update, ...update } },
})
