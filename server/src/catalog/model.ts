import type { Interval, Scalar, Segment } from '@softgate/sdk/contract'
import type { PortalSettings, Promotion, Tax } from './at-stripe.ts'
import type { Rate } from './rate.ts'

/**
 * A feature is on or off (`boolean`), a value (`static`), or counted (`metered`). A `consumable` one is used up and starts
 * again; an `allocated` one is a level that rises and falls, such as seats.
 */
export type Feature = BooleanFeature | StaticFeature | MeteredFeature

interface FeatureText {
  title: string
  /** What it does, in a sentence a user reads on its gate. */
  description?: string
  /** The event recorded when someone meets its gate; `feature_limit_hit` or `premium_feature_attempted` when left out. */
  blockedSignal?: string
  /** Who may use it, see it, ask for it; every role when left out. */
  roles?: RoleRules
  /** Only these accounts have it. */
  beta?: BetaRule
  /** It opens when so much of another feature is used, one that never starts again; an override or a trial opens it by itself. */
  unlock?: { feature: string; used: number }
}

/** Roles of users. Where a user is named or a token speaks, the role that they have at that moment counts. */
export interface RoleRules {
  use?: readonly string[]
  /** Who is shown it: to others the page shows nothing of it, as it is `hidden`. That keeps no secret, the decision still reaches it. */
  see?: readonly string[]
  ask?: readonly string[]
}

/** While a feature is in beta, accounts of this list or with this fact set to true have it, whatever their plan. */
export interface BetaRule {
  accounts?: readonly string[]
  fact?: string
  /** What they have of it where their plan names nothing; on when left out. */
  grant?: Grant
}

export interface BooleanFeature extends FeatureText {
  kind: 'boolean'
}

export interface StaticFeature extends FeatureText {
  kind: 'static'
  /** What a value that is a number counts, such as days. */
  unit?: { one: string; other: string }
}

export interface MeteredFeature extends FeatureText {
  kind: 'metered'
  meter: 'allocated' | 'consumable'
  /** When a consumable starts again; with the billing period when left out. */
  reset?: Reset
  /**
   * Units of a consumable left at the end of a period are added to the next one's limit, up to `cap` of them. What was left is
   * told by the limit of a period as it is now: no earlier one is remembered when a plan or an override changes it. Where each
   * user or entity has a limit, it has had the periods of its account: nobody says when it came.
   */
  rollover?: { cap: number }
  /** What has a counter and a limit of its own: each user or each entity of the account; the account when left out. */
  scope?: 'user' | 'entity'
  /** Whether what all users or entities used is counted for the account as well. */
  total?: boolean
  /** How events move the counter; those that name the feature add to it when left out. */
  counts?: Counts
  unit: { one: string; other: string }
  /** Percent of the limit from which the meter warns, one or several; 80 when left out, null for never. */
  softLimit?: number | readonly number[] | null
  /** What happens beyond the limit, where the plan does not say otherwise; it blocks when left out. */
  beyond?: Beyond
  /** Whether a browser may report its use, and the most one event may add. Without it only the host's server may. */
  browser?: { maxValue: number }
}

/**
 * Beyond the limit: nothing more, or as much as is used, to be billed, or for a while a little more.
 */
export type Beyond = 'block' | 'overage' | Grace

/** Every bound that is given holds. */
export interface Grace {
  /** Units over the limit. */
  units?: number
  /** Percent over the limit. */
  percent?: number
  /** Days since use passed the limit in this period; of a level, at all in the last 90 days. */
  days?: number
}

/**
 * With the billing period (which for who pays by the year is a year, and where there is none the calendar month), by the calendar in the account's time zone, weeks from
 * Monday, never, or day by day: what counts is the use of today and the `days` - 1 days before.
 */
export type Reset = 'billing' | 'day' | 'week' | 'month' | 'never' | { days: number }

/**
 * A meter over events. One event may move several: all that read its name, and the one of the feature it names.
 * `sum` adds up, `count` counts events, `max` keeps the highest and `last` the newest by the event's time, `unique` counts
 * how many different ones there were. Over a rolling window, whose days are added up, only `sum` and `count` can be told.
 */
export interface Counts {
  aggregate: 'sum' | 'count' | 'max' | 'last' | 'unique'
  /** Names of events that it reads, whatever feature they name. */
  events?: readonly string[]
  /**
   * The property that is summed up, compared or told apart. When left out: the event's `value`, which is 1 when it has none;
   * for `unique` its user.
   */
  of?: string
  /** Only events whose properties are these, or one of these. */
  where?: Record<string, Scalar | readonly Scalar[]>
  /** Properties by which its history can be asked for. */
  by?: readonly string[]
}

