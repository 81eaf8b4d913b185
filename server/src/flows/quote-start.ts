import type { Change, Target } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { noSteps, type PlanInput, type Planned, priceIds, quietUpdate, taxesOf } from './quote-plan.ts'
import { standingSubscription } from './standing.ts'

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
  const { plan, price: sold } = sellable
  const wish = { plan, interval: sold.interval, currency: sold.currency }
  const price = (await priceIds(context, [wish]))(wish)
  const items: Target[] = [{ id: null, price, quantity }]
  const now = context.clock.now()
  const prorationDate = Math.floor(now / 1_000)
  const update = { ...quietUpdate, items, proration: 'always_invoice' as const }
  const base = { customer: account.stripeCustomerId, subscription: null, items }
  const [due, renewal] = await Promise.all([
    gateway.preview({ ...base, when: { ...update, now: prorationDate } }),
    gateway.preview({ ...base, when: 'renewal' }),
  ])
  const periodEnd = Math.max(now, ...due.lines.filter((line) => line.price === price).map((line) => line.periodEnd))
  const change: Change = { kind: 'start', plan, feature: sold.per, addon: null, quantity, before: null }
  return {
    subscription: null,
    livemode: due.livemode,
    fingerprint: 'no subscription',
    change,
    steps: { ...noSteps, update },
    prorationDate,
    due,
    renewal,
    periodEnd,
    effectiveAt: now,
    notices: [],
    planPrice: price,
    present: null,
    taxes: await taxesOf(context, due),
    // Checkout asks for the card.
    paymentMethod: null,
  }
}
