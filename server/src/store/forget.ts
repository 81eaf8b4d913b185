import type { Facts } from '@softgate/sdk/contract'
import { readScope } from '../kernel/scope.ts'
import type { PastEvent } from '../metering/model.ts'

/** Is given events before they are deleted; they stay where it fails. */
export type Leaving = (events: readonly PastEvent[]) => Promise<void>

/** A row of the event table as either driver gives it. */
interface Row {
  account: string
  id: string
  user: string | null
  name: string
  feature: string | null
  scope: string
  add: number | string | null
  level: number | string | null
  peak: number | string | null
  key: string | null
  time: number | string
  received_at: number | string
  properties: Facts | string | null
  replaces: string | null
}

const toNumber = (value: number | string | null): number | null => (value === null ? null : Number(value))

/** The event of a row; none for its further counters and for the place of one that never came, which have no name. */
export function toPastEvent(row: Row): PastEvent[] {
  const { account, id, user, name, scope, key, time, received_at, properties, replaces } = row
  if (name === '') return []
  const { entity = null } = readScope(scope)
  const value = toNumber(row.add) ?? toNumber(row.peak)
  const set = toNumber(row.level)
  // An attempt at a feature names it without using any of it.
  const feature = value === null && set === null && key === null ? null : row.feature
  const at = { time: Number(time), receivedAt: Number(received_at) }
  const read: Facts | null = typeof properties === 'string' ? JSON.parse(properties) : properties
  return [{ account, id, user, entity, name, feature, value, set, ...at, properties: read, replaces }]
}
