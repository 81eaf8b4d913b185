import { dueOf } from '../billing/due.ts'
import { fingerprintOf } from '../billing/fingerprint.ts'
import type { Change, LiveItem, LiveSubscription, Steps } from '../billing/model.ts'
import { billedBundle } from '../billing/targets.ts'
import { dateOf, overuseNotices, planTitle, type Speech } from '../billing/words.ts'
import { type Bundle, overuseOf } from '../catalog/bundle.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { noSteps, nothingDue, type PlanInput, type Planned, quietUpdate, taxesOf } from './quote-plan.ts'

interface Setting {
  live: LiveSubscription
  item: LiveItem
  before: Bundle
  /** What our schedule would bring. */
  pending: Bundle | null
  speech: Speech
}

/** A change of the subscription as a whole: that it ends, goes on after all, or drops what waits; and the end of a trial. */
export async function planSetting(
  context: Context,
  live: LiveSubscription,
  { snapshot, sellable }: PlanInput,
): Promise<Planned> {
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const now = clock.now()
  const { bundle: before, item } = billedBundle(catalog, live)
  const { schedule } = live
  const pending = schedule?.ours && schedule.at > now ? schedule.ours.bundle : null
  const speech: Speech = { catalog, timeZone: snapshot.account.timeZone ?? 'UTC' }
  const setting: Setting = { live, item, before, pending, speech }
  const used = (feature: string): number => snapshot.decide(feature, 1)?.used ?? 0
  const steps = stepsOf(sellable.kind, setting)
  const prorationDate = Math.floor(now / 1_000)
  const how = dueOf(steps.update, prorationDate)
  const customer = { customer: live.customer, subscription: live.id }
  const [due, present, paymentMethod] = await Promise.all([
    how ? gateway.preview({ ...customer, items: [], when: how }) : nothingDue(live),
    gateway.preview({ ...customer, items: [], when: 'recurring' }),
    live.paymentMethod === null ? null : gateway.card(live.paymentMethod),
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
  const ends = sellable.kind === 'cancel'
  const converted = Math.max(0, ...due.lines.filter(({ price }) => price === item.price).map((line) => line.periodEnd))
  return {
    subscription: live.id,
    livemode: live.livemode,
    fingerprint: fingerprintOf(live),
    change,
    steps,
    prorationDate,
    due,
    renewal: ends ? null : present,
    periodEnd: converted || item.periodEnd,
    effectiveAt: ends ? item.periodEnd : now,
    notices: noticesOf(context, sellable.kind, setting, used),
    planPrice: item.price,
    present: { item, renewal: present },
    taxes: await taxesOf(context, due),
    paymentMethod,
  }
}

function stepsOf(kind: Change['kind'], { live, pending }: Setting): Steps {
  const release = live.schedule?.id ?? null
  if (kind === 'undo') {
    if (pending === null) throw new ProblemError('subscription_not_ready', 'Nothing waits to take effect by now.')
    return { ...noSteps, release }
  }
  if (kind === 'convert') return { ...noSteps, release, update: { ...quietUpdate, trialEnd: 'now' } }
  if (kind === 'cancel') return { ...noSteps, release, update: { ...quietUpdate, ending: 'at_period_end' } }
  const ending = live.cancelsAtPeriodEnd ? 'not_at_period_end' : 'not_at_date'
  return { ...noSteps, release, update: { ...quietUpdate, ending } }
}

function noticesOf(
  { catalog }: Context,
  kind: Change['kind'],
  { item, before, pending, speech, live }: Setting,
  used: (feature: string) => number,
): string[] {
  const date = dateOf(speech, item.periodEnd)
  const plan = planTitle(speech, before.plan)
  if (kind === 'resume') return [`${plan} goes on and renews on ${date}.`]
  if (kind === 'undo') return [`Everything stays as it is: ${plan} renews on ${date}.`]
  if (kind === 'convert') return ['The trial ends now and the first period begins.']
  const next = catalog.defaultPlan
  const after: Bundle = { plan: next, interval: before.interval, units: 0, addons: {} }
  const over = overuseOf(catalog, { before, after, used, renewed: true })
  return [
    `${plan} ends on ${date}. Until then everything stays as it is, and nothing more is charged.`,
    ...(next === before.plan ? [] : [`Then ${planTitle(speech, next)} applies.`]),
    ...overuseNotices(speech, over),
    ...(pending && live.schedule
      ? [`The change that waits for ${dateOf(speech, live.schedule.at)} no longer takes place.`]
      : []),
  ]
}
