import type { EventInput, Scalar } from '@softgate/sdk/contract'
import type { Catalog, MeteredFeature } from '../catalog/model.ts'
import { nameFor } from './days.ts'
import type { Move, PastEvent } from './model.ts'

const known = new WeakMap<Catalog, Map<string, string[]>>()
const nobody: readonly string[] = []

/** The features whose meters read events of this name. */
export function readersOf(catalog: Catalog, event: string): readonly string[] {
  let readers = known.get(catalog)
  if (!readers) {
    readers = new Map()
    for (const [key, feature] of Object.entries(catalog.features))
      for (const name of (feature.kind === 'metered' && feature.counts?.events) || [])
        readers.set(name, [...(readers.get(name) ?? []), key])
    known.set(catalog, readers)
  }
  return readers.get(event) ?? nobody
}

const lasting = new WeakMap<Catalog, ReadonlySet<string>>()

/**
 * The features of which earlier periods of each scope count by themselves, as units roll over or a window goes on: there, what
 * is left of a limit is not told by the account.
 */
export function lastingIn(catalog: Catalog): ReadonlySet<string> {
  let found = lasting.get(catalog)
  if (!found) {
    const entries = Object.entries(catalog.features)
    found = new Set(entries.flatMap(([key, one]) => (one.kind === 'metered' && one.scope && lasts(one) ? [key] : [])))
    lasting.set(catalog, found)
  }
  return found
}

const lasts = (feature: MeteredFeature): boolean => feature.rollover !== undefined || isWindow(feature)

/** Whether use counts over a rolling window: its days are counters of their own. */
export const isWindow = ({ meter, reset }: MeteredFeature): boolean =>
  meter === 'consumable' && typeof reset === 'object'

/** The scopes with a limit of their own in which an event counts. */
export function limitedScopes(catalog: Catalog, event: EventInput): readonly string[] {
  const last = lastingIn(catalog)
  if (last.size === 0) return nobody
  const keys = [...(event.feature === undefined ? [] : [event.feature]), ...readersOf(catalog, event.name)]
  return keys.flatMap((key) => {
    const feature = catalog.features[key]
    const scope = last.has(key) && feature?.kind === 'metered' && scopeOf(feature, event)
    return typeof scope === 'string' ? [scope] : []
  })
}

/** Whether the meter is for events with these properties. */
export const isFor = ({ counts }: MeteredFeature, properties: Record<string, Scalar> = {}): boolean =>
  Object.entries(counts?.where ?? {}).every(([name, wanted]) =>
    Array.isArray(wanted) ? wanted.includes(properties[name]) : properties[name] === wanted,
  )

/** What an event counts on one meter, or what keeps it from counting, as a sentence without its subject. */
export type Counted = Pick<Move, 'add' | 'level' | 'peak' | 'key'> | { fault: string }

/** Why a level cannot be stated of a meter; null where it can. */
function withoutLevel(feature: MeteredFeature): string | null {
  const { aggregate = 'sum' } = feature.counts ?? {}
  if (aggregate !== 'sum' && aggregate !== 'last') return `it counts by ${aggregate}`
  if (isWindow(feature)) return 'the days of its window are added up'
  return feature.total ? `its total adds up what each ${feature.scope} used` : null
}

/** What an event counts on a meter that it is for. */
export function countedBy(
  feature: MeteredFeature,
  event: Pick<EventInput, 'value' | 'set' | 'user' | 'properties'>,
): Counted {
  const { aggregate = 'sum', of } = feature.counts ?? {}
  if (event.set !== undefined) {
    const fault = withoutLevel(feature)
    return fault === null ? { add: null, level: event.set } : { fault: `has no level to set: ${fault}. Send value.` }
  }
  if (aggregate === 'count') return { add: 1, level: null }
  if (aggregate === 'unique') {
    const key = of === undefined ? event.user : event.properties?.[of]
    if (key === undefined || key === null)
      return {
        fault: `tells events apart by ${of === undefined ? 'their user' : `the property ${of}`}, which is missing.`,
      }
    return { add: null, level: null, key: nameFor(String(key)) }
  }
  const units = event.value ?? (of === undefined ? 1 : event.properties?.[of])
  if (typeof units !== 'number' || !Number.isSafeInteger(units) || units < 0)
    return { fault: `reads the property ${of}, a whole number of at least 0; it is ${JSON.stringify(units)}.` }
  if (aggregate === 'max') return { add: null, level: null, peak: units }
  return aggregate === 'last' ? { add: null, level: units } : { add: units, level: null }
}

/**
 * A past event as it can be reported anew: a value that its feature would find in it anyway is left out where other meters read
 * the event too, since those may find another.
 */
export function asReported(catalog: Catalog, event: PastEvent): PastEvent {
  const feature = event.feature === null ? undefined : catalog.features[event.feature]
  if (feature?.kind !== 'metered' || readersOf(catalog, event.name).length === 0) return event
  const { user, properties } = event
  const found = countedBy(feature, { ...(user !== null && { user }), ...(properties !== null && { properties }) })
  if ('fault' in found) return event
  const isSame = (found.add ?? found.peak ?? null) === event.value && found.level === event.set
  return isSame ? { ...event, value: null, set: null } : event
}

/** Whose counter an event moves, or that it does not say. */
export function scopeOf({ scope }: MeteredFeature, event: EventInput): string | { fault: string } {
  if (scope === undefined) return ''
  const name = event[scope]
  return name === undefined ? { fault: `is counted for each ${scope}: name the ${scope}.` } : `${scope}:${name}`
}
