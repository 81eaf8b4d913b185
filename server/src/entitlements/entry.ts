import type { Decision } from '@softgate/sdk/contract'
import type { AccountRecord, SubscriptionRecord } from '../accounts/model.ts'
import type { Standing } from '../accounts/standing.ts'
import { beyondOf, marksOf, overMark } from '../catalog/limits.ts'
import type { Beyond, Catalog, Feature, Grant } from '../catalog/model.ts'
import { calendarPeriod } from '../kernel/period.ts'
import type { CounterRow, Hold, UsageDay } from '../metering/model.ts'
import { type Counters, counterOf, createUse, type Use } from './counted.ts'
import { type DecideInput, decide, limitOfEach } from './decide.ts'
import { entitle, type OverrideRecord } from './entitle.ts'
import { forecastOf, isForeseen } from './forecast.ts'
import type { Answer, Rule, Shared } from './shared.ts'

/** Use passed a mark for the first time in a period. */
export interface Passed {
  feature: string
  period: number
  mark: number
  at: number
}

/** What few snapshots have besides a plan and use. */
export interface Extras {
  /** Whose it is in the account; empty for the account itself. */
  scope: string
  role: string | null
  overrides: readonly OverrideRecord[]
  holds: readonly Hold[]
  passed: readonly Passed[]
}

/** What the decisions of an account, or of a user or entity in it, are made from. */
export interface Ground {
  shared: Shared
  account: AccountRecord
  subscription: SubscriptionRecord | null
  standing: Standing
  extras: Extras
  /** The instant that it is all about, epoch ms. */
  madeAt: number
  /** Present use of another feature of the same scope; null where it is none of it. */
  usedOf(feature: string): number | null
}

/** What few entries have besides their rule and their use. */
interface Moved {
  held: number
  /** When the first of what is held is free again, epoch ms. */
  heldUntil: number | null
  passed: readonly Passed[]
  unlock: DecideInput['unlock']
  forecast: Decision['forecast'] | null
  now: number
}

const plain: Moved = { held: 0, heldUntil: null, passed: [], unlock: undefined, forecast: null, now: 0 }

/**
 * What the decisions about one feature are made from, and the last of them. There is one for each feature that was used or
 * asked about, of each of a hundred thousand accounts: what they have in common is in the rule.
 */
export class Entry implements DecideInput {
  readonly rule: Rule
  /** Null where nothing is counted. */
  readonly use: Use | null
  #moved: Moved
  /** About one unit; null until it is asked for, and when something has moved. */
  answer: Answer | null = null
  /** The next of the same account: a list takes less room than an array, and few are asked about. */
  readonly next: Entry | null

  constructor(rule: Rule, use: Use | null, moved: Moved, next: Entry | null) {
    this.rule = rule
    this.use = use
    this.#moved = moved
    this.next = next
  }

