import type { Change, Preview, Target } from '../billing/model.ts'
import { promotionNotices } from '../billing/promotion.ts'
import { wishesOf } from '../billing/targets.ts'
import { overageNotices } from '../billing/words.ts'
import type { Bundle } from '../catalog/bundle.ts'
import { formatMoney, money } from '../kernel/money.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { noSteps, type PlanInput, type Planned, priceIds, quietUpdate, taxesOf } from './quote-plan.ts'
import { standingSubscription } from './sync.ts'

/** The first subscription of an account that has none, also at Stripe. */
export async function planStart(
  context: Context,
  { snapshot, sellable, quantity, promotion }: PlanInput,
): Promise<Planned> {
  const gateway = requireGateway(context)
  const { account } = snapshot
  const standing = await standingSubscription(context, account)
  if (standing)
    throw new ProblemError(
      'subscription_not_ready',
      'The account has a subscription by now. Fetch the state and use an offer from it.',
    )
  const { plan, price: sold } = sellable
  const { interval, currency } = sold
  const bundle: Bundle = { plan, interval, units: quantity, addons: {} }
  const wishes = wishesOf(context.catalog, bundle, currency).map((wish) => ({ ...wish, interval, currency }))
  const idOf = await priceIds(context, wishes)
  const items = wishes.map((wish): Target => ({ id: null, price: idOf(wish), quantity: wish.quantity }))
  const price = idOf({ plan, interval, currency })
  const now = context.clock.now()
  const prorationDate = Math.floor(now / 1_000)
  // A trial is for who has never subscribed.
  const trialDays = snapshot.subscription === null ? (context.catalog.plans[plan]?.trialDays ?? null) : null
  const discounts = promotion === null ? null : [{ promotion_code: promotion.id }]
  const update = { ...quietUpdate, items, proration: 'always_invoice' as const, trialDays, discounts }
  const base = { customer: account.stripeCustomerId, subscription: null, items, discounts }
  const [due, renewal] = await Promise.all([
    gateway.preview({ ...base, when: { ...update, now: prorationDate } }),
    // What is off one invoice is off the first that charges.
    gateway.preview({
      ...base,
      ...(promotion?.lasts === 'once' && trialDays === null && { discounts: null }),
      when: 'renewal',
    }),
  ])
  const periodEnd =
    trialDays === null
      ? Math.max(now, ...due.lines.filter((line) => line.price === price).map((line) => line.periodEnd))
      : (prorationDate + trialDays * 86_400) * 1_000
  const change: Change = { kind: 'start', plan, feature: sold.per, addon: null, quantity, before: null, after: null }
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
    notices: [
      ...(trialDays === null ? [] : [trialNotice(account.timeZone, periodEnd, renewal, interval)]),
      ...(promotion ? promotionNotices(promotion) : []),
      ...overageNotices({ catalog: context.catalog, timeZone: account.timeZone ?? 'UTC', now }, bundle, currency),
    ],
    planPrice: price,
    present: null,
    taxes: await taxesOf(context, due),
    // Checkout asks for the card.
    paymentMethod: null,
  }
}

/** What the trial comes to once it is over. */
function trialNotice(timeZone: string | null, end: number, { total, currency }: Preview, interval: string): string {
  const date = new Intl.DateTimeFormat('en', { month: 'long', day: 'numeric', timeZone: timeZone ?? 'UTC' }).format(end)
  return `Free until ${date}, then ${formatMoney(money(total, currency))} each ${interval}. Cancel before, and nothing is charged.`
}
