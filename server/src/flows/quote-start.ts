import { reductionsOf } from '../billing/discounts.ts'
import type { Change, Preview, Target } from '../billing/model.ts'
import { promotionNotices } from '../billing/promotion.ts'
import { wishesOf } from '../billing/targets.ts'
import { dateOf, overageNotices, placelessNotice, type Speech, taxNumberNotice } from '../billing/words.ts'
import type { Bundle } from '../catalog/bundle.ts'
import { formatMoney, money } from '../kernel/money.ts'
import { addMonths } from '../kernel/period.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway, snapshotOf } from './context.ts'
import { previewLater } from './quote-later.ts'
import { noSteps, type PlanInput, type Planned, priceIds, quietUpdate, taxesOf } from './quote-plan.ts'
import { forgetDeleted, standingSubscription } from './sync.ts'

/** The first subscription of an account that has none, also at Stripe; as a new customer where the former one was deleted there. */
export async function planStart(context: Context, input: PlanInput): Promise<Planned> {
  try {
    return await planFirst(context, input)
  } catch (error) {
    const { id, stripeCustomerId: customer } = input.snapshot.account
    const refused = error instanceof ProblemError && error.code === 'billing_refused'
    if (!refused || customer === null || !(await forgetDeleted(context, id, customer))) throw error
    return planFirst(context, { ...input, snapshot: await snapshotOf(context, id) })
  }
}

async function planFirst(context: Context, { snapshot, sellable, quantity, promotion }: PlanInput): Promise<Planned> {
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
  const reductions = reductionsOf([], promotion, now)
  const discounts = promotion === null ? null : reductions.map(({ wish }) => wish)
  const { tax } = context.catalog
  const update = { ...quietUpdate, items, proration: 'always_invoice' as const, trialDays, discounts, tax }
  const base = { customer: account.stripeCustomerId, subscription: null, items, tax }
  const speech: Speech = { catalog: context.catalog, timeZone: account.timeZone ?? 'UTC', now }
  const trialEnd = trialDays === null ? null : (prorationDate + trialDays * 86_400) * 1_000
  const dueNow = gateway.preview({ ...base, discounts, when: { ...update, now: prorationDate } })
  const [due, { renewal, ...later }] = await Promise.all([
    dueNow,
    previewLater({
      reductions,
      redeems: promotion !== null,
      due: dueNow,
      at: trialEnd ?? addMonths(now, interval === 'year' ? 12 : 1),
      preview: (left) => gateway.preview({ ...base, discounts: left, when: 'renewal' }),
      interval,
      speech,
    }),
  ])
  const periodEnd =
    trialEnd ?? Math.max(now, ...due.lines.filter((line) => line.price === price).map((line) => line.periodEnd))
  const change: Change = { kind: 'start', plan, feature: sold.per, addon: null, quantity, before: null, after: null }
  return {
    subscription: null,
    livemode: due.livemode,
    fingerprint: 'no subscription',
    change,
    steps: { ...noSteps, update, placeless: due.placeless },
    prorationDate,
    due,
    renewal,
    periodEnd,
    effectiveAt: now,
    asOf: now,
    notices: [
      ...(due.placeless && tax?.prices ? [placelessNotice(tax.prices)] : []),
      ...(tax?.ids ? [taxNumberNotice] : []),
      ...(trialDays === null ? [] : [trialNotice(speech, periodEnd, renewal, interval)]),
      ...(promotion ? promotionNotices(promotion) : []),
      ...later.notices,
      ...overageNotices(speech, bundle, currency),
    ],
    planPrice: price,
    present: null,
    taxes: await taxesOf(context, due),
    // Checkout asks for the card.
    paymentMethod: null,
  }
}

/** What the trial comes to once it is over. */
const trialNotice = (speech: Speech, end: number, { total, currency }: Preview, interval: string): string =>
  `Free until ${dateOf(speech, end)}, then ${formatMoney(money(total, currency))} each ${interval}. Cancel before, and nothing is charged.`
