import { invalid } from '../errors.ts'
import type { SubscriptionItemRecord, SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { pricedItems } from './discounts.ts'
import { checkIntervals, type ItemChange, targetItems } from './items.ts'
import {
  classicCredit,
  debitLine,
  flexibleCredit,
  isMetered,
  type LineDraft,
  priceOf,
  regularLine,
  trialLine,
} from './lines.ts'
import { periodAround, sameInterval } from './periods.ts'
import { type TrialMembers, trialAfter, trialPeriod } from './trials.ts'
import { usageLines } from './usage.ts'

/** What a caller wants changed. `prorationDate` is in epoch seconds. */
export interface ChangeRequest {
  readonly items: readonly ItemChange[]
  readonly proration: 'always_invoice' | 'create_prorations' | 'none'
  readonly prorationDate: number | undefined
  readonly resetAnchor: boolean
  /** Which period of the grid new items join, in epoch seconds; the one that contains `prorationDate` unless given. */
  readonly periodAt?: number
  /** Ends the trial, or begins one that lasts until then (epoch seconds). */
  readonly trialEnd?: 'now' | number | undefined
  /** The discounts from now on; those it has unless given. */
  readonly discounts?: readonly string[] | undefined
}

/** What the change comes to. */
export interface Change {
  readonly items: readonly SubscriptionItemRecord[]
  readonly anchor: number
  readonly prorations: readonly LineDraft[]
  /** Whole periods billed at once because the cycle starts anew. */
  readonly fullLines: readonly LineDraft[]
  /** The debits that the credits give back. */
  readonly credits: readonly string[]
  readonly discounts: readonly string[]
  readonly prorationDate: number
  readonly trial: TrialMembers | null
}

/**
 * Works out a change of items without storing anything. Every changed item is reprorated as a whole,
 * credits before debits: https://docs.stripe.com/billing/subscriptions/prorations
 */
export function planChange(world: World, subscription: SubscriptionRecord, request: ChangeRequest): Change {
  const at = checkedDate(world, subscription, request)
  const targets = targetItems(world, subscription, request.items)
  checkIntervals(world, subscription, targets)
  const trialing = subscription.status === 'trialing'
  const trial = trialAfter(world, subscription, request.trialEnd)
  const begins = trial?.status === 'trialing'
  // Classic billing starts a new cycle when the interval changes; flexible never does so by itself.
  const resetsAnchor =
    request.resetAnchor ||
    (trial !== null && !(begins && trialing)) ||
    (!trialing && subscription.billing_mode.type === 'classic' && intervalChanges(world, subscription, targets))
  const now = world.seconds()
  const freeUntil = trial ? (begins ? trial.trial_end : null) : trialing ? subscription.trial_end : null
  const anchor = freeUntil ?? (resetsAnchor ? now : subscription.billing_cycle_anchor)
  const cycle = { anchor, at: request.periodAt ?? at, resetsAnchor, now, freeUntil }
  const items = targets.map((item) => withPeriod(world, subscription, item, cycle))
  const changed = resetsAnchor ? () => true : (item: SubscriptionItemRecord) => differs(subscription, items, item)
  const prorates = request.proration !== 'none' && !trialing
  // A period that is given up is over: what was debited for it is never credited later, whether it is now or not.
  const credited =
    prorates || resetsAnchor ? creditsFor(world, subscription, subscription.items.filter(changed), at) : []
  const discounts = request.discounts ?? subscription.discounts
  const priced = pricedItems(world, { ...subscription, discounts }, items)
  const debited = prorates && !resetsAnchor ? priced.filter(({ item }) => changed(item) && !isMetered(world, item)) : []
  return {
    items,
    anchor,
    prorations: [
      ...(trialing ? [] : usageUntil(world, subscription, { items, resetsAnchor, prorates })),
      ...(prorates ? credited.map(({ draft }) => draft) : []),
      ...debited
        .filter(({ item }) => item.current_period_end > at)
        .map((one) => debitLine(world, subscription, one, at)),
    ],
    fullLines: resetsAnchor
      ? items
          .filter((item) => !isMetered(world, item))
          .map((item) => (begins ? trialLine : regularLine)(world, subscription, item))
      : [],
    credits: credited.flatMap(({ debit }) => (debit ? [debit] : [])),
    discounts,
    prorationDate: at,
    trial,
  }
}

interface Turn {
  readonly items: readonly SubscriptionItemRecord[]
  readonly resetsAnchor: boolean
  readonly prorates: boolean
}

/**
 * What was used of metered prices that go or whose period ends: flexible billing bills it, unless nothing is prorated; classic
 * billing forgets it.
 */
function usageUntil(
  world: World,
  subscription: SubscriptionRecord,
  { items, resetsAnchor, prorates }: Turn,
): LineDraft[] {
  const stays = ({ id, price }: SubscriptionItemRecord): boolean =>
    items.some((item) => item.id === id && item.price === price)
  const over = subscription.items.filter((item) => (stays(item) ? resetsAnchor : prorates))
  return subscription.billing_mode.type === 'classic' && !resetsAnchor
    ? []
    : usageLines(world, subscription, over, world.seconds()).filter(({ quantity }) => quantity > 0)
}

/** The prorations' date, which must lie in the current period of every item. */
function checkedDate(world: World, subscription: SubscriptionRecord, request: ChangeRequest): number {
  const { prorationDate } = request
  const param = 'proration_date'
  if (prorationDate === undefined) return world.seconds()
  if (request.resetAnchor) {
    throw invalid('You cannot specify `proration_date` when `billing_cycle_anchor=now`.', { param })
  }
  const inside = subscription.items.every(
    (item) => prorationDate >= item.current_period_start && prorationDate <= item.current_period_end,
  )
  if (inside) return prorationDate
  throw invalid('Invalid `proration_date`: it must be within the current billing period of the subscription.', {
    param,
  })
}

const recurringOf = (world: World, item: SubscriptionItemRecord) => priceOf(world, item.price).recurring

const intervalChanges = (
  world: World,
  subscription: SubscriptionRecord,
  targets: readonly SubscriptionItemRecord[],
): boolean => {
  const before = subscription.items[0]
  const after = targets[0]
  return Boolean(before && after && !sameInterval(recurringOf(world, before), recurringOf(world, after)))
}

interface Cycle {
  readonly anchor: number
  readonly at: number
  readonly now: number
  readonly resetsAnchor: boolean
  /** The end of a trial that runs, or is to. */
  readonly freeUntil: number | null
}

function withPeriod(
  world: World,
  subscription: SubscriptionRecord,
  item: SubscriptionItemRecord,
  cycle: Cycle,
): SubscriptionItemRecord {
  if (cycle.freeUntil !== null) {
    const fresh = cycle.resetsAnchor ? { ...item, current_period_start: cycle.now } : item
    return trialPeriod(fresh, cycle.now, cycle.freeUntil)
  }
  const recurring = recurringOf(world, item)
  const old = subscription.items.find(({ id }) => id === item.id)
  const stays = old && !cycle.resetsAnchor && sameInterval(recurringOf(world, old), recurring)
  if (stays || !recurring) return item
  const period = periodAround(cycle.anchor, recurring, cycle.resetsAnchor ? cycle.now : cycle.at)
  return { ...item, current_period_start: period.start, current_period_end: period.end }
}

function differs(
  subscription: SubscriptionRecord,
  items: readonly SubscriptionItemRecord[],
  { id }: SubscriptionItemRecord,
): boolean {
  const before = subscription.items.find((item) => item.id === id)
  const after = items.find((item) => item.id === id)
  return before?.price !== after?.price || before?.quantity !== after?.quantity
}

/** The credits of items, with the debit that each of them gives back. */
export function creditsFor(
  world: World,
  subscription: SubscriptionRecord,
  items: readonly SubscriptionItemRecord[],
  at: number,
): { readonly draft: LineDraft; readonly debit: string | null }[] {
  if (subscription.billing_mode.type === 'classic') {
    return pricedItems(world, subscription, items)
      .filter(({ item }) => item.current_period_end > at && !isMetered(world, item))
      .map((one) => ({ draft: classicCredit(world, subscription, one, at), debit: null }))
  }
  return items.flatMap((item) =>
    world.store
      .all('debit')
      .filter((debit) => debit.subscription_item === item.id && !debit.credited && debit.period.end > at)
      .map((debit) => ({ draft: flexibleCredit(world, debit, at), debit: debit.id })),
  )
}
