import { createHash } from 'node:crypto'
import type { AccountState, Decision, Reason } from '@softgate/sdk/contract'
import type { AccountRecord, SubscriptionRecord } from '../accounts/model.ts'
import { type Standing, standingOf } from '../accounts/standing.ts'
import type { Catalog } from '../catalog/model.ts'
import type { CounterRow, Hold, UsageDay } from '../metering/model.ts'
import { decide, mostOf } from './decide.ts'
import type { OverrideRecord } from './entitle.ts'
import {
  createEntry,
  type Entry,
  entryMarks,
  foresee,
  type Ground,
  isNewlyOver,
  nextChangeOf,
  type Passed,
  useIn,
} from './entry.ts'
import { type Answer, type Shared, sharedOf } from './shared.ts'

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

/** How long a forecast holds. */
const forecastMs = 3_600_000

/**
 * An account's decisions, ready to answer: checks read it and nothing else. It is true until `nextChangeAt` or until
 * something is written for the account; counters move it in place.
 */
export interface Snapshot {
  readonly account: AccountRecord
  readonly subscription: SubscriptionRecord | null
  readonly plan: string
  /** The instant at which it was read, epoch ms. */
  readonly madeAt: number
  /** Epoch ms; Infinity when time alone changes nothing. */
  readonly nextChangeAt: number
  /** Of the user whom it is about; null where there is none. */
  readonly role: string | null
  /** Takes in what a commit counted, where it is of a period that matters now. */
  count(row: CounterRow): void
  /** Undefined for a feature that is not in the catalogue, or none of this scope. */
  decide(feature: string, quantity: number): Decision | undefined
  /** All decisions about one unit, in the order of the catalogue. */
  decisions(): Decision[]
  /** The most that use of the feature may come to; null for no bound. */
  most(feature: string): number | null
  /** The uses of a feature whose passing is recorded, ascending. */
  marks(feature: string): readonly number[]
  /** Use of a feature on the days of its rolling window but this one; null for a day that is none of it, 0 without a window. */
  rest(feature: string, period: number): number | null
  /** Keys of the other periods of a feature's rolling window, newest first. */
  window(feature: string): readonly number[]
  /** The grant, override, rule or state of payment behind the decisions about a feature. */
  because(feature: string): readonly Reason[]
  /** The decision about one unit as JSON; undefined where each user or entity has one of its own. */
  decisionJson(feature: string): string | undefined
  /** The account's part of the state as JSON, and a tag that changes whenever it does. */
  state(): { json: string; tag: string }
}

/** A short name for exactly this text, for ETags. */
export const tagOf = (text: string): string => createHash('sha1').update(text).digest('base64url')

/** Builds an account's snapshot. Pure but for its laziness. */
export const createSnapshot = (catalog: Catalog, facts: AccountFacts, now: number): Snapshot =>
  new LazySnapshot(catalog, facts, now)

interface Kept extends Entry {
  marks: readonly number[]
}

/*
 * Decisions are made when they are first asked for: whoever has forty features asks about a few. Tens of thousands of
 * snapshots stay in the processor's cache only while they are small, so this is a class, whose methods exist once, and what
 * a decision was made from is kept only where use moves it.
 */
class LazySnapshot implements Snapshot, Ground {
  readonly catalog: Catalog
  readonly account: AccountRecord
  readonly subscription: SubscriptionRecord | null
  readonly standing: Standing
  readonly plan: string
  readonly role: string | null
  readonly scope: string
  readonly counters: readonly CounterRow[]
  readonly overrides: readonly OverrideRecord[]
  readonly holds: readonly Hold[]
  readonly passed: readonly Passed[]
  readonly madeAt: number
  nextChangeAt: number
  forecasts: Map<string, Decision['forecast']> | null = null
  readonly #shared: Shared
  #answers: (Answer | undefined)[] | null = null
  /** A few: they are found sooner in a list than in a map. */
  #kept: Kept[] | null = null
  #state: { json: string; tag: string } | null = null

  constructor(catalog: Catalog, facts: AccountFacts, now: number) {
    this.catalog = catalog
    this.account = facts.account
    this.subscription = facts.subscription
    this.standing = standingOf(catalog, facts.account, facts.subscription, now)
    this.plan = this.standing.plan
    this.role = facts.role ?? null
    this.scope = facts.scope ?? ''
    this.counters = facts.counters
    this.overrides = facts.overrides ?? none
    this.holds = facts.holds ?? none
    this.passed = facts.passed ?? none
    this.madeAt = now
    this.#shared = sharedOf(catalog)
    this.nextChangeAt = nextChangeOf(this)
    this.#decideAhead(facts.days ?? none)
  }

