import type { Decision, Reason } from '@softgate/sdk/contract'
import type { Standing } from '../accounts/standing.ts'
import { aboutFeatures } from '../catalog/about.ts'
import type { Beyond, Catalog, Feature, MeteredFeature } from '../catalog/model.ts'
import { createPool } from '../kernel/pool.ts'
import type { DecideInput } from './decide.ts'

/** A decision ready to be sent: one that many accounts are told in both forms, another in the one that was asked for. */
export interface Answer {
  decision: Decision | null
  json: string | null
  /** Whether it is said to this account alone. */
  isOwn: boolean
}

/** What the decisions about a feature are made from that is the same wherever the same was granted. */
export interface Rule extends Pick<DecideInput, 'key' | 'feature' | 'grant' | 'missing' | 'billing' | 'bought'> {
  whole: boolean
  /** Whether it is the account's own, which no use has to unlock. */
  isOwn: boolean
  beyond: Beyond | undefined
  trialEndsAt: number | null
  /** When what was granted ends, epoch ms. */
  until: number | null
  /** The grant, override, rule or state of payment behind it. */
  because: readonly Reason[]
  /** The uses whose passing is recorded, for the limit that was asked about last. */
  marks: { limit: number | null; uses: readonly number[] } | null
}

/** What all snapshots of a catalogue have in common: there may be a hundred thousand of them. */
export interface Shared {
  catalog: Catalog
  keys: readonly string[]
  /** Where each feature stands among the answers of a snapshot. */
  places: ReadonlyMap<string, number>
  metered: readonly (readonly [string, MeteredFeature])[]
  /** The features whose answer is not the same for everyone in the account. */
  personal: ReadonlySet<string>
  /** The features that open by use of another one. */
  openedBy: ReadonlyMap<string, readonly string[]>
  /** What people read of the features under a plan, as JSON. */
  aboutJson(plan: string): string
  /** One rule for all accounts that were granted the same. */
  ruleFor(rule: Rule): Rule
  /** One standing for all that have no subscription and are on the same plan. */
  standingFor(standing: Standing): Standing
  /** One answer for all accounts to which the same is said: most features of most accounts are on, or unused. */
  answerFor(decision: Decision): Answer
}

/** Whether the answer depends on more than the account: on a user's role, or on whose limit it is. */
const isPersonal = (feature: Feature): boolean =>
  feature.roles !== undefined || (feature.kind === 'metered' && feature.scope !== undefined)

const known = new WeakMap<Catalog, Shared>()

export function sharedOf(catalog: Catalog): Shared {
  const shared = known.get(catalog) ?? createShared(catalog)
  known.set(catalog, shared)
  return shared
}

function createShared(catalog: Catalog): Shared {
  const features = Object.entries(catalog.features)
  const abouts = new Map<string, string>()
  const answers = createPool<Answer>()
  const rules = createPool<Rule>()
  const standings = createPool<Standing>()
  const openedBy = new Map<string, string[]>()
  for (const [key, { unlock }] of features)
    if (unlock) openedBy.set(unlock.feature, [...(openedBy.get(unlock.feature) ?? []), key])
  return {
    catalog,
    keys: features.map(([key]) => key),
    places: new Map(features.map(([key], place) => [key, place])),
    metered: features.flatMap(([key, feature]) => (feature.kind === 'metered' ? [[key, feature] as const] : [])),
    personal: new Set(features.flatMap(([key, feature]) => (isPersonal(feature) ? [key] : []))),
    openedBy,
    aboutJson(plan) {
      const json = abouts.get(plan) ?? JSON.stringify(aboutFeatures(catalog, plan))
      abouts.set(plan, json)
      return json
    },
    ruleFor(rule) {
      const { key, grant, missing, isOwn, trialEndsAt, until, bought, whole, beyond, because } = rule
      return rules(
        JSON.stringify([key, grant, missing, isOwn, trialEndsAt, until, bought, whole, beyond, because]),
        () => rule,
      )
    },
    standingFor: (standing) =>
      standing.subscription === null ? standings(JSON.stringify(standing), () => standing) : standing,
    answerFor(decision) {
      if (decision.used) return { decision, json: null, isOwn: true }
      const json = JSON.stringify(decision)
      return answers(json, () => ({ decision: Object.freeze(decision), json, isOwn: false }))
    },
  }
}
