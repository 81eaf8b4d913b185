import { reductionsOf } from '../billing/discounts.ts'
import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { Change, LaterStep, LiveSubscription, Preview, Target, UpdateStep } from '../billing/model.ts'
import { promotionNotices } from '../billing/promotion.ts'
import { stillRepriced } from '../billing/reprice.ts'
import { timeOf, waitingIn } from '../billing/sync.ts'
import { billedBundle, knownItems } from '../billing/targets.ts'
import {
  billingDayNotices,
  dateOf,
  overageNotices,
  overuseNotices,
  overuseWords,
  repriceNotices,
  type Speech,
  useNotices,
} from '../billing/words.ts'
import { type Bundle, isSame, overuseOf, policyFor, remainderOf } from '../catalog/bundle.ts'
import type { ChangePolicy } from '../catalog/model.ts'
import { addMonths } from '../kernel/period.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { forgetsAtTurn, laterStep, previewLater } from './quote-later.ts'
import {
  noSteps,
  nothingDue,
  type PlanInput,
  type Planned,
  quietUpdate,
  targeting,
  taxesOf,
  withoutUse,
} from './quote-plan.ts'
import { cardStep, cardsFor } from './saved-cards.ts'
import { useUnder } from './use-estimates.ts'
import { forgottenUse } from './use-of-change.ts'

/** How a change takes effect; in a trial everything is free until it ends. */
type Manner = ChangePolicy | 'trial'

/** A change of what the account pays for: units, plan, interval and add-ons, alone or together. */
export async function planChange(
  context: Context,
  live: LiveSubscription,
  { snapshot, sellable, quantity, promotion, card }: PlanInput,
): Promise<Planned> {
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const after = sellable.after(quantity)
  if (after === null) throw new Error(`The offer ${sellable.offer.id} leads to nothing`)
  const { bundle: before, item } = billedBundle(catalog, live)
  const manner: Manner = live.status === 'trialing' ? 'trial' : policyFor(catalog, before, after)
  const now = timeOf(live, clock.now())
  const speech: Speech = { catalog, timeZone: snapshot.account.timeZone ?? 'UTC', now }
  const renewed = manner === 'renewal'
  const used = (feature: string): number => snapshot.decide(feature, 1)?.used ?? 0
  const over = overuseOf(catalog, { before, after, used, renewed })
  if (over.length > 0 && catalog.changes.downgradeBelowUse === 'block') {
    const why = over.map((one) => overuseWords(speech, one)).join(' ')
    throw new ProblemError('below_use', `${why} Free what is too many first.`)
  }

  const waiting = waitingIn(live, now)
  const pending = waiting?.bundle ?? null
  const remainder = pending && remainderOf(pending, before, after)
  const repricedIn = (bundle: Bundle) => stillRepriced(waiting?.repriced ?? [], before, bundle)
  const laterBundle = remainder ?? (renewed || repricedIn(after).length > 0 ? after : null)
  const targets = await targeting(context, live, [
    after,
    ...(laterBundle ? [laterBundle] : []),
    ...(pending ? [pending] : []),
  ])
  const laterOf = (bundle: Bundle | null, until: Bundle): LaterStep | null =>
    bundle && laterStep(live, { bundle, repriced: repricedIn(bundle), until, targets })

  const prorationDate = Math.floor(now / 1_000)
  const customer = { customer: live.customer, subscription: live.id }
  const intervalMoves = before.interval !== after.interval
  const update = renewed ? null : updateFor(manner, targets(after), intervalMoves && live.billingMode === 'flexible')
  if (update && manner !== 'trial') update.use = await forgottenUse(context, snapshot, live, { update, intervalMoves })
  const reductions = reductionsOf(live.discounts, promotion, now)
  if (promotion !== null && update) update.discounts = reductions.map(({ wish }) => wish)
  const discounts = update?.discounts ?? null
  if (promotion !== null && !update) throw nothingToReduce
  if (card !== null && !update) throw nothingToPay
  const how = dueOf(update, prorationDate)
  const final = laterBundle ?? after
  const laterPrices = laterBundle ? repricedIn(laterBundle) : []
  const moved = intervalMoves || how?.anchor === 'now'
  const dueNow =
    how && update ? gateway.preview({ ...customer, items: update.items, when: how, discounts }) : nothingDue(live)
  const withoutCode = reductionsOf(live.discounts, null, now).map(({ wish }) => wish)
  const [due, full, { renewal, ...later }, present, cards] = await Promise.all([
    dueNow,
    promotion !== null && how && update
      ? gateway.preview({ ...customer, items: update.items, when: how, discounts: withoutCode })
      : null,
    previewLater({
      reductions,
      redeems: promotion !== null,
      due: dueNow,
      at: moved && how ? addMonths(now, after.interval === 'year' ? 12 : 1) : item.periodEnd,
      preview: (left) =>
        gateway.preview({
          ...customer,
          items: targets(final, laterPrices),
          discounts: left,
          // A renewal would bring what our schedule does, which goes.
          when: laterBundle || waiting || moved ? 'recurring' : 'renewal',
        }),
      interval: final.interval,
      speech,
    }),
    gateway.preview({ ...customer, items: [], when: 'recurring' }),
    cardsFor(context, live, card),
  ])
  const planPrice = targets(after).find((target) => target.id === item.id)?.price ?? item.price
  const periodEnd = moved && !renewed ? endOf(due, planPrice, item.periodEnd) : item.periodEnd
  const isNewPrice = before.plan !== after.plan || intervalMoves
  // Where a new period begins, nothing is known of it yet.
  const goesOn = isNewPrice && manner === 'prorate' && !moved
  const use = goesOn ? await useUnder(context, snapshot, after, { currency: live.currency, periodEnd }) : []
  const change: Change = {
    kind: sellable.kind,
    plan: after.plan,
    feature: sellable.price.per,
    addon: sellable.addon,
    quantity,
    after,
    before: {
      bundle: before,
      items: knownItems(catalog, live).map(({ item: { id, price, quantity: units } }) => ({
        id,
        price,
        quantity: units,
      })),
    },
  }
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change,
    steps: {
      ...noSteps,
      release: live.schedule?.id ?? null,
      update: update && { ...update, drift: driftOf(context, update, due, now) },
      later: laterOf(laterBundle, renewed ? before : after),
      restore: update && laterOf(pending, before),
      card: cardStep(live, card),
    },
    prorationDate,
    due,
    ...(full && { full }),
    held: live.discounts.length > 0,
    renewal: withoutUse(renewal, live, targets(final)),
    periodEnd,
    effectiveAt: renewed ? item.periodEnd : now,
    asOf: now,
    use,
    notices: [
      ...noticesOf(manner, {
        speech,
        at: item.periodEnd,
        moved,
        pending: pending && !isSame(pending, before) ? pending : null,
        remainder,
        // Stripe keeps one change that waits for its payment: ours takes its place. Another of ours would stand in the way.
        replaces: update !== null && live.pending?.quote === null,
      }),
      ...(renewed && !intervalMoves && forgetsAtTurn(live, targets(after))
        ? billingDayNotices(speech, live, item)
        : []),
      ...(waiting ? repriceNotices(speech, { ...waiting, bundle: final, repriced: laterPrices }) : []),
      ...(promotion ? promotionNotices(promotion) : []),
      ...later.notices,
      ...(isNewPrice ? overageNotices(speech, after, live.currency) : []),
      ...useNotices(speech, use, periodEnd),
      ...overuseNotices(speech, over),
    ],
    planPrice,
    present: { item, renewal: withoutUse(present, live) },
    taxes: await taxesOf(context, due),
    paymentMethod: cards.paying,
    ...(cards.all.length > 1 && { cards: cards.all }),
  }
}

