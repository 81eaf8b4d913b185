import type { Reason } from '@softgate/sdk/contract'
import type { Catalog } from '../catalog/model.ts'
import { assign } from '../experiments/assign.ts'
import type { Delivery, OutcomeRecord } from './model.ts'

/** The copy variant of a prompt for an account: the same for everyone in it, for as long as the prompt keeps its variants. */
export function variantFor(catalog: Catalog, prompt: string, account: string): string {
  const variants = catalog.prompts[prompt]?.variants ?? {}
  const arms = Object.entries(variants).map(([key, { weight = 1 }]) => ({ key, weight }))
  return assign(`prompt:${prompt}`, account, arms)
}

export interface ChooseInput {
  catalog: Catalog
  /** Deliveries that are due, each with whether someone could act on it now, and whether this user has seen it. */
  due: readonly { delivery: Delivery; actionable: boolean; seen: boolean }[]
  /** Dismissals and snoozes in force for this user. */
  silences: readonly OutcomeRecord[]
}

export interface Choice {
  shown: Delivery | null
  /** Why each of the others is not shown. */
  losers: { delivery: Delivery; reason: Reason }[]
}

/** Whether a user has been shown a delivery since it was last put off. */
export const isSeen = (delivery: Delivery, outcomes: readonly OutcomeRecord[]): boolean => {
  const own = outcomes.filter((outcome) => outcome.delivery === delivery.id)
  const shown = own.find(({ outcome }) => outcome === 'shown')
  return shown !== undefined && !own.some(({ until }) => until !== null && until >= shown.at)
}

/** A nudge opens once. Where it has, every other goes first. */
const isSpent = ({ delivery, seen }: ChooseInput['due'][number]): boolean => seen && delivery.placement === 'nudge'

/**
 * One prompt at a time: the most important that leads somewhere and that nobody has silenced for its feature and scope; the
 * others say why not.
 */
export function choose({ catalog, due, silences }: ChooseInput): Choice {
  const keyOf = ({ prompt, feature }: Pick<Delivery, 'prompt' | 'feature'>, scope: string): string =>
    `${prompt} ${feature} ${scope}`
  const silenced = new Map(silences.map((silence) => [keyOf(silence, silence.about), silence]))
  const losers: Choice['losers'] = []
  const standing = due.filter(({ delivery, actionable }) => {
    const silence = silenced.get(keyOf(delivery, delivery.scope))
    if (silence)
      losers.push({ delivery, reason: { code: silence.outcome, facts: { by: silence.user, until: silence.until } } })
    else if (!actionable) losers.push({ delivery, reason: { code: 'no_way_on', facts: {} } })
    return !silence && actionable
  })
  const priority = (delivery: Delivery): number => catalog.prompts[delivery.prompt]?.priority ?? 0
  const ranked = standing.sort(
    (one, other) =>
      Number(isSpent(one)) - Number(isSpent(other)) ||
      priority(other.delivery) - priority(one.delivery) ||
      other.delivery.at - one.delivery.at ||
      (one.delivery.id < other.delivery.id ? 1 : -1),
  )
  const [shown, ...rest] = ranked.map(({ delivery }) => delivery)
  for (const delivery of rest)
    losers.push({ delivery, reason: { code: 'another_first', facts: { shown: shown?.prompt ?? '' } } })
  return { shown: shown ?? null, losers }
}