/**
 * What a plan gives of a feature: on, a number of units, no limit, as many units as are bought, or a value. A feature that
 * a plan does not name is not in it.
 */
export type Grant = true | number | 'unlimited' | 'purchased' | { value: Scalar }

/** How often something is billed, and in what. */
export interface Term {
  interval: Interval
  /** ISO 4217, lower case. */
  currency: string
}

/** Of the units of a plan, each interval. */
export type PlanPrice = AddonPrice & {
  /** The allocated feature that is bought by the unit. */
  per: string
}

export interface Plan {
  title: string
  grants: Record<string, Grant>
  prices?: PlanPrice[]
  /** The most units that may be bought without talking to someone; 1,000 when left out. */
  maxQuantity?: number
  /** What happens beyond the limits of features, where it is not what the feature says. */
  beyond?: Record<string, Beyond>
  /** What use beyond the limits costs, billed when the period is over; for each interval and currency of the prices. */
  overage?: OveragePrice[]
  /** No longer sold: accounts that have it keep it. */
  retired?: boolean
  /** Free days with which an account's first subscription to it begins; none when left out. */
  trialDays?: number
}

/** Of the units of a consumable feature that were used beyond its limit in a billing period. */
export type OveragePrice = AddonPrice & { per: string }

/** Something sold beside a plan, by itself or by the unit; it is billed by the interval of the plan. */
export interface Addon {
  title: string
  /** What each unit gives on top of the plan: a feature, a value, or so many units of one that the plan limits. */
  grants: Record<string, true | number | { value: Scalar }>
  prices: AddonPrice[]
  /** Plans that it may go with; every plan on sale when left out. */
  plans?: string[]
  /** The most units; 1 when left out. */
  maxQuantity?: number
}

/** Of units, each interval. */
export type AddonPrice = Term & Rate

/** What a change does to the subscription. A year is up from a month; an add-on counts as a quantity. */
export type Direction = 'quantityUp' | 'quantityDown' | 'planUp' | 'planDown' | 'intervalUp' | 'intervalDown'

/**
 * When a change takes effect and what it costs. `prorate`: at once, for the rest of the period, what is unused is credited.
 * `renewal`: at the end of the period, nothing is due before. `full`: at once, a whole new period begins and is charged,
 * nothing is credited.
 */
export type ChangePolicy = 'prorate' | 'renewal' | 'full'

export interface ChangeRules extends Record<Direction, ChangePolicy> {
  /** Minutes in which a fresh upgrade that was not used can be undone and refunded; 0 for never. */
  undo: number
  /** A downgrade below what is in use: refused, or allowed and what is over may stay, but not grow. */
  downgradeBelowUse: 'block' | 'grace'
  /**
   * When the payment of a change within a period, an upgrade or one that was made at Stripe, is refunded in full or disputed: what
   * it bought is taken back, or kept; what a dispute took comes back when it is won. Of a change that others came after, what it
   * had added to what is held now and to what waits for the renewal goes; where that cannot be told apart, as its plan was changed
   * again, everything stays and the failure is reported once. A subscription whose first payment, be it after a trial, was
   * refunded or lost to a dispute is over at once, but for what was paid for on top.
   */
  onReversal: 'revoke' | 'keep'
  /**
   * When what pays the present period, its renewal or the upgrade that began it (a month made a year, or by the policy `full`),
   * is refunded in full or lost to a dispute: the subscription is over at once, but for what was paid for on top; it ends with
   * the period; or it stays. Of a period that is over nothing is left to take back.
   */
  onRenewalReversal: 'revoke' | 'cancel' | 'keep'
}

/**
 * Who reads what a trigger says: those whom it is about (the user, the users of the entity, everyone in the account), those whose
 * role may buy, or both.
 */
export type Audience = 'own' | 'admins' | 'both'

/**
 * What makes a trigger look at an account: someone met a gate, usage rose past a share of the limit, or over the limit, where
 * grace or overage begins. Where each user or each entity has a limit, it is the usage of one of them.
 */
export type TriggerSource =
  | { on: 'blocked'; feature?: string }
  | { on: 'over'; feature?: string }
  | { on: 'usage'; feature?: string /** Percent of the limit, not included: 80 means more than 80 %. */; above: number }

export interface Trigger {
  title: string
  source: TriggerSource
  /** A CEL expression over the facts of the account, and of the user or entity whose limit it is; must be true for it to fire. */
  when?: string
  /** Who reads it; those whom it is about when left out. An own attempt answers the user who made it. */
  to?: Audience
  /** The kind of expansion it speaks for, such as `seats` or `tier`; cooldowns belong to it. */
  expansion: string
  /** Days without another message of the same kind to the same readers; 0 for none. */
  cooldownDays?: number
  /** Share of accounts, 0 to 1, that are measured and not asked. Proactive triggers need one above 0. */
  holdout?: number
  prompt: string
}

