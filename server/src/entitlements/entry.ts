import type { Decision, Reason } from '@softgate/sdk/contract'
import type { AccountRecord, SubscriptionRecord } from '../accounts/model.ts'
import type { Standing } from '../accounts/standing.ts'
import { beyondOf, marksOf, overMark } from '../catalog/limits.ts'
import type { Catalog, Feature } from '../catalog/model.ts'
import { type CountedPeriod, calendarPeriod } from '../kernel/period.ts'
import { isWindow } from '../metering/meters.ts'
import type { CounterRow, Hold, UsageDay } from '../metering/model.ts'
import { type Counters, counterOf, createUse, type Use } from './counted.ts'
import { type DecideInput, decide } from './decide.ts'
import { entitle, type OverrideRecord } from './entitle.ts'
import { forecastOf, isForeseen } from './forecast.ts'
import { sharedOf } from './shared.ts'

/** Use passed a mark for the first time in a period. */
export interface Passed {
  feature: string
  period: number
  mark: number
  at: number
}

/** What the decisions of an account, or of a user or entity in it, are made from. */
export interface Ground {
  catalog: Catalog
  account: AccountRecord
  subscription: SubscriptionRecord | null
  standing: Standing
  /** Empty for the account itself. */
  scope: string
  counters: readonly CounterRow[]
  overrides: readonly OverrideRecord[]
  holds: readonly Hold[]
  passed: readonly Passed[]
  /** The instant that it is all about, epoch ms. */
  madeAt: number
  /** What is foreseen of features; null for nothing. */
  forecasts: ReadonlyMap<string, Decision['forecast']> | null
  /** Present use of another feature of the same scope; null where it is none of it. */
  usedOf(feature: string): number | null
}

/** What one decision is made from, and what moves with it. */
export interface Entry {
  input: DecideInput
  /** Null where nothing is counted. */
  use: Use | null
  /** The present period; null for what never resets. */
  period: CountedPeriod | null
  /** Keys of the other periods of a rolling window, newest first. */
  window: readonly number[]
  /** The grant, override, rule or state of payment behind it. */
  because: readonly Reason[]
}

/** The use of a feature, as far as it is counted in this scope. */
export function useIn(ground: Ground, key: string): { counters: Counters; use: Use } | null {
  const { catalog, scope, madeAt: now } = ground
  const feature = catalog.features[key]
  if (feature?.kind !== 'metered') return null
  const counters = counterOf(key, feature, ground, { now, scope })
  if (!counters) return null
  const rows = ground.counters.filter((row) => row.feature === key && row.scope === scope)
  return { counters, use: createUse(feature, counters, rows) }
}

/** Gathers what a decision about a feature is made from; undefined where the feature is none of this scope. */
export function createEntry(ground: Ground, key: string): Entry | undefined {
  const { catalog, standing, scope, madeAt: now } = ground
  const feature = catalog.features[key]
  const found = useIn(ground, key)
  if (!feature || (scope !== '' && !found)) return undefined
  const { period, earlier } = found?.counters ?? { period: null, earlier: [] }
  const use = found?.use ?? null
  const passed = ground.passed.filter((one) => one.feature === key && use?.includes(one.period))
  const holds = ground.holds.filter((one) => one.feature === key && one.scope === scope && use?.includes(one.period))
  const { grant, missing, trialEndsAt, until, explain } = entitled(ground, key, feature)
  const input: DecideInput = {
    key,
    feature,
    grant,
    missing,
    trialEndsAt,
    held: holds.reduce((sum, { quantity }) => sum + quantity, 0),
    changesAt: firstOf([until, ...holds.map(({ expiresAt }) => expiresAt)]),
    billing: catalog.billing,
    bought: standing.subscription?.quantities[key],
    whole: scope === '',
    used: use?.used() ?? null,
    carried: (limit) => use?.carried(limit) ?? 0,
    ...(feature.kind === 'metered' && { beyond: beyondOf(catalog, standing.plan, key, feature) }),
    overSince: (limit) => overSince(passed, limit),
    ...unlockOf(ground, feature),
    resetsAt: period?.end ?? null,
    forecast: ground.forecasts?.get(key) ?? null,
    now,
  }
  const rolling = feature.kind === 'metered' && isWindow(feature)
  return { input, use, period, window: rolling ? earlier : [], because: explain }
}

const entitled = ({ catalog, account, standing, overrides, madeAt: now }: Ground, key: string, feature: Feature) =>
  entitle({ catalog, key, feature, account, standing, overrides, now })

function unlockOf(ground: Ground, { unlock }: Feature): Pick<DecideInput, 'unlock'> {
  const used = unlock ? ground.usedOf(unlock.feature) : null
  return unlock && used !== null ? { unlock: { feature: unlock.feature, used, needed: unlock.used } } : {}
}

/** The uses whose passing is recorded, ascending. */
export function entryMarks(catalog: Catalog, { input }: Entry): readonly number[] {
  const { limit } = decide({ ...input, whole: false })
  return marksOf(catalog, input.key, limit, input.beyond)
}

/** What is foreseen of its use; a limit must be known and not be reached yet. */
export function foresee({ account, madeAt: now }: Ground, { input }: Entry, all: readonly UsageDay[]) {
  const { feature, used, resetsAt, key } = input
  const { limit } = decide(input)
  if (!isForeseen(feature) || limit === null || used === null) return null
  const days = all.filter((day) => day.feature === key)
  const today = calendarPeriod('day', now, account.timeZone ?? 'UTC')
  return forecastOf({ meter: feature.meter, days, today, used, limit, resetsAt, now })
}

/** Whether use is over its limit without a grace that is known to run. */
export const isNewlyOver = ({ limit, used, graceEndsAt }: Decision): boolean =>
  limit !== null && used !== null && used > limit && graceEndsAt === null

/**
 * The first instant at which time alone changes a decision, told without making them all; Infinity for none. A feature that
 * another one's use unlocks is looked at as if it were unlocked: it may be, before its period ends.
 */
export function nextChangeOf(ground: Ground): number {
  const { catalog, standing, scope, madeAt: now } = ground
  const times = [standing.until, ...ground.holds.map(({ expiresAt }) => expiresAt)]
  for (const { feature, endsAt } of ground.overrides)
    if (endsAt !== null && now < endsAt && feature in catalog.features) times.push(endsAt)
  for (const [key, feature] of sharedOf(catalog).metered) {
    const end = counterOf(key, feature, ground, { now, scope })?.period?.end
    if (end !== undefined && entitled(ground, key, feature).grant !== undefined) times.push(end)
  }
  return firstOf(times) ?? Number.POSITIVE_INFINITY
}

function firstOf(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/**
 * Since when use is over a limit, as far as it is known: when it passed that mark, or where the limit was raised meanwhile,
 * the nearest one below. Use over a rolling window falls by itself: it is over since it last passed.
 */
function overSince(all: readonly Passed[], limit: number): number | null {
  const below = all.filter(({ mark }) => mark <= overMark(limit))
  return below.length === 0
    ? null
    : below.reduce((best, one) => ((one.mark - best.mark || one.at - best.at) > 0 ? one : best)).at
}