const nothingToPay = new ProblemError('invalid_request', 'This change charges nothing now. Send it without card.')

const nothingToReduce = new ProblemError(
  'promotion_invalid',
  'This change charges nothing now, so there is nothing to reduce. Send it without promotionCode.',
)

/** Flexible billing keeps its dates unless told otherwise: another interval begins today there, as it does by itself in classic. */
function updateFor(manner: Exclude<Manner, 'renewal'>, items: Target[], beginsAnew: boolean): UpdateStep {
  if (manner === 'trial') return { ...quietUpdate, items }
  if (manner === 'full') return { ...quietUpdate, items, anchor: 'now' }
  return { ...quietUpdate, items, proration: 'always_invoice', anchor: beginsAnew ? 'now' : 'kept' }
}

const endOf = (due: Preview, price: string, otherwise: number): number =>
  Math.max(...due.lines.filter((line) => line.price === price && line.amount > 0).map((line) => line.periodEnd), 0) ||
  otherwise

/** What time alone can take from the credits of a change that cannot be pinned to an instant, until the quote expires. */
function driftOf({ catalog }: Context, update: UpdateStep, due: Preview, now: number): number {
  if (update.anchor === 'kept' || update.proration === 'none') return 0
  return due.lines
    .filter((line) => line.proration && line.amount < 0)
    .reduce((sum, line) => {
      const share = (catalog.quoteMinutes * 60_000) / Math.max(1, line.periodEnd - now)
      // One more for the rounding of the line.
      return sum + Math.ceil(-line.amount * Math.min(1, share)) + 1
    }, 0)
}

interface Situation {
  speech: Speech
  /** The end of the present period. */
  at: number
  moved: boolean
  pending: Bundle | null
  remainder: Bundle | null
  /** Whether a change that was made elsewhere, and waits for its payment, goes. */
  replaces: boolean
}

function noticesOf(manner: Manner, { speech, at, moved, pending, remainder, replaces }: Situation): string[] {
  const date = dateOf(speech, at)
  const notices: string[] = []
  if (manner === 'renewal') notices.push(`Takes effect on ${date}. Until then nothing changes and nothing is charged.`)
  if (manner === 'trial') notices.push(`The trial goes on until ${date}. Nothing is charged before.`)
  if (manner === 'full') notices.push('A new period begins today. What is left of the present one is not credited.')
  if (manner === 'prorate' && moved)
    notices.push('A new period begins today. What is left of the present one is credited.')
  if (pending && manner !== 'renewal')
    notices.push(
      remainder
        ? `The change that waits for ${date} still takes place.`
        : `The change that waits for ${date} no longer takes place.`,
    )
  if (replaces)
    notices.push('Another change, made elsewhere, waits for its payment. It no longer takes place, and is not charged.')
  return notices
}