export interface CopyTemplate {
  /** ICU MessageFormat over facts such as `{used}`, `{limit}` and `{who, select, you {You have} other {{who} has}}`. */
  title: string
  body: string
  action: string
  dismiss: string
}

export interface Variant {
  /** Share of accounts relative to the other variants; 1 when left out. */
  weight?: number
  /** By locale: the text for someone who can buy, and for someone who can only ask. */
  copy: Record<string, { buy: CopyTemplate; ask: CopyTemplate }>
}

export interface PromptSpec {
  placement: string
  /** Higher goes first when several are due. */
  priority?: number
  variants: Record<string, Variant>
}

/** Bounds of the readiness gate for one segment; see the catalogue's defaults. */
export interface ReadinessBounds {
  /** More days than this since onboarding. */
  onboardedDays: number
  keyFeatures: number
  departments: number
  healthScore: number
  /** Percent of the licensed seats, more than this. */
  activeSeats: number
  tickets: 'declining' | 'declining_or_stable'
  nps: number
  executiveSponsor: boolean
  /** Whether a criterion without data passes. */
  unknownPasses: boolean
}

/** What a subscription gives in a state of payment: its plan, for so many days, or nothing from that moment on. */
export type PaymentPolicy = 'keep' | 'drop' | { graceDays: number }

/** `cancelling` speaks of a subscription that will end: its days of grace come after the end. */
export type PaymentRules = Record<'trialing' | 'past_due' | 'unpaid' | 'paused' | 'cancelling', PaymentPolicy>

/** With whom accounts are compared: those of the same segment, plan and size. */
export interface Comparing {
  /** Accounts in a group below which nothing is told; 5 at least. */
  leastAccounts: number
  /** What tells the size: the level of an allocated feature, or a fact that is a number; null to leave the size out. */
  size: { feature: string } | { fact: string } | null
  /** The largest size of each band but the last, ascending. */
  bands: readonly number[]
}

/** How long what is counted is kept. */
export interface Retention {
  /** Days since an event was received; it is known by its id and may be corrected at least as long. */
  eventsDays: number
  /** Days that use is told day by day, and counters of periods that are over are kept. */
  usageDays: number
  /** A folder into which events go, as gzipped lines of JSON, before they are deleted; null for none. */
  export: string | null
}

export interface Catalog {
  features: Record<string, Feature>
  /** In ascending order: "the next plan up" is the one after. */
  plans: Record<string, Plan>
  addons: Record<string, Addon>
  defaultPlan: string
  triggers: Record<string, Trigger>
  prompts: Record<string, PromptSpec>
  readiness: Record<Segment, ReadinessBounds>
  /** The segment of an account that has none. */
  defaultSegment: Segment
  billing: 'stripe' | 'off'
  /** Roles that may buy for their account. */
  purchaseRoles: string[]
  /** Minutes a quote holds; at most 10. */
  quoteMinutes: number
  changes: ChangeRules
  payment: PaymentRules
  ingest: { maxAgeDays: number; maxAheadSeconds: number }
  retention: Retention
  comparison: Comparing
  /** Names of events without a feature that a browser may report. */
  browserSignals: string[]
  /** Pages of other origins that may call from a browser. */
  origins: string[]
  /** How first purchases are taxed, and what comes of them; not at all when null. */
  tax: Tax | null
  /** Codes that take something off, pushed to Stripe. */
  promotions: Record<string, Promotion>
  /** Whether a push tells Stripe which boolean features each plan and add-on comes with, for who reads its entitlements. */
  stripeFeatures: boolean
  /** Stripe's customer portal; a usual one when null. */
  portal: PortalSettings | null
  /** The host's page that Stripe's Checkout leads back to; without it no subscription can be begun here. */
  checkoutReturn: string | null
  /**
   * Where a first subscription is paid: on Stripe's own page, or on the same page inside the upgrade dialog, which takes a
   * publishable key and a content security policy that lets Stripe in.
   */
  checkout: 'hosted' | 'embedded'
}

/** The lookup key of a price at Stripe: how ours are told from everything else in the account. */
export const lookupKeyOf = (plan: string, { interval, currency }: Term): string =>
  `softgate_${plan}_${interval}_${currency}`

/** The same of what use of a feature beyond its limit costs under a plan. */
export const overageKeyOf = (plan: string, feature: string, term: Term): string =>
  lookupKeyOf(`overage.${plan}.${feature}`, term)

/** The same of an add-on; a point is no letter of a key, so that it can be no plan's. */
export const addonKeyOf = (addon: string, term: Term): string => lookupKeyOf(`addon.${addon}`, term)
