import { invalid } from '../errors.ts'
import type { Metadata } from '../state/own-records.ts'
import type { PhaseRecord, ScheduleRecord } from '../state/schedule-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import type { ChangeRequest } from './change.ts'
import type { ItemChange } from './items.ts'
import { earliestPeriodEnd, endingWith, saveSubscription } from './subscription-state.ts'
import { UNTOUCHED, updateSubscription } from './update.ts'
import { dropPendingUpdate } from './voiding.ts'

/** Puts a running subscription under a schedule whose only phase is its present period. */
export function scheduleFrom(world: World, subscription: SubscriptionRecord): ScheduleRecord {
  if (subscription.ended_at !== null) {
    throw invalid(
      `You cannot migrate a subscription that is in the \`${subscription.status}\` status to a subscription schedule.`,
      { param: 'from_subscription' },
    )
  }
  if (subscription.schedule !== null) {
    throw invalid(
      `You cannot migrate a subscription that is already attached to a schedule: \`${subscription.schedule}\`.`,
      { param: 'from_subscription' },
    )
  }
  const phase = presentPhase(subscription)
  const schedule: ScheduleRecord = {
    id: world.nextId('sub_sched'),
    object: 'subscription_schedule',
    canceled_at: null,
    completed_at: null,
    created: world.seconds(),
    current_phase: { start_date: phase.start_date, end_date: phase.end_date },
    customer: subscription.customer,
    end_behavior: subscription.cancel_at === null ? 'release' : 'cancel',
    metadata: {},
    phases: [phase],
    released_at: null,
    released_subscription: null,
    status: 'active',
    subscription: subscription.id,
  }
  world.store.put('schedule', schedule)
  emit(world, 'subscription_schedule.created', schedule)
  saveSubscription(world, { ...subscription, schedule: schedule.id }, subscription)
  return schedule
}

const presentPhase = (subscription: SubscriptionRecord): PhaseRecord => ({
  automatic_tax: subscription.automatic_tax,
  billing_cycle_anchor: null,
  currency: subscription.currency,
  default_payment_method: subscription.default_payment_method,
  default_tax_rates: subscription.default_tax_rates,
  description: subscription.description,
  end_date: subscription.cancel_at ?? earliestPeriodEnd(subscription),
  items: subscription.items.map(({ metadata, price, quantity }) => ({ metadata, price, quantity })),
  metadata: subscription.metadata,
  proration_behavior: 'create_prorations',
  start_date: Math.min(...subscription.items.map((item) => item.current_period_start)),
})

/** What an update of a schedule wants. `undefined` leaves a member alone. */
export interface ScheduleUpdate {
  readonly endBehavior: ScheduleRecord['end_behavior'] | undefined
  readonly metadata: Metadata
  readonly phases: readonly PhaseRecord[] | undefined
  /** For what changes at once, in the present phase. */
  readonly proration: ChangeRequest['proration']
}

/** Replaces the phases of a schedule; what the present phase changes happens at once. */
export function updateSchedule(world: World, before: ScheduleRecord, update: ScheduleUpdate): ScheduleRecord {
  checkActive(before, 'update')
  const phases = update.phases ?? before.phases
  const now = world.seconds()
  const current = phases.find((phase) => phase.start_date <= now && phase.end_date > now)
  const after: ScheduleRecord = {
    ...before,
    current_phase: current ? { start_date: current.start_date, end_date: current.end_date } : null,
    end_behavior: update.endBehavior ?? before.end_behavior,
    metadata: update.metadata,
    phases,
  }
  world.store.put('schedule', after)
  emit(world, 'subscription_schedule.updated', after, before)
  if (current && update.phases) {
    bringAbout(world, after, current, current.start_date === now ? current.proration_behavior : update.proration)
  }
  foretellEnd(world, after)
  return after
}

