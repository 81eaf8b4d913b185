import type { Quote, QuoteInput } from '@softgate/sdk/contract'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { Change, LiveItem, LiveSubscription, Preview, QuoteRecord, Target } from '../billing/model.ts'
import { toQuote } from '../billing/quote.ts'
import { itemOf, targetOf, unfitness } from '../billing/targets.ts'
import { lookupKeyOf } from '../catalog/model.ts'
import { type Sellable, sellablesFor } from '../catalog/offers.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway, requirePurchase, snapshotOf, type Who } from './context.ts'
import { offerContext } from './deliver.ts'
import { keepLook } from './sync.ts'

/** What a change would cost, from Stripe's own preview, kept so that exactly this can be confirmed. */
export async function quote(context: Context, who: Who, input: QuoteInput): Promise<Quote> {
  await requirePurchase(context, who)
  const gateway = requireGateway(context)
  if (input.promotionCode !== undefined)
    throw new ProblemError(
      'invalid_request',
      'Promotion codes cannot be redeemed on a change yet. Send the quote without promotionCode.',
    )
  const snapshot = await snapshotOf(context, who.account)
  const [offer = '', delivery = null] = input.offer.split('.')
  const { sellable, quantity } = chosen(context, snapshot, offer, input.quantity)
  const live = await liveOf(context, snapshot)
  const { item, change, targets } = await plan(context, { live, snapshot, sellable, quantity })

  const now = context.clock.now()
  const prorationDate = Math.floor(now / 1_000)
  const base = { customer: live.customer, subscription: live.id, items: targets }
  const [due, renewal] = await Promise.all([
    gateway.preview({ ...base, when: { now: prorationDate } }),
    gateway.preview({ ...base, when: 'renewal' }),
  ])
  if (who.cap && (who.cap.currency !== due.currency || due.amountDue > who.cap.amount))
    throw new ProblemError(
      'purchase_cap_exceeded',
      `This token may spend at most ${who.cap.amount} ${who.cap.currency} (minor units).`,
    )
  const record = toRecord(context, {
    who,
    snapshot,
    offer: input.offer,
    delivery,
    sellable,
    live,
    item,
    change,
    targets,
    prorationDate,
    due,
    renewal,
  })
  await context.database.transaction(who.account, ({ billing }) => billing.saveQuote(record))
  return record.body
}

/** The sellable behind an opaque offer id, and the quantity that was asked for, inside its range. */
function chosen(
  context: Context,
  snapshot: Snapshot,
  offer: string,
  asked: number | undefined,
): { sellable: Sellable; quantity: number } {
  const sellable = sellablesFor(offerContext(context, snapshot)).find((candidate) => candidate.offer.id === offer)
  if (!sellable)
    throw new ProblemError(
      'offer_unknown',
      'This offer does not stand for the account now. Fetch the state and use an offer from it.',
    )
  const range = sellable.offer.quantity
  if (!range) {
    if (asked !== undefined)
      throw new ProblemError('invalid_request', 'This offer has no quantity. Send it without one.')
    return { sellable, quantity: 1 }
  }
  const quantity = asked ?? range.default
  if (quantity < range.min || quantity > range.max)
    throw new ProblemError(
      'invalid_request',
      `quantity is ${quantity}; this offer allows ${range.min} to ${range.max}.`,
    )
  return { sellable, quantity }
}

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

interface PlanInput {
  live: LiveSubscription
  snapshot: Snapshot
  sellable: Sellable
  quantity: number
}

async function plan(
  context: Context,
  { live, snapshot, sellable, quantity }: PlanInput,
): Promise<{ item: LiveItem; change: Change; targets: Target[] }> {
  const presentKey = lookupKeyOf(snapshot.subscription?.plan ?? '', sellable.price)
  const item = itemOf(live, presentKey)
  if (sellable.kind === 'add')
    return { item, ...targetOf({ live, sellable, quantity, presentKey, priceAfter: item.price }) }
  const key = lookupKeyOf(sellable.plan, sellable.price)
  const priceAfter = (await requireGateway(context).prices([key])).get(key)
  if (priceAfter === undefined)
    throw new ProblemError(
      'subscription_not_ready',
      `Stripe has no price with the lookup key ${key}. Push the catalogue.`,
    )
  return { item, ...targetOf({ live, sellable, quantity, presentKey, priceAfter }) }
}

interface RecordInput extends Omit<PlanInput, 'quantity'> {
  who: Who
  offer: string
  delivery: string | null
  item: LiveItem
  change: Change
  targets: Target[]
  prorationDate: number
  due: Preview
  renewal: Preview
}

function toRecord(context: Context, input: RecordInput): QuoteRecord {
  const { who, snapshot, sellable, live, item, change, due } = input
  const id = context.ids('qt')
  const createdAt = context.clock.now()
  const expiresAt = Math.min(createdAt + context.catalog.quoteMinutes * 60_000, item.periodEnd)
  const unit = context.catalog.features[sellable.price.per]
  const units = unit?.kind === 'metered' ? unit.unit : { one: 'unit', other: 'units' }
  const title = (key: string | null | undefined): string => context.catalog.plans[key ?? '']?.title ?? 'plan'
  const body = toQuote({
    id,
    offer: input.offer,
    change,
    item,
    words: { planNow: title(snapshot.subscription?.plan), planAfter: title(sellable.plan), ...units },
    due,
    renewal: input.renewal,
    interval: sellable.price.interval,
    timeZone: snapshot.account.timeZone ?? 'UTC',
    expiresAt,
  })
  return {
    account: who.account,
    id,
    user: who.user,
    delivery: input.delivery,
    change,
    subscription: live.id,
    targets: input.targets,
    prorationDate: input.prorationDate,
    amountDue: due.amountDue,
    currency: due.currency,
    fingerprint: fingerprintOf(live),
    livemode: live.livemode,
    body,
    createdAt,
    expiresAt,
  }
}
