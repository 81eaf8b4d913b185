import type { SubscriptionAnswer } from '@softgate/sdk/contract'
import { hasEnded } from '../accounts/model.ts'
import type { LiveSubscription, Preview } from '../billing/model.ts'
import { timeOf, waitingIn } from '../billing/sync.ts'
import { billedBundle } from '../billing/targets.ts'
import { bundleWords, planTitle, type Speech } from '../billing/words.ts'
import { toIso, toIsoOrNull } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import { type Context, requireGateway, requirePurchase, snapshotOf, type Who } from './context.ts'
import { targeting, withoutUse } from './quote-plan.ts'
import { keepLook, seeSubscription } from './sync.ts'

/** What the account pays for, how much, when next and with which card, read from Stripe for those who may see prices. */
export async function showSubscription(context: Context, who: Who): Promise<SubscriptionAnswer> {
  await requirePurchase(context, who)
  const { catalog, clock } = context
  if (catalog.billing === 'off') return { subscription: null }
  const gateway = requireGateway(context)
  const { account, subscription } = await snapshotOf(context, who.account)
  if (!subscription) return { subscription: null }
  const { live, observedAt } = await seeSubscription(context, who.account, subscription.id)
  if (!live || hasEnded(live)) return { subscription: null }
  await keepLook(context, who.account, live, observedAt)
  const { bundle, item } = billedBundle(catalog, live)
  const [present, next, paymentMethod] = await Promise.all([
    gateway.preview({ customer: live.customer, subscription: live.id, items: [], when: 'recurring' }),
    live.cancelAt === null ? nextOf(context, live) : null,
    live.paymentMethod === null ? null : gateway.card(live.paymentMethod),
  ])
  const speech: Speech = { catalog, timeZone: account.timeZone ?? 'UTC', now: timeOf(live, clock.now()) }
  return {
    subscription: {
      title: bundleWords(speech, bundle),
      plan: { key: bundle.plan, title: planTitle(speech, bundle.plan) },
      status: live.status,
      trialEndsAt: toIsoOrNull(live.status === 'trialing' ? live.trialEnd : null),
      recurring: { ...money(withoutUse(present, live).total, present.currency), interval: bundle.interval },
      nextInvoice: next && { at: toIso(item.periodEnd), total: money(next.amountDue, next.currency) },
      paymentMethod,
      unpaid: live.unpaid,
    },
  }
}

/** The invoice of the next renewal, with what our schedule brings by then. */
async function nextOf(context: Context, live: LiveSubscription): Promise<Preview | null> {
  const gateway = requireGateway(context)
  const waiting = waitingIn(live, context.clock.now())
  if (!waiting) return gateway.upcoming(live)
  const items = (await targeting(context, live, [waiting.bundle]))(waiting.bundle, waiting.repriced)
  return gateway.preview({ customer: live.customer, subscription: live.id, items, when: 'recurring' })
}
