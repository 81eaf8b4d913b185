import type { Offer, State } from '@softgate/sdk/contract'

/** What would give an account more of a feature: units of it, or the smallest plan that grants it. Null where nothing does. */
export function offerOf(state: State | null | undefined, feature: string): Offer | null {
  const { offers = [], about = {} } = state ?? {}
  const { unit, comesWith } = about[feature] ?? {}
  const more = unit && offers.find((offer) => offer.kind === 'add' && offer.unit === unit.one)
  return more || (offers.find(({ kind, title }) => kind !== 'remove' && title === comesWith?.title) ?? null)
}
