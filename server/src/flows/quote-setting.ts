import { reductionsOf } from '../billing/discounts.ts'
import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { Change, LiveItem, LiveSubscription, Steps, Target } from '../billing/model.ts'
import { timeOf, waitingIn } from '../billing/sync.ts'
import { billedBundle, itemsAfter, targetsOf } from '../billing/targets.ts'
import { dateOf, overuseNotices, planTitle, repriceNotices, type Speech } from '../billing/words.ts'
import { type Bundle, isSame, overuseOf } from '../catalog/bundle.ts'
import type { Catalog } from '../catalog/model.ts'
import { addMonths } from '../kernel/period.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { previewLater } from './quote-later.ts'
import { noSteps, nothingDue, type PlanInput, type Planned, quietUpdate, taxesOf, withoutUse } from './quote-plan.ts'
import { cardStep, cardsFor } from './saved-cards.ts'

interface Setting {
  live: LiveSubscription
  item: LiveItem
  before: Bundle
  /** What our schedule would bring. */
  waiting: ReturnType<typeof waitingIn>
  speech: Speech
}

/** A change of the subscription as a whole: that it ends, goes on after all, or drops what waits; and the end of a trial. */
export async function planSetting(
  context: Context,
  live: LiveSubscription,
  { snapshot, sellable, card }: PlanInput,
): Promise<Planned> {
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const now = timeOf(live, clock.now())
  const { bundle: before, item } = billedBundle(catalog, live)
  const waiting = waitingIn(live, now)
  const speech: Speech = { catalog, timeZone: snapshot.account.timeZone ?? 'UTC', now }
  const setting: Setting = { live, item, before, waiting, speech }
  const used = (feature: string): number => snapshot.decide(feature, 1)?.used ?? 0
  const stays = waiting?.repriced.length ? repricedItems(catalog, setting) : []
  const steps = stepsOf(sellable.kind, setting, stays)
  const prorationDate = Math.floor(now / 1_000)
  const how = dueOf(steps.update, prorationDate)
  const customer = { customer: live.customer, subscription: live.id }
  const ends = sellable.kind === 'cancel'
  const dueNow = how ? gateway.preview({ ...customer, items: [], when: how }) : nothingDue(live)
  const [due, present, later, cards] = await Promise.all([
    dueNow,
    gateway.preview({ ...customer, items: [], when: 'recurring' }),
    ends
      ? null
      : previewLater({
          reductions: reductionsOf(live.discounts, null, now),
          redeems: false,
          due: dueNow,
          at: how ? addMonths(now, before.interval === 'year' ? 12 : 1) : item.periodEnd,
          preview: (left) => gateway.preview({ ...customer, items: stays, discounts: left, when: 'recurring' }),
          interval: before.interval,
          speech,
        }),
    // Of all these, only what ends a trial charges.
    steps.update?.trialEnd ? cardsFor(context, live, card) : null,
  ])
  const change: Change = {
    kind: sellable.kind,
    plan: before.plan,
    feature: sellable.price.per,
    addon: null,
    quantity: null,
    before: null,
    after: null,
  }
  const converted = Math.max(0, ...due.lines.filter(({ price }) => price === item.price).map((line) => line.periodEnd))
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change,
    steps: { ...steps, card: cardStep(live, card) },
    prorationDate,
    due,
    renewal: later && withoutUse(later.renewal, live),
    periodEnd: converted || item.periodEnd,
    effectiveAt: ends ? item.periodEnd : now,
    asOf: now,
    notices: [...noticesOf(context, sellable.kind, setting, used), ...(later?.notices ?? [])],
    planPrice: item.price,
    present: { item, renewal: withoutUse(present, live) },
    taxes: await taxesOf(context, due),
    paymentMethod: cards?.paying ?? null,
    ...(cards && cards.all.length > 1 && { cards: cards.all }),
  }
}

/** What is held, at the prices that wait. */
const repricedItems = (catalog: Catalog, { live, before, waiting }: Setting): Target[] =>
  targetsOf({
    catalog,
    live,
    after: before,
    repriced: waiting?.repriced ?? [],
    priceOf({ plan, addon }) {
      throw new Error(`Staying as it is would bring ${plan ?? addon}`)
    },
  })

function stepsOf(kind: Change['kind'], { live, before, waiting }: Setting, stays: Target[]): Steps {
  const release = live.schedule?.id ?? null
  if (kind === 'undo') {
    const repriced = waiting?.repriced ?? []
    if (waiting === null || (repriced.length > 0 && isSame(waiting.bundle, before)))
      throw new ProblemError('subscription_not_ready', 'Nothing waits to take effect by now.')
    // Another price was not the account's choice: it goes on waiting.
    const later =
      repriced.length === 0 ? null : { bundle: before, items: itemsAfter(live, stays), beginsAnew: false, repriced }
    return { ...noSteps, release, later }
  }
  if (kind === 'convert') return { ...noSteps, release, update: { ...quietUpdate, trialEnd: 'now' } }
  if (kind === 'cancel') return { ...noSteps, release, update: { ...quietUpdate, ending: 'at_period_end' } }
  const ending = live.cancelsAtPeriodEnd ? 'not_at_period_end' : 'not_at_date'
  return { ...noSteps, release, update: { ...quietUpdate, ending } }
}

function noticesOf(
  { catalog }: Context,
  kind: Change['kind'],
  { live, item, before, waiting, speech }: Setting,
  used: (feature: string) => number,
): string[] {
  const date = dateOf(speech, item.periodEnd)
  const plan = planTitle(speech, before.plan)
  if (kind === 'resume') return [`${plan} goes on and renews on ${date}.`]
  if (kind === 'undo')
    return waiting?.repriced.length
      ? [`${plan} stays as it is and renews on ${date}.`, ...repriceNotices(speech, { ...waiting, bundle: before })]
      : [`Everything stays as it is: ${plan} renews on ${date}.`]
  if (kind === 'convert') return ['The trial ends now and the first period begins.']
  const next = catalog.defaultPlan
  const after: Bundle = { plan: next, interval: before.interval, units: 0, addons: {} }
  const over = overuseOf(catalog, { before, after, used, renewed: true })
  return [
    `${plan} ends on ${date}. Until then everything stays as it is, and ${
      live.items.some(({ quantity }) => quantity === null)
        ? 'only use beyond the limits is still billed'
        : 'nothing more is charged'
    }.`,
    ...(next === before.plan ? [] : [`Then ${planTitle(speech, next)} applies.`]),
    ...overuseNotices(speech, over),
    ...(waiting && !isSame(waiting.bundle, before)
      ? [`The change that waits for ${dateOf(speech, waiting.at)} no longer takes place.`]
      : []),
  ]
}
