import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type {
  Change,
  LiveItem,
  LiveSubscription,
  Preview,
  PreviewLine,
  Steps,
  Target,
  UpdateStep,
} from '../billing/model.ts'
import { moved } from '../billing/settlement.ts'
import { billedBundle, targetsOf, wishesOf } from '../billing/targets.ts'
import type { Bundle } from '../catalog/bundle.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'
import { noSteps, nothingDue, type Planned, priceIds, quietUpdate, taxBeside } from './quote-plan.ts'
import type { Bought } from './reversal-change.ts'
import { forgottenUse } from './use-of-change.ts'

/** Takes what an earlier change had bought out of what is held now: its payment has gone back. Null where that cannot be told apart. */
export async function planRevoke(context: Context, live: LiveSubscription, bought: Bought): Promise<Planned | null> {
  const { intent, quote } = bought
  const { before, after } = quote.change
  const shift = before && after && shiftOf(context, live, bought, { from: after, to: before.bundle })
  if (!shift) return null
  const planned = await planShift(context, live, { ...shift, sold: before.items })
  // What Stripe credits for the rest of the period has gone to the card already.
  const credited = -prorated(planned.due, ({ amount, tax }) => amount + tax)
  const paid = planned.due.amountDue === 0 && credited >= 0 ? planned : quietly(planned)
  return withSteps(paid, { refund: { intent, amount: paid === planned ? credited : 0, given: true } })
}

/** Gives what was taken out again: its payment has come back. Null once the period it was paid for is over. */
export async function planRegain(context: Context, live: LiveSubscription, bought: Bought): Promise<Planned | null> {
  const { intent, quote } = bought
  const { before, after } = quote.change
  const shift = before && after && shiftOf(context, live, bought, { from: before.bundle, to: after })
  if (!shift) return null
  const planned = await planShift(context, live, { ...shift, sold: quote.steps.update?.items ?? [] })
  // The rest of the period is paid for: what it costs is taken off again.
  const { product } = shift.item
  const amount = -prorated(planned.due, (line) => line.amount)
  const free = { product, amount, currency: live.currency, tax: taxBeside(context, live) }
  const { update } = planned.steps
  const offset = update && { ...update, use: [...update.use, free] }
  const when = dueOf(offset, planned.prorationDate)
  if (!offset || !when) return null
  const customer = { customer: live.customer, subscription: live.id }
  const due = await requireGateway(context).preview({ ...customer, items: offset.items, when })
  return due.amountDue === 0 && due.total === 0
    ? withSteps({ ...planned, due }, { update: offset, regained: intent })
    : withSteps(quietly(planned), { regained: intent })
}

const withSteps = (planned: Planned, steps: Partial<Steps>): Planned => ({
  ...planned,
  steps: { ...planned.steps, ...steps },
})

/** The same without an invoice, where one would have to be paid for. */
const quietly = (planned: Planned): Planned =>
  withSteps(
    { ...planned, due: nothingDue(planned.due) },
    { update: planned.steps.update && { ...quietUpdate, items: planned.steps.update.items } },
  )

const prorated = ({ lines }: Preview, of: (line: PreviewLine) => number): number =>
  lines.reduce((sum, line) => sum + (line.proration ? of(line) : 0), 0)

interface Shift {
  account: string
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
  const revoked = { kind: 'revoke' as const, feature, addon: null, quantity: null, before: null }
  return after && { account: quote.account, change: { ...revoked, plan: after.plan, after }, item, after }
}

/** The change as it would be charged and credited for the rest of the period, if it were bought. */
async function planShift(
  context: Context,
  live: LiveSubscription,
  { account, change, item, after, sold }: Shift & { sold: readonly Target[] },
): Promise<Planned> {
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
  const update: UpdateStep = { ...quietUpdate, items, proration: 'always_invoice' }
  const snapshot = await snapshotOf(context, account)
  update.use = await forgottenUse(context, snapshot, live, { update, intervalMoves: false })
  const when = dueOf(update, prorationDate) ?? 'renewal'
  const [due, renewal, present] = await Promise.all([
    gateway.preview({ ...customer, items, when }),
    gateway.preview({ ...customer, items, when: 'recurring' }),
    gateway.preview({ ...customer, items: [], when: 'recurring' }),
  ])
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change,
    steps: { ...noSteps, update },
    prorationDate,
    due,
    renewal,
    periodEnd: item.periodEnd,
    effectiveAt: clock.now(),
    notices: [],
    planPrice: plan?.price ?? item.price,
    present: { item, renewal: present },
    taxes: [],
    paymentMethod: null,
  }
}
