import { waitingAfter } from '../billing/bought.ts'
import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type {
  LaterStep,
  LiveSubscription,
  Preview,
  PreviewLine,
  QuoteRecord,
  Steps,
  UpdateStep,
} from '../billing/model.ts'
import { stillRepriced } from '../billing/reprice.ts'
import { timeOf, waitingIn } from '../billing/sync.ts'
import { billedBundle } from '../billing/targets.ts'
import { type Bundle, isSame } from '../catalog/bundle.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'
import { laterStep } from './quote-later.ts'
import { noSteps, nothingDue, type Planned, quietUpdate, targeting, taxBeside } from './quote-plan.ts'
import { forgottenUse } from './use-of-change.ts'

/** What is held from now on because of what became of a payment. */
export interface Shift {
  account: string
  /** The payment's intent at Stripe. */
  intent: string
  after: Bundle
  /** The price that its plan was sold at, by its id at Stripe; the catalogue's present one when null. */
  price: string | null
}

/** Takes something out of what is held now and of what waits: its payment has gone back. */
export async function planRevoke(context: Context, live: LiveSubscription, shift: Shift): Promise<Planned> {
  const planned = await planShift(context, live, shift, null)
  // What Stripe credits for the rest of the period has gone to the card already.
  const credited = -prorated(planned.due, ({ amount, tax }) => amount + tax)
  const paid = planned.due.amountDue === 0 && credited >= 0 ? planned : quietly(planned)
  const amount = paid === planned ? credited : 0
  return withSteps(paid, { refund: { intent: shift.intent, amount, given: true } })
}

/** Gives what `taken` had taken out again: its payment has come back. Null where it makes no invoice. */
export async function planRegain(
  context: Context,
  live: LiveSubscription,
  shift: Shift,
  taken: QuoteRecord,
): Promise<Planned | null> {
  const { intent } = shift
  // Where nothing has changed since, what had waited waits again.
  const planned = await planShift(context, live, shift, live.quote === taken.id ? taken.steps.restore : null)
  // The rest of the period is paid for: what it costs is taken off again.
  const { product } = billedBundle(context.catalog, live).item
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

/** The change as it would be charged and credited for the rest of the period, if it were bought. */
async function planShift(
  context: Context,
  live: LiveSubscription,
  { account, after, price }: Shift,
  awaited: LaterStep | null,
): Promise<Planned> {
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const { bundle: before, item } = billedBundle(catalog, live)
  const now = timeOf(live, clock.now())
  const waiting = waitingIn(live, now)
  const wanted = awaited?.bundle ?? (waiting && waitingAfter(catalog, waiting.bundle, before, after))
  const bundles = [after, ...(wanted ? [wanted] : []), ...(waiting ? [waiting.bundle] : [])]
  const { plan, interval } = after
  const targets = await targeting(context, live, bundles, price === null ? null : { plan, interval, price })
  const { repriced = [] } = awaited ?? waiting ?? {}
  const step = (bundle: Bundle, until: Bundle, base: Bundle): LaterStep =>
    laterStep(live, { bundle, repriced: stillRepriced(repriced, base, bundle), until, targets })
  const later = wanted && step(wanted, after, awaited ? after : before)
  const items = targets(after)
  const prorationDate = Math.floor(now / 1_000)
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
  const feature = catalog.plans[plan]?.prices?.[0]?.per ?? ''
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change: { kind: 'revoke', feature, addon: null, quantity: null, before: null, plan, after },
    steps: {
      ...noSteps,
      release: live.schedule?.id ?? null,
      update,
      later: later && (!isSame(later.bundle, after) || later.repriced.length > 0) ? later : null,
      restore: waiting && step(waiting.bundle, before, before),
    },
    prorationDate,
    due,
    renewal,
    periodEnd: item.periodEnd,
    effectiveAt: now,
    asOf: now,
    notices: [],
    planPrice: items.find(({ id }) => id === item.id)?.price ?? item.price,
    present: { item, renewal: present },
    taxes: [],
    paymentMethod: null,
  }
}
