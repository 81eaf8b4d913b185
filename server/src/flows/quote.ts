import type { Quote, QuoteInput } from '@softgate/sdk/contract'
import type { QuoteRecord } from '../billing/model.ts'
import type { Redeemable } from '../billing/promotion.ts'
import { toQuote } from '../billing/quote.ts'
import { type Sellable, sellablesFor } from '../catalog/offers.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { ProblemError } from '../kernel/problem.ts'
import { requireWithinCap } from './cap.ts'
import { type Context, requireGateway, requirePurchase, snapshotOf, type Who } from './context.ts'
import { offerContext } from './deliver.ts'
import { freshUpgrade } from './fresh.ts'
import { planChange } from './quote-change.ts'
import { liveOf, type Planned } from './quote-plan.ts'
import { planSetting } from './quote-setting.ts'
import { planStart } from './quote-start.ts'
import { planUndo } from './quote-undo.ts'
import { reportUseOf } from './report-use.ts'

/** What a change would cost, from Stripe's own preview, kept so that exactly this can be confirmed. */
export async function quote(context: Context, who: Who, input: QuoteInput): Promise<Quote> {
  await requirePurchase(context, who)
  requireGateway(context)
  const [, delivery = null] = input.offer.split('.')
  const { planned, sellable, snapshot } = await plan(context, who, input)
  await requireWithinCap(context, context.database.read.billing, who, planned.due)
  const record = toRecord(context, { who, snapshot, offer: input.offer, delivery, sellable, planned })
  await context.database.transaction(who.account, ({ billing }) => billing.saveQuote(record))
  return record.body
}

const bundleKinds = new Set<Sellable['kind']>(['add', 'remove', 'switch'])

/** What may charge a card at once. */
const paidKinds = new Set<Sellable['kind']>([...bundleKinds, 'convert'])

/** Works out what was chosen. The choice is read again once the subscription was looked at: its numbers are of now. */
async function plan(
  context: Context,
  { account }: Who,
  { offer, quantity: asked, promotionCode: code, card: wanted }: QuoteInput,
) {
  const card = wanted ?? null
  const promotion = code === undefined ? null : await promotionOf(context, code)
  const [id = ''] = offer.split('.')
  const before = await snapshotOf(context, account)
  const first = await chosen(context, before, id, asked)
  if (card !== null && (first.sellable.starts || !paidKinds.has(first.sellable.kind)))
    throw new ProblemError('invalid_request', 'This change is not paid with a saved card. Send it without card.')
  if (first.sellable.starts)
    return {
      ...first,
      snapshot: before,
      planned: await redeemable(code, planStart(context, { ...first, snapshot: before, promotion, card })),
    }
  // What was used so far may be billed with the change.
  await reportUseOf(context, account, { anew: true })
  const live = await liveOf(context, before, first.sellable.kind)
  const snapshot = await snapshotOf(context, account)
  const input = { ...(await chosen(context, snapshot, id, asked)), snapshot, promotion, card }
  if (bundleKinds.has(input.sellable.kind))
    return { ...input, planned: await redeemable(code, planChange(context, live, input)) }
  if (code !== undefined) throw unredeemable(code, 'This change has no price to reduce.')
  const fresh = input.sellable.kind === 'undo' && !live.schedule ? await freshUpgrade(context, snapshot) : null
  const planned = fresh
    ? await planUndo(context, live, fresh, {
        feature: input.sellable.price.per,
        timeZone: snapshot.account.timeZone,
      })
    : await planSetting(context, live, input)
  return { ...input, planned }
}

const unredeemable = (code: string, why: string, cause?: unknown): ProblemError =>
  new ProblemError('promotion_invalid', `The code "${code}" cannot be redeemed. ${why}`, { cause })

async function promotionOf(context: Context, code: string): Promise<Redeemable> {
  const found = await requireGateway(context).promotion(code)
  if (found === null) throw unredeemable(code, 'It is not known, has expired or is used up.')
  return found
}

/** What Stripe refuses with a code, it refuses because of the code: a minimum, a first order, another customer. */
const redeemable = <T>(code: string | undefined, planned: Promise<T>): Promise<T> =>
  planned.catch((error) => {
    if (code === undefined || !(error instanceof ProblemError) || error.code !== 'billing_refused') throw error
    throw unredeemable(code, 'It does not hold for this purchase.', error)
  })

/** The sellable behind an opaque offer id, and the quantity that was asked for, inside its range. */
async function chosen(
  context: Context,
  snapshot: Snapshot,
  offer: string,
  asked: number | undefined,
): Promise<{ sellable: Sellable; quantity: number }> {
  const fresh = await freshUpgrade(context, snapshot)
  const sellable = sellablesFor(offerContext(context, snapshot, fresh?.upgrade.id)).find(
    (candidate) => candidate.offer.id === offer,
  )
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

interface RecordInput {
  who: Who
  snapshot: Snapshot
  offer: string
  delivery: string | null
  sellable: Pick<Sellable, 'price' | 'plan' | 'addon'>
  planned: Planned
}

/** A quote as it is kept. */
export function toRecord(context: Context, input: RecordInput): QuoteRecord {
  const { who, snapshot, sellable, planned } = input
  const { change, due } = planned
  const id = context.ids('qt')
  const createdAt = context.clock.now()
  const expiresAt = createdAt + Math.min(context.catalog.quoteMinutes * 60_000, planned.periodEnd - planned.asOf)
  const unit = context.catalog.features[sellable.price.per]
  const units = unit?.kind === 'metered' ? unit.unit : { one: 'unit', other: 'units' }
  const title = (key: string | null | undefined): string => context.catalog.plans[key ?? '']?.title ?? 'plan'
  const body = toQuote({
    ...planned,
    id,
    offer: input.offer,
    words: {
      planNow: title(snapshot.subscription?.plan),
      planAfter: title(sellable.plan),
      addon: context.catalog.addons[sellable.addon ?? '']?.title ?? null,
      ...units,
    },
    refund: planned.steps.refund?.amount ?? 0,
    beforeTax: due.placeless && planned.steps.update?.tax?.prices === 'exclusive',
    price: sellable.price,
    timeZone: snapshot.account.timeZone ?? 'UTC',
    expiresAt,
  })
  return {
    account: who.account,
    id,
    user: who.user,
    delivery: input.delivery,
    change,
    subscription: planned.subscription,
    steps: planned.steps,
    prorationDate: planned.prorationDate,
    amountDue: due.amountDue,
    currency: due.currency,
    fingerprint: planned.fingerprint,
    livemode: planned.livemode,
    body,
    createdAt,
    expiresAt,
  }
}
