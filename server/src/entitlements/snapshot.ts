import { createHash } from 'node:crypto'
import type { AccountState, Decision, Reason } from '@softgate/sdk/contract'
import { leanAccount, leanSubscription } from '../accounts/lean.ts'
import type { AccountRecord, SubscriptionRecord } from '../accounts/model.ts'
import { type Standing, standingOf } from '../accounts/standing.ts'
import type { Catalog } from '../catalog/model.ts'
import type { CounterRow, Hold, UsageDay } from '../metering/model.ts'
import { decide, mostOf } from './decide.ts'
import type { OverrideRecord } from './entitle.ts'
import { createEntry, type Entry, type Extras, type Ground, isNewlyOver, nextChangeOf, type Passed } from './entry.ts'
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
  readonly standing: Standing
  readonly plan: string
  /** The instant at which it was read, epoch ms. */
  readonly madeAt: number
  /** Epoch ms; Infinity when time alone changes nothing. */
  readonly nextChangeAt: number
  /** Of the user whom it is about; null where there is none. */
  readonly role: string | null
  /** About how many bytes of memory it takes. */
  readonly bytes: number
  /** Adds what somebody keeps with it to `bytes`. */
  grow(more: number): void
  /** Told of every change of `bytes`; set by whoever adds them up. */
  weigh: ((more: number) => void) | null
  /** Whether it was asked for; set and reset by whoever keeps it. */
  recent: boolean
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
  /** Whether something is reserved in the account under this id. */
  holds(id: string): boolean
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

const none: readonly never[] = []
const unused = { counted: none, next: null }
const noExtras: Extras = { scope: '', role: null, overrides: none, holds: none, passed: none }

/** Bytes of memory, about: without any feature, for each that was used or asked about, for an answer of its own, and of a text. */
const size = { snapshot: 400, entry: 120, answer: 450, character: 2 }

const answerSize = (answer: Answer | null | undefined): number => (answer?.isOwn ? size.answer : 0)

/*
 * Decisions are made when they are first asked for: whoever has forty features asks about a few. A hundred thousand snapshots
 * stay cheap for the processor and the garbage collector only while they are small and few objects each: this is a class, whose
 * methods exist once, what many accounts have in common is shared, and what was read is let go when it is in the entries.
 */
class LazySnapshot implements Snapshot, Ground {
  readonly shared: Shared
  readonly account: AccountRecord
  readonly subscription: SubscriptionRecord | null
  readonly standing: Standing
  readonly extras: Extras
  readonly madeAt: number
  nextChangeAt: number
  bytes: number = size.snapshot
  weigh: ((more: number) => void) | null = null
  recent = false
  /** The features that were used or asked about. */
  #entries: Entry | null = null
  /** All answers, by the place of their feature, once somebody asked for them all. */
  #all: (Answer | undefined)[] | null = null
  #state: { json: string; tag: string } | null = null

  constructor(catalog: Catalog, facts: AccountFacts, now: number) {
    const { scope = '', role = null, overrides = none, holds = none, passed = none, counters, days = none } = facts
    const isPlain = scope === '' && role === null && overrides.length + holds.length + passed.length === 0
    this.shared = sharedOf(catalog)
    this.account = leanAccount(facts.account)
    this.subscription = facts.subscription && leanSubscription(facts.subscription)
    this.standing = this.shared.standingFor(standingOf(catalog, this.account, this.subscription, now))
    this.extras = isPlain ? noExtras : { scope, role, overrides, holds, passed }
    this.madeAt = now
    this.nextChangeAt = nextChangeOf(this)
    this.#takeIn(counters)
    this.#decideAhead(days)
  }

  get plan(): string {
    return this.standing.plan
  }
  get scope(): string {
    return this.extras.scope
  }
  get role(): string | null {
    return this.extras.role
  }

