import type { Catalog, MeteredFeature } from '../catalog/model.ts'
import type { CountedPeriod } from '../kernel/period.ts'
import { isWindow } from '../metering/meters.ts'
import type { CounterRow, Hold } from '../metering/model.ts'
import { earlierKeys, periodOf, type Timekeeping } from '../metering/period.ts'

/** The counters that a decision about one feature reads at an instant. */
export interface Counters {
  feature: string
  /** Whose they are; empty for the account's own. */
  scope: string
  /** The present period; null for what never resets. */
  period: CountedPeriod | null
  /** Keys of the periods before it that matter too, newest first. */
  earlier: readonly number[]
  /** Key of the first of them all. */
  from: number
}

/** Whether a feature is counted in this scope: an entity's features in that of an entity, a user's in that of a user. */
const isIn = (feature: MeteredFeature, scope: string): boolean =>
  scope === '' ? feature.scope === undefined || feature.total === true : scope.startsWith(`${feature.scope}:`)

/** What the decision about one feature reads, of the account or of a scope in it; null where it is not counted there. */
export function counterOf(
  feature: string,
  spec: MeteredFeature,
  time: Timekeeping,
  { now, scope }: { now: number; scope: string },
): Counters | null {
  if (!isIn(spec, scope)) return null
  const period = periodOf(spec, time, now)
  const earlier = earlierKeys(spec, time, now)
  return { feature, scope, period, earlier, from: earlier.at(-1) ?? period?.key ?? 0 }
}

/** The counters that matter at `now`, of the account or of a scope in it: what a loader must read. */
export const countersOf = (catalog: Catalog, time: Timekeeping, now: number, scope = ''): Counters[] =>
  Object.entries(catalog.features).flatMap(
    ([feature, spec]) => (spec.kind === 'metered' && counterOf(feature, spec, time, { now, scope })) || [],
  )

/** The use of a feature in the periods that matter, kept up to date by commits. */
export interface Use {
  /** The present period; null for what never resets. */
  readonly period: CountedPeriod | null
  /** Keys of the other periods of a rolling window, newest first. */
  readonly window: readonly number[]
  /** Of the present period, or of the whole rolling window. */
  used(): number
  /** Units left of `limit` a period, neither used nor reserved, in earlier periods and added to the present one. */
  carried(limit: number): number
  /** Of the other days of a rolling window; null for a day that is none of it. Without a window it is 0. */
  rest(period: number): number | null
  /** Whether the period with this key counts now. */
  includes(period: number): boolean
  /** Moves a counter; false when it is none of these, or stood there already. */
  count(row: CounterRow): boolean
}

const none: readonly never[] = []

/** The use of one period, as most features have it: small, as there is one for each counter of a hundred thousand accounts. */
class PresentUse implements Use {
  readonly period: CountedPeriod | null
  #used: number

  constructor(period: CountedPeriod | null, used: number) {
    this.period = period
    this.#used = used
  }

  get window(): readonly number[] {
    return none
  }

  used(): number {
    return this.#used
  }

  carried(): number {
    return 0
  }

  rest(): number {
    return 0
  }

  includes(period: number): boolean {
    return period === (this.period?.key ?? 0)
  }

  count({ period, used }: CounterRow): boolean {
    if (!this.includes(period) || used === this.#used) return false
    this.#used = used
    return true
  }
}

export function createUse(
  feature: MeteredFeature,
  { period, earlier }: Counters,
  rows: readonly CounterRow[],
  holds: readonly Hold[] = none,
): Use {
  const present = period?.key ?? 0
  if (earlier.length === 0) return new PresentUse(period, rows.find((row) => row.period === present)?.used ?? 0)
  const units = new Map([present, ...earlier].map((key) => [key, 0]))
  for (const row of rows) if (units.has(row.period)) units.set(row.period, row.used)
  const rolling = isWindow(feature)
  const cap = feature.rollover?.cap ?? 0
  // What is reserved is used in its own period, even if it is committed in the next one.
  const taken = (key: number): number =>
    holds.reduce((all, hold) => all + (hold.period === key ? hold.quantity : 0), units.get(key) ?? 0)
  const sum = (): number => [...units.values()].reduce((all, used) => all + used, 0)
  return {
    period,
    window: rolling ? earlier : none,
    used: () => (rolling ? sum() : (units.get(present) ?? 0)),
    rest(period) {
      const own = units.get(period)
      return !rolling ? 0 : own === undefined ? null : sum() - own
    },
    carried: (limit) =>
      // From the oldest on: what a period leaves of its own limit and of what it was given.
      cap === 0 ? 0 : earlier.reduceRight((left, key) => Math.min(cap, Math.max(0, limit + left - taken(key))), 0),
    includes: (key) => key === present || (rolling && units.has(key)),
    count(row) {
      if (units.get(row.period) === row.used || !units.has(row.period)) return false
      units.set(row.period, row.used)
      return true
    },
  }
}
