import type { Money, RepriceWhen } from '@softgate/sdk/contract'
import { type Bundle, isSamePlan } from '../catalog/bundle.ts'
import type { Catalog } from '../catalog/model.ts'
import { costOf, type Rate, sameRate } from '../catalog/rate.ts'
import { money } from '../kernel/money.ts'
import type { LiveItem, LiveSubscription, Repriced } from './model.ts'
import { waitingIn } from './sync.ts'
import { knownItems, unfitness } from './targets.ts'
import { addonTitle, dateOf, planTitle, type Speech } from './words.ts'

/** What costs something else: a plan or an add-on. */
export type Subject = { plan: string; addon?: never } | { addon: string; plan?: never }

/** What its present price means for one subscriber. */
export type Verdict =
  /** It pays that price, or nothing of it. */
  | { state: 'current' }
  | ({ state: 'moves' | 'waits'; at: number } & Standing)
  | ({ state: 'kept'; reason: string } & Standing)

interface Standing {
  item: LiveItem
  /** For all units each interval. */
  from: Money
  to: Money
  repriced: Repriced
}

export interface Question {
  catalog: Catalog
  subject: Subject
  when: RepriceWhen
  live: LiveSubscription
  /** Its present price by a lookup key of it. */
  priceOf(lookupKey: string): Repriced | undefined
  /** Until when a contract fixes what is paid; null without one. */
  contractUntil: number | null
  speech: Speech
  now: number
}

/**
 * Whether a subscriber can move to the present price without going against what was agreed with it: prices made for
 * one customer, contracts, changes that wait and subscriptions that end are left alone.
 */
export function judge(question: Question): Verdict {
  const { catalog, subject, live, now } = question
  const sold = knownItems(catalog, live).find(
    ({ priced }) => priced.overage === undefined && priced.plan === subject.plan && priced.addon === subject.addon,
  )
  const repriced = question.priceOf(sold?.item.lookupKey ?? '')
  if (!sold || !repriced) return { state: 'current' }
  const { item } = sold
  const total = (rate: Rate | null): Money => money(rate ? costOf(rate, item.quantity ?? 1) : 0, live.currency)
  const standing = { item, from: total(item.rate), to: total(sold.priced.price), repriced }
  if (item.price === repriced.price || (item.rate && sameRate(item.rate, sold.priced.price)))
    return { state: 'current' }
  const waiting = waitingIn(live, now)
  if (waiting?.repriced.some(({ price }) => price === repriced.price))
    return { state: 'waits', at: waiting.at, ...standing }
  const reason = hindrance(question, item, waiting?.bundle ?? null)
  return reason === null
    ? { state: 'moves', at: beginOf(question, item), ...standing }
    : { state: 'kept', reason, ...standing }
}

const beginOf = ({ when, live, now }: Question, { periodEnd }: LiveItem): number =>
  when === 'now' && live.status !== 'trialing' ? now : periodEnd

function hindrance(question: Question, item: LiveItem, waiting: Bundle | null): string | null {
  const { live, contractUntil, speech, subject } = question
  if (!item.pushed) return `It has a price of its own, ${item.price}.`
  if (live.cancelAt !== null) return `It ends on ${dateOf(speech, live.cancelAt)}.`
  const unfit = unfitness(live, 'reprice')
  if (unfit !== null) return unfit
  if (live.pending !== null) return 'A change of it waits for its payment.'
  if (waiting && subject.addon !== undefined && waiting.addons[subject.addon] === undefined)
    return `${addonTitle(speech, subject.addon)} goes on ${dateOf(speech, item.periodEnd)}.`
  if (waiting && !isSamePlan(waiting, { ...waiting, interval: item.interval, plan: subject.plan ?? waiting.plan }))
    return `It changes to ${planTitle(speech, waiting.plan)} by the ${waiting.interval} on ${dateOf(speech, item.periodEnd)}.`
  if (contractUntil !== null && contractUntil > beginOf(question, item))
    return `Its contract holds until ${dateOf(speech, contractUntil)}.`
  return null
}

/** Which of the prices that wait still hold when something else is bought: those of what stays, in the interval they are for. */
export const stillRepriced = (repriced: readonly Repriced[], before: Bundle, after: Bundle): Repriced[] =>
  repriced.filter(({ addon }) =>
    addon === null
      ? isSamePlan(before, after)
      : before.interval === after.interval && before.addons[addon] !== undefined && after.addons[addon] !== undefined,
  )
