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
  /** Deliveries that are due, each with whether someone could act on it now. */
  due: readonly { delivery: Delivery; actionable: boolean }[]
  /** Dismissals and snoozes in force for this user. */
  silences: readonly OutcomeRecord[]
}

export interface Choice {
  shown: Delivery | null
  /** Why each of the others is not shown. */
  losers: { delivery: Delivery; reason: Reason }[]
}

/** One prompt at a time: the most important that nobody has silenced and that leads somewhere; the others say why not. */
export function choose({ catalog, due, silences }: ChooseInput): Choice {
  const silenced = new Map(silences.map((silence) => [silence.prompt, silence]))
  const losers: Choice['losers'] = []
  const standing = due.filter(({ delivery, actionable }) => {
    const silence = silenced.get(delivery.prompt)
    if (silence)
      losers.push({ delivery, reason: { code: silence.outcome, facts: { by: silence.user, until: silence.until } } })
    else if (!actionable) losers.push({ delivery, reason: { code: 'no_way_on', facts: {} } })
    return !silence && actionable
  })
  const priority = (delivery: Delivery): number => catalog.prompts[delivery.prompt]?.priority ?? 0
  const ranked = standing
    .map(({ delivery }) => delivery)
    .sort((a, b) => priority(b) - priority(a) || b.at - a.at || (a.id < b.id ? 1 : -1))
  const [shown, ...rest] = ranked
  for (const delivery of rest)
    losers.push({ delivery, reason: { code: 'another_first', facts: { shown: shown?.prompt ?? '' } } })
  return { shown: shown ?? null, losers }
}