  /** What a grace or a forecast is about is decided at once: they tell when it changes, and what was used can be let go. */
  #decideAhead(days: readonly UsageDay[]): void {
    for (const feature of new Set([...days, ...this.passed].map((one) => one.feature))) {
      const entry = createEntry(this, feature)
      const forecast = entry && foresee(this, entry, days)
      if (forecast) {
        this.forecasts ??= new Map()
        this.forecasts.set(feature, forecast)
      }
      const at = this.decide(feature, 1)?.nextChangeAt
      if (at) this.nextChangeAt = Math.min(this.nextChangeAt, Date.parse(at))
    }
    // What is foreseen from the last days is looked at again before long: it changes with them.
    if (days.length > 0) this.nextChangeAt = Math.min(this.nextChangeAt, this.madeAt + forecastMs)
  }

  /** Keeps what a decision is made from, for what moves it or asks for more than the decision. */
  #keep(feature: string): Kept | undefined {
    const kept = this.#keptOf(feature)
    if (kept) return kept
    const made = createEntry(this, feature)
    if (!made) return undefined
    const entry = { ...made, marks: entryMarks(this.catalog, made) }
    this.#kept ??= []
    this.#kept.push(entry)
    return entry
  }

  #keptOf(feature: string): Kept | undefined {
    if (this.#kept) for (const entry of this.#kept) if (entry.input.key === feature) return entry
    return undefined
  }

  #answer(feature: string): Answer | undefined {
    const place = this.#shared.places.get(feature)
    if (place === undefined) return undefined
    this.#answers ??= new Array(this.#shared.keys.length)
    const known = this.#answers[place]
    if (known) return known
    const entry = this.#keptOf(feature) ?? createEntry(this, feature)
    const answer = entry && this.#shared.answerFor(decide(entry.input))
    this.#answers[place] = answer
    return answer
  }

  #json(feature: string): string | undefined {
    const answer = this.#answer(feature)
    if (!answer) return undefined
    answer.json ??= JSON.stringify(answer.decision)
    return answer.json
  }

  #decideAnew(feature: string): void {
    const place = this.#answers ? this.#shared.places.get(feature) : undefined
    if (this.#answers && place !== undefined) this.#answers[place] = undefined
  }

  usedOf(feature: string): number | null {
    const kept = this.#keptOf(feature)
    if (kept) return kept.input.used ?? 0
    const found = useIn(this, feature)
    return found ? found.use.used() : this.scope === '' && this.#shared.places.has(feature) ? 0 : null
  }

  count(row: CounterRow): void {
    const entry = this.#keep(row.feature)
    if (!entry?.use?.count(row)) return
    entry.input.used = entry.use.used()
    this.#decideAnew(row.feature)
    for (const opened of this.#shared.openedBy.get(row.feature) ?? none) {
      const other = this.#keptOf(opened)
      if (other?.input.unlock) {
        other.input.unlock = { ...other.input.unlock, used: entry.input.used }
        other.marks = entryMarks(this.catalog, other)
      }
      this.#decideAnew(opened)
    }
    this.#state = null
    // Since when a grace runs is read anew.
    if (typeof entry.input.beyond === 'object' && isNewlyOver(decide(entry.input)))
      this.nextChangeAt = Number.NEGATIVE_INFINITY
  }

  decide(feature: string, quantity: number): Decision | undefined {
    if (quantity === 1) return this.#answer(feature)?.decision
    const entry = this.#keep(feature)
    return entry && decide(entry.input, quantity)
  }

  decisions(): Decision[] {
    return this.#shared.keys.map((key) => this.#answer(key)?.decision).filter((decision) => decision !== undefined)
  }

  most(feature: string): number | null {
    const entry = this.#keep(feature)
    return entry ? mostOf(entry.input) : null
  }

  marks(feature: string): readonly number[] {
    return this.#keep(feature)?.marks ?? none
  }

  rest(feature: string, period: number): number | null {
    const use = this.#keep(feature)?.use
    return use ? use.rest(period) : 0
  }

  window(feature: string): readonly number[] {
    return this.#keep(feature)?.window ?? none
  }

  because(feature: string): readonly Reason[] {
    return this.#keep(feature)?.because ?? none
  }

  decisionJson(feature: string): string | undefined {
    return this.#shared.personal.has(feature) ? undefined : this.#json(feature)
  }

  state(): { json: string; tag: string } {
    if (this.#state) return this.#state
    const { id, name, timeZone } = this.account
    const title = this.catalog.plans[this.plan]?.title ?? this.plan
    const account: AccountState['account'] = {
      id,
      name,
      plan: { key: this.plan, title },
      timeZone: timeZone ?? 'UTC',
    }
    const features = this.#shared.keys.flatMap((key) => {
      const decision = this.#json(key)
      return decision === undefined ? [] : `${JSON.stringify(key)}:${decision}`
    })
    const about = this.#shared.aboutJson(this.plan)
    const json = `{"account":${JSON.stringify(account)},"features":{${features.join()}},"about":${about}}`
    this.#state = { json, tag: tagOf(json) }
    return this.#state
  }
}

const none: readonly never[] = []