/** Gives the subscription what `phase` says; nothing happens where it has that already. */
function bringAbout(
  world: World,
  { subscription: id }: ScheduleRecord,
  phase: PhaseRecord,
  proration: ChangeRequest['proration'],
): void {
  const subscription = id ? world.store.get('subscription', id) : undefined
  if (!subscription) return
  const items = itemsTowards(subscription, phase)
  const resetAnchor = phase.billing_cycle_anchor === 'phase_start' && phase.start_date === world.seconds()
  updateSubscription(world, items.length > 0 ? dropPendingUpdate(world, subscription) : subscription, {
    ...UNTOUCHED,
    // A phase that begins where a period ends joins that period's end: the renewal that follows bills it in full.
    change:
      items.length > 0 || resetAnchor
        ? { items, proration, prorationDate: undefined, resetAnchor, periodAt: world.seconds() - 1 }
        : null,
    defaultPaymentMethod: phase.default_payment_method ?? undefined,
    description: phase.description ?? undefined,
    metadata: phase.metadata,
    tax: { automatic: phase.automatic_tax, rates: phase.default_tax_rates },
  })
}

/** An item stays where the phase has its price; the others go, and new ones come. */
function itemsTowards(subscription: SubscriptionRecord, phase: PhaseRecord): ItemChange[] {
  const gone = subscription.items.filter(({ price }) => !phase.items.some((item) => item.price === price))
  const changed = phase.items.flatMap((item): ItemChange[] => {
    const held = subscription.items.find(({ price }) => price === item.price)
    if (!held) return [item.quantity === 0 ? { metadata: item.metadata, price: item.price } : item]
    return held.quantity === item.quantity ? [] : [{ id: held.id, quantity: item.quantity }]
  })
  return [...gone.map(({ id }) => ({ id, deleted: true })), ...changed]
}

/** A schedule that cancels says so on its subscription. */
function foretellEnd(world: World, { end_behavior, phases, subscription: id }: ScheduleRecord): void {
  const subscription = id ? world.store.get('subscription', id) : undefined
  if (!subscription) return
  const last = phases.at(-1)
  const at = end_behavior === 'cancel' && last ? last.end_date : null
  if (at === subscription.cancel_at) return
  const ending = endingWith(subscription, at === null ? 'never' : { at }, world.seconds())
  saveSubscription(world, { ...subscription, ...ending }, subscription)
}

/** Lets the subscription go on by itself: https://docs.stripe.com/api/subscription_schedules/release */
export function releaseSchedule(world: World, before: ScheduleRecord, keepCancelDate = false): ScheduleRecord {
  checkActive(before, 'release')
  const released: ScheduleRecord = {
    ...before,
    current_phase: null,
    released_at: world.seconds(),
    released_subscription: before.subscription,
    status: 'released',
    subscription: null,
  }
  world.store.put('schedule', released)
  const subscription = before.subscription ? world.store.get('subscription', before.subscription) : undefined
  if (subscription) {
    const ending = keepCancelDate ? {} : endingWith(subscription, 'never', world.seconds())
    saveSubscription(world, { ...subscription, ...ending, schedule: null }, subscription)
  }
  emit(world, 'subscription_schedule.released', released, before)
  return released
}

/** Refuses what only a schedule that runs can do. */
export function checkActive({ status }: ScheduleRecord, verb: string): void {
  if (status === 'active') return
  throw invalid(
    `You cannot ${verb} a subscription schedule that is currently in the \`${status}\` status. It can only be done if the schedule is in the \`not_started\` or \`active\` status.`,
  )
}

/** When the next phase of a schedule begins, or its last one ends; null when it has ended. */
export function nextTurn({ status, current_phase, phases }: ScheduleRecord): number | null {
  if (status !== 'active') return null
  return current_phase?.end_date ?? phases.at(-1)?.end_date ?? null
}

/** Ends the present phase: the next one begins, or the schedule is over. */
export function turnPhase(world: World, schedule: ScheduleRecord): void {
  const now = world.seconds()
  const next = schedule.phases.find((phase) => phase.start_date <= now && phase.end_date > now)
  if (!next) {
    finish(world, schedule)
    return
  }
  const after = { ...schedule, current_phase: { start_date: next.start_date, end_date: next.end_date } }
  world.store.put('schedule', after)
  emit(world, 'subscription_schedule.updated', after, schedule)
  bringAbout(world, after, next, next.proration_behavior)
}

function finish(world: World, schedule: ScheduleRecord): void {
  if (schedule.end_behavior === 'release') {
    releaseSchedule(world, schedule)
    return
  }
  // The subscription's own `cancel_at` ends it at this instant.
  const done = { ...schedule, completed_at: world.seconds(), current_phase: null, status: 'completed' as const }
  world.store.put('schedule', done)
  emit(world, 'subscription_schedule.completed', done, schedule)
}
