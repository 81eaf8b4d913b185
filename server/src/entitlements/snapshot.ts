import { createHash } from 'node:crypto'
import type { AccountState, Decision, Reason } from '@softgate/sdk/contract'
import type { AccountRecord, SubscriptionRecord } from '../accounts/model.ts'
import { standingOf } from '../accounts/standing.ts'
import { aboutFeatures } from '../catalog/about.ts'
import { beyondOf, marksOf, overMark } from '../catalog/limits.ts'
import type { Catalog, Feature } from '../catalog/model.ts'
import type { CountedPeriod } from '../kernel/period.ts'
import type { CounterRow, Hold, UsageDay } from '../metering/model.ts'
import { dayOf } from '../metering/period.ts'
import { countersOf, createUse, type Use } from './counted.ts'
import { type DecideInput, decide, mostOf } from './decide.ts'
import { type Entitlement, entitle, type OverrideRecord } from './entitle.ts'
import { forecastOf, isForeseen } from './forecast.ts'

/** What the store knows of an account, read at one instant. */
export interface AccountFacts {
  account: AccountRecord
  subscription: SubscriptionRecord | null
  /** The user or entity in the account that it is about, `user:…` or `entity:…`; the account itself when left out. */
  scope?: string
  counters: readonly CounterRow[]
  /** What it has other than by its plan. */
  overrides?: readonly OverrideRecord[]
  /** What is reserved at this instant. */
  holds?: readonly Hold[]
  /** When use first passed marks that matter for grace. */
  passed?: readonly Passed[]
  /** The role of the user whom it is about. */
  role?: string | null
  /** What was used in the last days, for forecasts; none are made where it is left out. */
  days?: readonly UsageDay[]
}

/** Use passed a mark for the first time in a period. */
export interface Passed {
  feature: string
  period: number
  mark: number
  at: number
}

/** How long a forecast holds. */
const forecastMs = 3_600_000

interface Entry {
  input: DecideInput
  /** Null where nothing is counted. */
  use: Use | null
  /** The present period; null for what never resets. */
  period: CountedPeriod | null
  /** Keys of the other periods of a rolling window, newest first. */
  window: readonly number[]
  marks: readonly number[]
  /** The grant, override, rule or state of payment behind it. */
  because: readonly Reason[]
  decision: Decision
  /** The decision as a reply, serialised when first asked for. */
  json: string | null
}

/**
 * An account's decisions, ready to answer: checks read it and nothing else. It is true until `nextChangeAt` or until
 * something is written for the account; counters move it in place.
 */
export interface Snapshot {
  readonly account: AccountRecord
  readonly subscription: SubscriptionRecord | null
  readonly plan: string
  /** Epoch ms; Infinity when time alone changes nothing. */
  readonly nextChangeAt: number
  /** Of the user whom it is about; null where there is none. */
  readonly role: string | null
  readonly features: ReadonlyMap<string, Entry>
  /** Takes in what a commit counted, where it is of a period that matters now. */
  count(row: CounterRow): void
  decide(feature: string, quantity: number): Decision | undefined
  /** The most that use of the feature may come to; null for no bound. */
  most(feature: string): number | null
  /** The decision about one unit as JSON; undefined where each user or entity has one of its own. */
  decisionJson(feature: string): string | undefined
  /** The account's part of the state as JSON, and a tag that changes whenever it does. */
  state(): { json: string; tag: string }
}

/** A short name for exactly this text, for ETags. */
export const tagOf = (text: string): string => createHash('sha1').update(text).digest('base64url')

const abouts = new WeakMap<Catalog, Map<string, string>>()

/** What people read of the features under a plan, as JSON: one text for all its accounts. */
function aboutJson(catalog: Catalog, plan: string): string {
  const ofPlans = abouts.get(catalog) ?? new Map<string, string>()
  abouts.set(catalog, ofPlans)
  const json = ofPlans.get(plan) ?? JSON.stringify(aboutFeatures(catalog, plan))
  ofPlans.set(plan, json)
  return json
}

