import { usageOf } from '../billing/usage.ts'
import { invalid } from '../errors.ts'
import type { MeterEventRecord, MeterRecord } from '../state/catalog-records.ts'
import type { World } from '../state/world.ts'
import { LIST_PARAMS, page } from '../wire/lists.ts'
import { integer, metadata, object, oneOf, required, text, type Values } from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { renderMeterEvent } from '../wire/render-meter.ts'
import { type Route, route } from '../wire/route.ts'
import { find, matches, newestFirst } from './shared.ts'

const DAY = 86_400
/** How old a meter event may be, and how far ahead: https://docs.stripe.com/api/billing/meter-event/create */
const OLDEST_SECONDS = 35 * DAY
const AHEAD_SECONDS = 5 * 60
/** How long an event may be taken back. */
const CANCEL_SECONDS = DAY

const METER = {
  customer_mapping: object({ event_payload_key: required(text()), type: required(oneOf('by_id')) }),
  default_aggregation: required(object({ formula: required(oneOf('count', 'last', 'sum')) })),
  display_name: required(text()),
  event_name: required(text()),
  event_time_window: oneOf('day', 'hour'),
  value_settings: object({ event_payload_key: required(text()) }),
}

function createMeter(world: World, params: Values<typeof METER>): MeterRecord {
  const { event_name } = params
  if (world.store.all('meter').some((meter) => meter.status === 'active' && meter.event_name === event_name)) {
    throw invalid(`There is already an active meter with event name \`${event_name}\`.`, { param: 'event_name' })
  }
  const at = world.seconds()
  return {
    id: world.nextId('mtr_test'),
    object: 'billing.meter',
    created: at,
    customer_key: params.customer_mapping?.event_payload_key ?? 'stripe_customer_id',
    deactivated_at: null,
    display_name: params.display_name,
    event_name,
    event_time_window: params.event_time_window ?? null,
    formula: params.default_aggregation.formula,
    status: 'active',
    updated: at,
    value_key: params.value_settings?.event_payload_key ?? 'value',
  }
}

const EVENT = {
  event_name: required(text()),
  identifier: text(),
  payload: required(metadata()),
  timestamp: integer(),
}

function meterNamed(world: World, event_name: string): MeterRecord {
  const meter = world.store.all('meter').find((one) => one.status === 'active' && one.event_name === event_name)
  if (meter) return meter
  throw invalid(`No active meter found for event name \`${event_name}\`.`, { param: 'event_name' })
}

function report(world: World, params: Values<typeof EVENT>): MeterEventRecord {
  const meter = meterNamed(world, params.event_name)
  const now = world.seconds()
  const timestamp = params.timestamp ?? now
  if (timestamp < now - OLDEST_SECONDS || timestamp > now + AHEAD_SECONDS) {
    throw invalid('The timestamp must be within the past 35 calendar days and at most 5 minutes in the future.', {
      code: 'timestamp_too_far_in_past',
      param: 'timestamp',
    })
  }
  const id = params.identifier ?? world.secret()
  if (world.store.get('meter_event', id)) {
    throw invalid(`An event already exists with identifier ${id}.`, {
      code: 'duplicate_meter_event',
      param: 'identifier',
    })
  }
  const customer = params.payload[meter.customer_key] ?? ''
  const value = meter.formula === 'count' ? 1 : Number(params.payload[meter.value_key] ?? Number.NaN)
  if (!Number.isFinite(value)) {
    throw invalid(`The payload must have a number under \`${meter.value_key}\`.`, {
      code: 'meter_event_invalid_value',
      param: 'payload',
    })
  }
  find(world, 'customer', customer, `payload[${meter.customer_key}]`)
  return { id, canceled: false, created: now, customer, event_name: meter.event_name, timestamp, value }
}

const ADJUSTMENT = {
  cancel: required(object({ identifier: required(text()) })),
  event_name: required(text()),
  type: required(oneOf('cancel')),
}

function cancelEvent(world: World, { cancel, event_name }: Values<typeof ADJUSTMENT>): void {
  const event = find(world, 'meter_event', cancel.identifier, 'cancel[identifier]')
  if (event.created + CANCEL_SECONDS < world.seconds()) {
    throw invalid('Only events of the last 24 hours can be canceled.', { param: 'cancel[identifier]' })
  }
  if (event.event_name !== event_name) throw invalid('The event is of another meter.', { param: 'event_name' })
  world.store.put('meter_event', { ...event, canceled: true })
}

const SUMMARIES = {
  ...LIST_PARAMS,
  customer: required(text()),
  end_time: required(integer()),
  start_time: required(integer()),
}

/** https://docs.stripe.com/api/billing/meter and its events */
export const meterRoutes: readonly Route[] = [
  route('POST', '/v1/billing/meters', METER, ({ world, params }) => {
    const meter = createMeter(world, params)
    world.store.put('meter', meter)
    return render(world, meter)
  }),
  route('GET', '/v1/billing/meters/:id', {}, ({ world, id }) => render(world, find(world, 'meter', id))),
  route('POST', '/v1/billing/meters/:id', { display_name: text() }, ({ world, params, id }) => {
    const before = find(world, 'meter', id)
    const after = { ...before, display_name: params.display_name ?? before.display_name, updated: world.seconds() }
    world.store.put('meter', after)
    return render(world, after)
  }),
  route('POST', '/v1/billing/meters/:id/deactivate', {}, ({ world, id }) => {
    const at = world.seconds()
    const after = { ...find(world, 'meter', id), deactivated_at: at, status: 'inactive' as const, updated: at }
    world.store.put('meter', after)
    return render(world, after)
  }),
  route('GET', '/v1/billing/meters', { ...LIST_PARAMS, status: oneOf('active', 'inactive') }, ({ world, params }) => {
    const found = newestFirst(world, 'meter').filter(({ status }) => matches(params.status, status))
    return page('/v1/billing/meters', found, params, (meter) => render(world, meter))
  }),
  route('GET', '/v1/billing/meters/:id/event_summaries', SUMMARIES, ({ world, params, id }) => {
    const period = { start: params.start_time, end: params.end_time }
    const value = usageOf(world, find(world, 'meter', id).id, params.customer, period)
    const summary = { id: `mtrusg_${id}_${period.start}`, value }
    return page(`/v1/billing/meters/${id}/event_summaries`, [summary], params, (one) => ({
      id: one.id,
      object: 'billing.meter_event_summary',
      aggregated_value: one.value,
      end_time: period.end,
      livemode: false,
      meter: id,
      start_time: period.start,
    }))
  }),
  route('POST', '/v1/billing/meter_events', EVENT, ({ world, params }) => {
    const event = report(world, params)
    world.store.put('meter_event', event)
    return renderMeterEvent(event, params.payload)
  }),
  route('POST', '/v1/billing/meter_event_adjustments', ADJUSTMENT, ({ world, params }) => {
    cancelEvent(world, params)
    const { cancel, event_name, type } = params
    return { object: 'billing.meter_event_adjustment', cancel, event_name, livemode: false, status: 'complete', type }
  }),
]
