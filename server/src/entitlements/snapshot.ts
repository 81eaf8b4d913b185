import { createHash } from 'node:crypto'
import type { AccountState, Decision } from '@softgate/sdk/contract'
import { type AccountRecord, isLive, planInForce, type SubscriptionRecord } from '../accounts/model.ts'
import { aboutFeatures } from '../catalog/about.ts'
import { marksOf } from '../catalog/limits.ts'
import type { Catalog } from '../catalog/model.ts'
import type { CounterRow, UseSlice } from '../metering/model.ts'
import { periodOf } from '../metering/period.ts'
import { type DecideInput, decide } from './decide.ts'
import { forecastOf } from './forecast.ts'

/** What the store knows of an account, read at one instant. */
export interface AccountFacts {
  account: AccountRecord
  subscription: SubscriptionRecord | null
  counters: CounterRow[]
  /** What was used in the last days, for forecasts; none are made where it is left out. */
  slices?: readonly UseSlice[]
}

/** How long a forecast holds. */
const forecastMs = 3_600_000

interface Entry {
  input: DecideInput
  /** Start of the counter's period; 0 for a level. */
  period: number
  marks: readonly number[]
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
  readonly features: ReadonlyMap<string, Entry>
  /** Present use of a metered feature, when `period` is the one that counts now. */
  count(row: CounterRow): void
  decide(feature: string, quantity: number): Decision | undefined
  /** The decision about one unit as JSON. */
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

/** The counters that matter at `now`: which a loader must read. */
export function countersOf(
  catalog: Catalog,
  account: AccountRecord,
  subscription: SubscriptionRecord | null,
  now: number,
): { feature: string; period: number; resetsAt: number | null }[] {
  return Object.entries(catalog.features).flatMap(([feature, spec]) => {
    if (spec.kind !== 'metered') return []
    const period = periodOf(spec, account, subscription, now)
    return [{ feature, period: period?.start ?? 0, resetsAt: period?.end ?? null }]
  })
}

/** Builds an account's snapshot. Pure but for the laziness of its JSON. */
export function createSnapshot(catalog: Catalog, facts: AccountFacts, now: number): Snapshot {
  const { account, subscription } = facts
  const plan = planInForce(catalog, account, subscription)
  const features = new Map<string, Entry>()
  const present = countersOf(catalog, account, subscription, now)
  for (const [key, feature] of Object.entries(catalog.features)) {
    const counter = present.find((entry) => entry.feature === key)
    const used = facts.counters.find((row) => row.feature === key && row.period === counter?.period)?.used ?? 0
    const bought = isLive(subscription) ? subscription.quantities[key] : undefined
    const grant = catalog.plans[plan]?.grants[key]
    const input: DecideInput = {
      key,
      feature,
      grant,
      billing: catalog.billing,
      bought,
      used,
      resetsAt: counter?.resetsAt ?? null,
    }
    const decision = decide(withForecast(input, { slices: facts.slices ?? [], since: counter?.period ?? 0, now }))
    features.set(key, {
      input,
      period: counter?.period ?? 0,
      marks: marksOf(catalog, key, decision.limit),
      decision,
      json: null,
    })
  }
  const changes = [...features.values()].map(({ decision }) => decision.nextChangeAt).filter((at) => at !== null)
  // What is foreseen from the last days is looked at again before long: it changes with them.
  const staleAt = facts.slices?.length ? now + forecastMs : Number.POSITIVE_INFINITY
  let state: { json: string; tag: string } | null = null

  return {
    account,
    subscription,
    plan,
    features,
    nextChangeAt: Math.min(staleAt, ...changes.map((at) => Date.parse(at))),
    count({ feature, period, used }) {
      const entry = features.get(feature)
      if (entry?.period !== period || entry.input.used === used) return
      entry.input.used = used
      entry.decision = decide(entry.input)
      entry.json = null
      state = null
    },
    decide(feature, quantity) {
      const entry = features.get(feature)
      return entry && (quantity === 1 ? entry.decision : decide(entry.input, quantity))
    },
    decisionJson(feature) {
      const entry = features.get(feature)
      if (!entry) return undefined
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

interface Ahead {
  slices: readonly UseSlice[]
  /** Start of the period, epoch ms. */
  since: number
  now: number
}

/** Gives the input what is foreseen of it; a limit must be known and not be reached yet. */
function withForecast(input: DecideInput, { slices, since, now }: Ahead): DecideInput {
  const { feature, used, resetsAt, key } = input
  const { limit } = decide(input)
  if (feature.kind !== 'metered' || limit === null) return input
  const mine = slices.filter((slice) => slice.feature === key)
  const foreseen = forecastOf({ meter: feature.meter, slices: mine, since, used, limit, resetsAt, now })
  return Object.assign(input, { forecast: foreseen })
}