  get key(): string {
    return this.rule.key
  }
  get feature(): Feature {
    return this.rule.feature
  }
  get grant(): Grant | undefined {
    return this.rule.grant
  }
  get missing(): DecideInput['missing'] {
    return this.rule.missing
  }
  get billing(): Catalog['billing'] {
    return this.rule.billing
  }
  get bought(): number | undefined {
    return this.rule.bought
  }
  get whole(): boolean {
    return this.rule.whole
  }
  get beyond(): Beyond | undefined {
    return this.rule.beyond
  }
  get trialEndsAt(): number | null {
    return this.rule.trialEndsAt
  }
  get used(): number | null {
    return this.use?.used() ?? null
  }
  get held(): number {
    return this.#moved.held
  }
  get unlock(): DecideInput['unlock'] {
    return this.#moved.unlock
  }
  get forecast(): Decision['forecast'] | null {
    return this.#moved.forecast
  }
  get now(): number {
    return this.#moved.now
  }
  get changesAt(): number | null {
    return firstOf([this.rule.until, this.#moved.heldUntil])
  }
  get resetsAt(): number | null {
    return this.use?.period?.end ?? null
  }
  carried(limit: number): number {
    return this.use?.carried(limit) ?? 0
  }
  overSince(limit: number): number | null {
    return overSince(this.#moved.passed, limit)
  }

  /** The uses whose passing is recorded, ascending. */
  marks(catalog: Catalog): readonly number[] {
    const { rule } = this
    const limit = limitOfEach(this)
    if (rule.marks?.limit !== limit)
      rule.marks = { limit, uses: marksOf(catalog, rule.key, limit, rule.beyond ?? 'block') }
    return rule.marks.uses
  }

  /** Takes in how much is used of the feature that opens this one. */
  unlockBy(used: number): void {
    const { unlock } = this.#moved
    if (unlock) this.#moved = { ...this.#moved, unlock: { ...unlock, used } }
  }

  /** Foresees when its limit will be reached; it must have one and not be there yet. */
  foresee({ account, madeAt: now }: Ground, all: readonly UsageDay[]): void {
    const { feature, used, resetsAt, key } = this
    const { limit } = decide(this)
    if (!isForeseen(feature) || limit === null || used === null) return
    const days = all.filter((day) => day.feature === key)
    const today = calendarPeriod('day', now, account.timeZone ?? 'UTC')
    const forecast = forecastOf({ meter: feature.meter, days, today, used, limit, resetsAt, now })
    if (forecast) this.#moved = { ...this.#moved, forecast }
  }
}

/** The counters that decisions about a feature read; null where it is not counted in this scope. */
export function countersIn(ground: Ground, feature: Feature | undefined, key: string): Counters | null {
  return feature?.kind === 'metered'
    ? counterOf(key, feature, ground, { now: ground.madeAt, scope: ground.extras.scope })
    : null
}

/** Gathers what a decision about a feature is made from, before `next`; null where the feature is none of this scope. */
export function createEntry(
  ground: Ground,
  key: string,
  { counted, next }: { counted: readonly CounterRow[]; next: Entry | null },
): Entry | null {
  const { shared, extras, madeAt: now } = ground
  const { scope } = extras
  const feature = shared.catalog.features[key]
  const counters = countersIn(ground, feature, key)
  if (!feature || (scope !== '' && !counters)) return null
  const isOf = (one: { feature: string; scope: string }): boolean => one.feature === key && one.scope === scope
  const reserved = extras.holds.filter((one) => isOf(one) && counters && one.period >= counters.from)
  const use =
    feature.kind === 'metered' && counters ? createUse(feature, counters, counted.filter(isOf), reserved) : null
  const passed = extras.passed.filter((one) => one.feature === key && use?.includes(one.period))
  const holds = reserved.filter((one) => use?.includes(one.period))
  const rule = ruleOf(ground, key, feature)
  const unlock = rule.isOwn ? undefined : unlockOf(ground, feature)
  const held = holds.reduce((sum, { quantity }) => sum + quantity, 0)
  const heldUntil = firstOf(reserved.map(({ expiresAt }) => expiresAt))
  const isPlain = passed.length === 0 && reserved.length === 0 && !unlock
  const moved = isPlain ? plain : { held, heldUntil, passed, unlock, forecast: null, now }
  return new Entry(rule, use, moved, next)
}

function ruleOf(ground: Ground, key: string, feature: Feature): Rule {
  const { shared, standing, extras } = ground
  const { grant, missing, isOwn, trialEndsAt, until, explain } = entitled(ground, key, feature)
  return shared.ruleFor({
    key,
    feature,
    grant,
    missing,
    isOwn,
    trialEndsAt,
    until,
    billing: shared.catalog.billing,
    bought: standing.subscription?.quantities[key],
    whole: extras.scope === '',
    beyond: feature.kind === 'metered' ? beyondOf(shared.catalog, standing.plan, key, feature) : undefined,
    because: explain,
    marks: null,
  })
}

const entitled = ({ shared, account, standing, extras, madeAt: now }: Ground, key: string, feature: Feature) =>
  entitle({ catalog: shared.catalog, key, feature, account, standing, overrides: extras.overrides, now })

function unlockOf(ground: Ground, { unlock }: Feature): DecideInput['unlock'] {
  const used = unlock ? ground.usedOf(unlock.feature) : null
  return unlock && used !== null ? { feature: unlock.feature, used, needed: unlock.used } : undefined
}

/** Whether use is over its limit without a grace that is known to run, or has passed it anew, as over a rolling window it may. */
export const isNewlyOver = ({ limit, used, graceEndsAt }: Decision, before: number): boolean =>
  limit !== null && used !== null && used > limit && (graceEndsAt === null || before <= limit)

/**
 * The first instant at which time alone changes a decision, told without making them all; Infinity for none. A feature that
 * another one's use unlocks is looked at as if it were unlocked: it may be, before its period ends.
 */
export function nextChangeOf(ground: Ground): number {
  const { shared, standing, extras, madeAt: now } = ground
  const times = [standing.until, ...extras.holds.map(({ expiresAt }) => expiresAt)]
  for (const { feature, endsAt } of extras.overrides)
    if (endsAt !== null && now < endsAt && feature in shared.catalog.features) times.push(endsAt)
  for (const [key, feature] of shared.metered) {
    const end = countersIn(ground, feature, key)?.period?.end
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
