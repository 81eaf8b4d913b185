import type { MeterEventRecord, MeterRecord } from '../state/catalog-records.ts'
import type { Metadata } from '../state/own-records.ts'
import { type JsonObject, toJson } from './json.ts'

/** A meter. */
export function renderMeter(record: MeterRecord): JsonObject {
  const { customer_key, deactivated_at, formula, value_key, ...shown } = record
  return toJson({
    ...shown,
    customer_mapping: { event_payload_key: customer_key, type: 'by_id' },
    default_aggregation: { formula },
    livemode: false,
    status_transitions: { deactivated_at },
    value_settings: { event_payload_key: value_key },
  })
}

/** A meter event as it was reported. */
export const renderMeterEvent = (
  { id, created, event_name, timestamp }: MeterEventRecord,
  payload: Metadata,
): JsonObject =>
  toJson({
    object: 'billing.meter_event',
    created,
    event_name,
    identifier: id,
    livemode: false,
    payload,
    timestamp,
  })
