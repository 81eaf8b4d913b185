import { endSubscription } from '../billing/ending.ts'
import { quantityOf, usablePrice } from '../billing/items.ts'
import { boundary } from '../billing/periods.ts'
import { checkActive, releaseSchedule, scheduleFrom, updateSchedule } from '../billing/schedule.ts'
import { invalid } from '../errors.ts'
import type { PhaseRecord, ScheduleRecord } from '../state/schedule-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import {
  clearable,
  either,
  flag,
  integer,
  list,
  mergeMetadata,
  metadata,
  object,
  oneOf,
  required,
  text,
  type Values,
  whole,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { usableMethod } from './payment-methods.ts'
import { find, findCustomer, matches, newestFirst } from './shared.ts'
import { AUTOMATIC_TAX, PRORATION_BEHAVIOR, ratesOf, TAX_RATES } from './subscription-params.ts'

const INSTANT = either(oneOf('now'), integer())
const PHASE = {
  automatic_tax: AUTOMATIC_TAX,
  billing_cycle_anchor: oneOf('automatic', 'phase_start'),
  collection_method: oneOf('charge_automatically'),
  default_payment_method: text(),
  default_tax_rates: TAX_RATES,
  description: clearable(text()),
  duration: object({ interval: required(oneOf('day', 'week', 'month', 'year')), interval_count: integer() }),
  end_date: INSTANT,
  items: required(list(object({ metadata: metadata(), price: required(text()), quantity: whole() }))),
  metadata: metadata(),
  proration_behavior: PRORATION_BEHAVIOR,
  start_date: INSTANT,
}
const UPDATE = {
  end_behavior: oneOf('cancel', 'release'),
  metadata: clearable(metadata()),
  phases: list(object(PHASE)),
  proration_behavior: PRORATION_BEHAVIOR,
}
type GivenPhase = NonNullable<Values<typeof UPDATE>['phases']>[number]

function phasesOf(world: World, schedule: ScheduleRecord, given: readonly GivenPhase[]): PhaseRecord[] {
  const now = world.seconds()
  const phases: PhaseRecord[] = []
  given.forEach((phase, index) => {
    const param = `phases[${index}]`
    const before = phases.at(-1)
    const start = phase.start_date === 'now' ? now : (phase.start_date ?? before?.end_date)
    if (start === undefined) {
      throw invalid('The first phase must have a `start_date`.', {
        code: 'parameter_missing',
        param: `${param}[start_date]`,
      })
    }
    if (before && start !== before.end_date) {
      throw invalid('A phase must start where the one before it ends.', { param: `${param}[start_date]` })
    }
    phases.push(toPhase(world, schedule, phase, start, param))
  })
  checkPresent(schedule, phases)
  return phases
}

function toPhase(world: World, schedule: ScheduleRecord, phase: GivenPhase, start: number, param: string): PhaseRecord {
  const currency = schedule.phases[0]?.currency ?? 'usd'
  const { default_payment_method: method } = phase
  const customer = findCustomer(world, schedule.customer)
  const end = endOf(world, phase, start, param)
  if (end <= start) throw invalid("A phase's end date must be after its start date.", { param: `${param}[end_date]` })
  return {
    automatic_tax: phase.automatic_tax?.enabled ?? false,
    billing_cycle_anchor: phase.billing_cycle_anchor ?? null,
    currency,
    default_payment_method: method
      ? usableMethod(world, method, customer, `${param}[default_payment_method]`).id
      : null,
    default_tax_rates: ratesOf(world, phase.default_tax_rates) ?? [],
    description: phase.description ?? null,
    end_date: end,
    items: phase.items.map((item, index) => {
      const place = `${param}[items][${index}]`
      const price = usablePrice(world, item.price, currency, `${place}[price]`, item.price)
      return { metadata: mergeMetadata({}, item.metadata), price: price.id, quantity: quantityOf(price, item, place) }
    }),
    metadata: mergeMetadata({}, phase.metadata),
    proration_behavior: phase.proration_behavior ?? 'create_prorations',
    start_date: start,
  }
}

/** Where a phase ends: as told, after its duration, or after one interval of what it bills. */
function endOf(world: World, phase: GivenPhase, start: number, param: string): number {
  const { end_date: end, duration } = phase
  if (end !== undefined && duration) {
    throw invalid('You may only specify one of these parameters: duration, end_date.', { param: `${param}[duration]` })
  }
  if (end !== undefined) return end === 'now' ? world.seconds() : end
  if (duration) return boundary(start, { ...duration, interval_count: duration.interval_count ?? 1 }, 1)
  const recurring = find(world, 'price', phase.items[0]?.price ?? '', `${param}[items][0][price]`).recurring
  return boundary(start, recurring ?? { interval: 'month', interval_count: 1 }, 1)
}

/** The present phase cannot be left out, nor begin at another time. */
function checkPresent({ current_phase: current }: ScheduleRecord, phases: readonly PhaseRecord[]): void {
  const kept = current && phases.some(({ start_date }) => start_date === current.start_date)
  if (!current || kept) return
  throw invalid(
    `You can not modify the start date of the current phase. The current phase starts at ${current.start_date}.`,
    { param: 'phases[0][start_date]' },
  )
}

const show = (world: World, { id }: ScheduleRecord) => render(world, find(world, 'schedule', id))

/** https://docs.stripe.com/api/subscription_schedules: of subscriptions that run already. */
export const subscriptionScheduleRoutes: readonly Route[] = [
  route('POST', '/v1/subscription_schedules', { from_subscription: required(text()) }, ({ world, params }) =>
    show(world, scheduleFrom(world, find(world, 'subscription', params.from_subscription, 'from_subscription'))),
  ),
  route('GET', '/v1/subscription_schedules/:id', {}, ({ world, id }) => render(world, find(world, 'schedule', id))),
  route('POST', '/v1/subscription_schedules/:id', UPDATE, ({ world, params, id }) => {
    const before = find(world, 'schedule', id)
    checkActive(before, 'update')
    return show(
      world,
      updateSchedule(world, before, {
        endBehavior: params.end_behavior,
        metadata: mergeMetadata(before.metadata, params.metadata),
        phases: params.phases && phasesOf(world, before, params.phases),
        proration: params.proration_behavior ?? 'create_prorations',
      }),
    )
  }),
  route('POST', '/v1/subscription_schedules/:id/release', { preserve_cancel_date: flag() }, ({ world, params, id }) =>
    show(world, releaseSchedule(world, find(world, 'schedule', id), params.preserve_cancel_date)),
  ),
  route(
    'POST',
    '/v1/subscription_schedules/:id/cancel',
    { invoice_now: flag(), prorate: flag() },
    ({ world, params, id }) => {
      const schedule = find(world, 'schedule', id)
      checkActive(schedule, 'cancel')
      const subscription = find(world, 'subscription', schedule.subscription ?? '')
      endSubscription(world, subscription, { invoiceNow: params.invoice_now ?? true, prorate: params.prorate ?? true })
      return show(world, schedule)
    },
  ),
  route('GET', '/v1/subscription_schedules', { ...LIST_PARAMS, customer: text() }, ({ world, params }) => {
    const found = newestFirst(world, 'schedule').filter(({ customer }) => matches(params.customer, customer))
    return page('/v1/subscription_schedules', found, params, (schedule) => render(world, schedule))
  }),
]
