import type { PaymentMethod, QuoteTax } from '@softgate/sdk/contract'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { Change, LiveItem, LiveSubscription, Preview, QuoteRecord, Target } from '../billing/model.ts'
import { itemOf, targetOf, unfitness } from '../billing/targets.ts'
import { lookupKeyOf } from '../catalog/model.ts'
import type { Sellable } from '../catalog/offers.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { standingSubscription } from './standing.ts'
import { keepLook } from './sync.ts'

export interface PlanInput {
  snapshot: Snapshot
  sellable: Sellable
  quantity: number
}

/** A change as it was computed at Stripe: its targets, its price now and later, and what both rest on. */
export interface Planned
  extends Pick<QuoteRecord, 'subscription' | 'targets' | 'prorationDate' | 'fingerprint' | 'livemode'> {
  change: Change
  due: Preview
  renewal: Preview
  /** When it is charged next. */
  periodEnd: number
  /** What is paid for until now; null where a subscription begins. */
  present: { item: LiveItem; renewal: Preview } | null
  taxes: QuoteTax[]
  paymentMethod: PaymentMethod | null
}

/** A change of the subscription that the account has. */
export async function planChange(context: Context, { snapshot, sellable, quantity }: PlanInput): Promise<Planned> {
  const gateway = requireGateway(context)
  const live = await liveOf(context, snapshot)
  const presentKey = lookupKeyOf(snapshot.subscription?.plan ?? '', sellable.price)
  const item = itemOf(live, presentKey)
  const priceAfter = sellable.kind === 'add' ? item.price : await priceOf(context, sellable)
  const { change, targets } = targetOf({ live, sellable, quantity, presentKey, priceAfter })
  const prorationDate = Math.floor(context.clock.now() / 1_000)
  const base = { customer: live.customer, subscription: live.id, items: targets }
  const [due, renewal, unchanged, paymentMethod] = await Promise.all([
    gateway.preview({ ...base, when: { now: prorationDate } }),
    gateway.preview({ ...base, when: 'renewal' }),
    gateway.preview({ ...base, items: [item], when: 'renewal' }),
    live.paymentMethod === null ? null : gateway.card(live.paymentMethod),
  ])
  const { id: subscription, livemode } = live
  const fingerprint = fingerprintOf(live)
  return {
    subscription,
    livemode,
    fingerprint,
    change,
    targets,
    prorationDate,
    due,
    renewal,
    periodEnd: item.periodEnd,
    present: { item, renewal: unchanged },
    taxes: await taxesOf(context, due),
    paymentMethod,
  }
}

/** The first subscription of an account that has none, also at Stripe. */
export async function planStart(context: Context, { snapshot, sellable, quantity }: PlanInput): Promise<Planned> {
  const gateway = requireGateway(context)
  const { account } = snapshot
  const standing = await standingSubscription(context, account)
  if (standing)
    throw new ProblemError(
      'subscription_not_ready',
      'The account has a subscription by now. Fetch the state and use an offer from it.',
    )
  const price = await priceOf(context, sellable)
  const targets: Target[] = [{ id: null, price, quantity }]
  const now = context.clock.now()
  const prorationDate = Math.floor(now / 1_000)
  const base = { customer: account.stripeCustomerId, subscription: null, items: targets }
  const [due, renewal] = await Promise.all([
    gateway.preview({ ...base, when: { now: prorationDate } }),
    gateway.preview({ ...base, when: 'renewal' }),
  ])
  const periodEnd = Math.max(now, ...due.lines.filter((line) => line.price === price).map((line) => line.periodEnd))
  const change: Change = { kind: 'start', plan: sellable.plan, feature: sellable.price.per, quantity }
  const rest = { subscription: null, livemode: due.livemode, fingerprint: 'no subscription' }
  const taxes = await taxesOf(context, due)
  // Checkout asks for the card.
  const nothingYet = { present: null, paymentMethod: null }
  return { ...rest, ...nothingYet, change, targets, prorationDate, due, renewal, periodEnd, taxes }
}

/** The taxes of a preview by their names. */
const taxesOf = (context: Context, { taxes }: Preview): Promise<QuoteTax[]> =>
  Promise.all(
    taxes.map(async ({ rate, inclusive, amount }) => {
      const named = rate === null ? null : await requireGateway(context).taxRate(rate)
      return { ...(named ?? { description: 'Tax', percentage: null }), inclusive, amount }
    }),
  )

/** The subscription as it is at Stripe now, fit to be changed. What was seen is kept on the way. */
async function liveOf(context: Context, snapshot: Snapshot): Promise<LiveSubscription> {
  const id = snapshot.subscription?.id
  if (id === undefined) throw new ProblemError('subscription_not_ready', 'The account has no subscription to change.')
  const observedAt = context.clock.now()
  const live = await requireGateway(context).subscription(id)
  if (!live) throw new ProblemError('subscription_not_ready', `Stripe has no subscription ${id} any more.`)
  await keepLook(context, snapshot.account.id, live, observedAt)
  const unfit = unfitness(live)
  if (unfit) throw new ProblemError('subscription_not_ready', unfit)
  return live
}

/** The id at Stripe of the price that a sellable leads to. */
async function priceOf(context: Context, { plan, price }: Sellable): Promise<string> {
  const key = lookupKeyOf(plan, price)
  const found = (await requireGateway(context).prices([key])).get(key)
  if (found !== undefined) return found
  throw new ProblemError(
    'subscription_not_ready',
    `Stripe has no price with the lookup key ${key}. Push the catalogue.`,
  )
}
