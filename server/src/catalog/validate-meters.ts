import type { Catalog, MeteredFeature, Reset } from './model.ts'

/** An event moves each counter by a row of its own, and a feature with a total has two. */
const mostReaders = 7

/** What is wrong with how a metered feature is counted, a sentence each. */
export function meterFaults(key: string, feature: MeteredFeature): string[] {
  const { meter, reset, rollover, scope, total, counts } = feature
  const faults: string[] = []
  if (meter === 'allocated' && reset !== undefined)
    faults.push(`feature ${key}: an allocated feature is a level and never resets.`)
  if (typeof reset === 'object' && !(Number.isSafeInteger(reset.days) && reset.days >= 2 && reset.days <= 366))
    faults.push(
      `feature ${key}: a rolling window has from 2 to 366 whole days; it has ${reset.days}. One day is reset: 'day'.`,
    )
  if (typeof reset === 'object' && !['sum', 'count'].includes(counts?.aggregate ?? 'sum'))
    faults.push(
      `feature ${key}: a rolling window adds up its days, and what is counted by ${counts?.aggregate} does not add up; count by sum or count, or start again by the day, week, month or billing period.`,
    )
  if (rollover && !startsAgain(meter, reset))
    faults.push(`feature ${key}: units roll over from one period to the next; it has no periods.`)
  if (rollover && !(Number.isSafeInteger(rollover.cap) && rollover.cap >= 1))
    faults.push(`feature ${key}: rollover.cap is a whole number of at least 1; it is ${rollover.cap}.`)
  if (total && scope === undefined) faults.push(`feature ${key}: total adds up users or entities; it needs a scope.`)
  if (total && (counts?.aggregate === 'last' || (meter === 'allocated' && counts === undefined)))
    faults.push(
      `feature ${key}: the levels of each ${scope} do not add up to a total; count by sum, count, max or unique.`,
    )
  if (counts?.aggregate === 'count' && counts.of !== undefined)
    faults.push(`feature ${key}: count counts events, it reads no property (${counts.of}).`)
  return faults
}

const startsAgain = (meter: MeteredFeature['meter'], reset: Reset = 'billing'): boolean =>
  meter === 'consumable' && reset !== 'never' && typeof reset !== 'object'

/** Names of events that more meters read than one event may move. */
export function readerFaults({ features }: Catalog): string[] {
  const readers = new Map<string, number>()
  for (const feature of Object.values(features))
    for (const name of (feature.kind === 'metered' && feature.counts?.events) || [])
      readers.set(name, (readers.get(name) ?? 0) + 1)
  return [...readers]
    .filter(([, count]) => count > mostReaders)
    .map(([name, count]) => `${count} features read the event ${name}; at most ${mostReaders} may.`)
}