  /** What was used is in entries from here on; those that others open come after what opens them. */
  #takeIn(counted: readonly CounterRow[]): void {
    const { features } = this.shared.catalog
    const used = [...new Set(counted.map(({ feature }) => feature))].filter((key) => Object.hasOwn(features, key))
    for (const opened of [false, true])
      for (const key of used) if ((features[key]?.unlock !== undefined) === opened) this.#keep(key, counted)
  }

  /** What a grace or a forecast is about is decided at once: they tell when it changes, and what was used can be let go. */
  #decideAhead(days: readonly UsageDay[]): void {
    for (const feature of new Set([...days, ...this.extras.passed].map((one) => one.feature))) {
      const entry = this.#keep(feature)
      entry?.foresee(this, days)
      const at = entry && decide(entry).nextChangeAt
      if (at) this.nextChangeAt = Math.min(this.nextChangeAt, Date.parse(at))
    }
    // What is foreseen from the last days is looked at again before long: it changes with them.
    if (days.length > 0) this.nextChangeAt = Math.min(this.nextChangeAt, this.madeAt + forecastMs)
  }

  #find(feature: string): Entry | null {
    let entry = this.#entries
    while (entry !== null && entry.rule.key !== feature) entry = entry.next
    return entry
  }

  #keep(feature: string, counted: readonly CounterRow[] = none): Entry | null {
    const known = this.#find(feature)
    if (known) return known
    const made = createEntry(this, feature, { counted, next: this.#entries })
    if (!made) return null
    this.#entries = made
    this.grow(size.entry)
    return made
  }

  #answer(feature: string): Answer | undefined {
    const place = this.shared.places.get(feature)
    if (place === undefined) return undefined
    const known = this.#all ? this.#all[place] : this.#find(feature)?.answer
    if (known) return known
    // Whoever asks for them all gets by without an entry for each that was not used.
    const entry = this.#find(feature) ?? (this.#all ? createEntry(this, feature, unused) : this.#keep(feature))
    if (!entry) return undefined
    const answer = this.shared.answerFor(decide(entry))
    if (this.#all) this.#all[place] = answer
    else entry.answer = answer
    this.grow(answerSize(answer))
    return answer
  }

  #json(feature: string): string | undefined {
    const answer = this.#answer(feature)
    if (answer?.decision && answer.json === null) {
      answer.json = JSON.stringify(answer.decision)
      // Its own: whoever asks for JSON asks for that again.
      answer.decision = null
    }
    return answer?.json ?? undefined
  }

  /** Forgets what was answered about a feature. */
  #decideAnew(feature: string, entry: Entry | null): void {
    const place = this.shared.places.get(feature)
    if (entry) {
      this.grow(-answerSize(entry.answer))
      entry.answer = null
    }
    if (this.#all && place !== undefined) {
      this.grow(-answerSize(this.#all[place]))
      this.#all[place] = undefined
    }
  }

  usedOf(feature: string): number | null {
    const entry = this.#keep(feature)
    return entry && (entry.used ?? 0)
  }

  count(row: CounterRow): void {
    const entry = this.#keep(row.feature)
    const before = entry?.use?.used() ?? 0
    if (!entry?.use?.count(row)) return
    this.#decideAnew(row.feature, entry)
    for (const feature of this.shared.openedBy.get(row.feature) ?? none) {
      const opened = this.#find(feature)
      opened?.unlockBy(entry.use.used())
      this.#decideAnew(feature, opened)
    }
    this.#forgetState()
    // Since when a grace runs is read anew.
    if (typeof entry.beyond === 'object' && isNewlyOver(decide(entry), before))
      this.nextChangeAt = Number.NEGATIVE_INFINITY
  }

  decide(feature: string, quantity: number): Decision | undefined {
    const known = quantity === 1 ? this.#answer(feature)?.decision : null
    if (known) return known
    const entry = this.#keep(feature)
    return entry ? decide(entry, quantity) : undefined
  }

  decisions(): Decision[] {
    this.#all ??= new Array(this.shared.keys.length)
    return this.shared.keys.map((key) => this.decide(key, 1)).filter((decision) => decision !== undefined)
  }

  most(feature: string): number | null {
    const entry = this.#keep(feature)
    return entry && mostOf(entry)
  }

  marks(feature: string): readonly number[] {
    return this.#keep(feature)?.marks(this.shared.catalog) ?? none
  }

  rest(feature: string, period: number): number | null {
    const use = this.#keep(feature)?.use
    return use ? use.rest(period) : 0
  }

  window(feature: string): readonly number[] {
    return this.#keep(feature)?.use?.window ?? none
  }

  holds(id: string): boolean {
    return this.extras.holds.some((hold) => hold.id === id)
  }

  because(feature: string): readonly Reason[] {
    return this.#keep(feature)?.rule.because ?? none
  }

  decisionJson(feature: string): string | undefined {
    return this.shared.personal.has(feature) ? undefined : this.#json(feature)
  }

  state(): { json: string; tag: string } {
    if (this.#state) return this.#state
    this.#all ??= new Array(this.shared.keys.length)
    const { id, name, timeZone } = this.account
    const title = this.shared.catalog.plans[this.plan]?.title ?? this.plan
    const account: AccountState['account'] = {
      id,
      name,
      plan: { key: this.plan, title },
      timeZone: timeZone ?? 'UTC',
    }
    const features = this.shared.keys.flatMap((key) => {
      const decision = this.#json(key)
      return decision === undefined ? [] : `${JSON.stringify(key)}:${decision}`
    })
    const about = this.shared.aboutJson(this.plan)
    const json = `{"account":${JSON.stringify(account)},"features":{${features.join()}},"about":${about}}`
    this.#state = { json, tag: tagOf(json) }
    this.grow(size.character * json.length)
    return this.#state
  }

  #forgetState(): void {
    if (this.#state) this.grow(-size.character * this.#state.json.length)
    this.#state = null
  }

  grow(more: number): void {
    this.bytes += more
    this.weigh?.(more)
  }
}
