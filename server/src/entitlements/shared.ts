import type { Decision } from '@softgate/sdk/contract'
import { aboutFeatures } from '../catalog/about.ts'
import type { Catalog, Feature, MeteredFeature } from '../catalog/model.ts'

/** A decision ready to be sent. */
export interface Answer {
  decision: Decision
  /** Serialised when first asked for. */
  json: string | null
}

/** What all snapshots of a catalogue have in common: there may be a hundred thousand of them. */
export interface Shared {
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
  /** One answer for all accounts to which the same is said: most features of most accounts are on, or unused. */
  answerFor(decision: Decision): Answer
}

/** Whether the answer depends on more than the account: on a user's role, or on whose limit it is. */
export const isPersonal = (feature: Feature): boolean =>
  feature.roles !== undefined || (feature.kind === 'metered' && feature.scope !== undefined)

/** The most answers that are kept for sharing; what is still in use elsewhere stays alive by that. */
const mostAnswers = 4_096

const known = new WeakMap<Catalog, Shared>()

export function sharedOf(catalog: Catalog): Shared {
  const shared = known.get(catalog) ?? createShared(catalog)
  known.set(catalog, shared)
  return shared
}

function createShared(catalog: Catalog): Shared {
  const features = Object.entries(catalog.features)
  const abouts = new Map<string, string>()
  const answers = new Map<string, Answer>()
  const openedBy = new Map<string, string[]>()
  for (const [key, { unlock }] of features)
    if (unlock) openedBy.set(unlock.feature, [...(openedBy.get(unlock.feature) ?? []), key])
  return {
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
    answerFor(decision) {
      if (decision.used) return { decision, json: null }
      const json = JSON.stringify(decision)
      const same = answers.get(json)
      if (same) return same
      if (answers.size >= mostAnswers) answers.clear()
      const answer = { decision: Object.freeze(decision), json }
      answers.set(json, answer)
      return answer
    },
  }
}