/** Builds an account's snapshot. Pure but for the laziness of its JSON. */
export function createSnapshot(catalog: Catalog, facts: AccountFacts, now: number): Snapshot {
  const { account, subscription, scope = '', overrides = [] } = facts
  const standing = standingOf(catalog, account, subscription, now)
  const { plan } = standing
  const today = dayOf(account, now)
  const features = new Map<string, Entry>()
  const counted = new Map(countersOf(catalog, facts, now, scope).map((entry) => [entry.feature, entry]))
  for (const [key, feature] of Object.entries(catalog.features)) {
    const counters = counted.get(key)
    if (scope !== '' && !counters) continue
    const rows = facts.counters.filter((row) => row.feature === key && row.scope === scope)
    const use = counters && feature.kind === 'metered' ? createUse(feature, counters, rows) : null
    const period = counters?.period ?? null
    const passed = (facts.passed ?? []).filter((one) => one.feature === key && one.period === (period?.key ?? 0))
    const holds = (facts.holds ?? []).filter(
      (one) => one.feature === key && one.scope === scope && use?.includes(one.period),
    )
    const entitlement = entitle({ catalog, key, feature, account, standing, overrides, now })
    const input: DecideInput = {
      key,
      feature,
      ...given(entitlement),
      held: holds.reduce((sum, { quantity }) => sum + quantity, 0),
      changesAt: firstOf([entitlement.until, ...holds.map(({ expiresAt }) => expiresAt)]),
      billing: catalog.billing,
      bought: standing.subscription?.quantities[key],
      whole: scope === '',
      used: use?.used() ?? null,
      carried: (limit) => use?.carried(limit) ?? 0,
      ...(feature.kind === 'metered' && { beyond: beyondOf(catalog, plan, key, feature) }),
      overSince: (limit) => overSince(passed, limit),
      resetsAt: period?.end ?? null,
      now,
    }
    const decision = decide(withForecast(input, { days: facts.days ?? [], today, now }))
    const { limit } = decide({ ...input, whole: false })
    const window = feature.kind === 'metered' && typeof feature.reset === 'object' ? (counters?.earlier ?? []) : []
    const marks = marksOf(catalog, key, limit, input.beyond)
    features.set(key, { input, use, period, window, marks, because: entitlement.explain, decision, json: null })
  }
  const unlocked = unlocksIn(features)
  for (const key of unlocked.keys()) for (const entry of unlocked.get(key) ?? []) settle(entry)
  const changes = [...features.values()].map(({ decision }) => decision.nextChangeAt).filter((at) => at !== null)
  // What is foreseen from the last days is looked at again before long: it changes with them.
  const staleAt = facts.days?.length ? now + forecastMs : Number.POSITIVE_INFINITY
  let state: { json: string; tag: string } | null = null
  let nextChangeAt = Math.min(staleAt, ...changes.map((at) => Date.parse(at)))

  return {
    account,
    subscription,
    plan,
    role: facts.role ?? null,
    features,
    get nextChangeAt() {
      return nextChangeAt
    },
    count(row) {
      const entry = features.get(row.feature)
      if (!entry?.use?.count(row)) return
      entry.input.used = entry.use.used()
      settle(entry)
      for (const other of unlocked.get(row.feature) ?? []) settle(other)
      state = null
      const { used, limit, graceEndsAt } = entry.decision
      const over = limit !== null && used !== null && used > limit
      // Since when a grace runs is read anew.
      if (over && graceEndsAt === null && typeof entry.input.beyond === 'object')
        nextChangeAt = Number.NEGATIVE_INFINITY
    },
    decide(feature, quantity) {
      const entry = features.get(feature)
      return entry && (quantity === 1 ? entry.decision : decide(entry.input, quantity))
    },
    most(feature) {
      const entry = features.get(feature)
      return entry ? mostOf(entry.input) : null
    },
    decisionJson(feature) {
      const entry = features.get(feature)
      if (!entry || isPersonal(entry.input.feature)) return undefined
      entry.json ??= JSON.stringify(entry.decision)
      return entry.json
    },
    state() {
      if (state === null) {
        const decisions = [...features].map(([key, entry]) => [key, entry.decision])
        const title = catalog.plans[plan]?.title ?? plan
        const timeZone = account.timeZone ?? 'UTC'
        const body: Omit<AccountState, 'about'> = {
          account: { id: account.id, name: account.name, plan: { key: plan, title }, timeZone },
          features: Object.fromEntries(decisions),
        }
        const json = `${JSON.stringify(body).slice(0, -1)},"about":${aboutJson(catalog, plan)}}`
        state = { json, tag: tagOf(json) }
      }
      return state
    },
  }
}

const given = ({ grant, missing, trialEndsAt }: Entitlement) => ({ grant, missing, trialEndsAt })

function firstOf(instants: readonly (number | null)[]): number | null {
  const known = instants.filter((at) => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Whether the answer depends on more than the account: on a user's role, or on whose limit it is. */
export const isPersonal = (feature: Feature): boolean =>
  feature.roles !== undefined || (feature.kind === 'metered' && feature.scope !== undefined)

function settle(entry: Entry): void {
  entry.decision = decide(entry.input)
  entry.json = null
}

/** The entries that each feature's use unlocks, their inputs told of that use. */
function unlocksIn(features: ReadonlyMap<string, Entry>): Map<string, Entry[]> {
  const unlocked = new Map<string, Entry[]>()
  for (const entry of features.values()) {
    const { unlock } = entry.input.feature
    const other = unlock && features.get(unlock.feature)
    if (!unlock || !other) continue
    const { input } = other
    entry.input.unlock = {
      feature: unlock.feature,
      needed: unlock.used,
      get used() {
        return input.used ?? 0
      },
    }
    unlocked.set(unlock.feature, [...(unlocked.get(unlock.feature) ?? []), entry])
  }
  return unlocked
}

/**
 * Since when use is over a limit, as far as it is known: when it passed that mark, or where the limit was raised meanwhile,
 * the nearest one below.
 */
function overSince(all: readonly Passed[], limit: number): number | null {
  const below = all.filter(({ mark }) => mark <= overMark(limit))
  return below.length === 0 ? null : below.reduce((best, one) => (one.mark > best.mark ? one : best)).at
}

interface Ahead {
  days: readonly UsageDay[]
  today: number
  now: number
}

/** Gives the input what is foreseen of it; a limit must be known and not be reached yet. */
function withForecast(input: DecideInput, { days, today, now }: Ahead): DecideInput {
  const { feature, used, resetsAt, key } = input
  const { limit } = decide(input)
  if (!isForeseen(feature) || limit === null || used === null) return input
  const mine = days.filter((day) => day.feature === key)
  const foreseen = forecastOf({ meter: feature.meter, days: mine, today, used, limit, resetsAt, now })
  return Object.assign(input, { forecast: foreseen })
}
