import type { ChangeKind, Offer, Quote, State, Upgrade } from '@softgate/sdk/contract'
import type { Api } from './api.ts'

export interface Wanted {
  kind: ChangeKind
  /** Title of the plan, feature or add-on; any when left out. */
  title?: string
  interval?: 'month' | 'year'
  quantity?: number
}

export const offerOf = async (user: Api, { kind, title, interval }: Wanted): Promise<Offer> => {
  const { offers } = await user.ok<State>('GET', '/state')
  const fits = (offer: Offer): boolean =>
    offer.kind === kind &&
    (title === undefined || offer.title === title) &&
    (interval === undefined || offer.interval === interval)
  const found = offers.find(fits)
  if (found) return found
  throw new Error(
    `no offer to ${kind} ${title ?? ''}; there are ${offers.map((o) => `${o.kind} ${o.title} ${o.interval}`)}`,
  )
}

const bodyOf = async (user: Api, wanted: Wanted) => {
  const { id } = await offerOf(user, wanted)
  return { offer: id, ...(wanted.quantity !== undefined && { quantity: wanted.quantity }) }
}

export const quoteFor = async (user: Api, wanted: Wanted): Promise<Quote> =>
  user.ok<Quote>('POST', '/quotes', await bodyOf(user, wanted))

/** Why a change is not quoted. */
export const refusalOf = async (user: Api, wanted: Wanted) =>
  user.refused('POST', '/quotes', await bodyOf(user, wanted))

/** Quotes a change and confirms it. */
export async function buy(user: Api, wanted: Wanted): Promise<{ quote: Quote; upgrade: Upgrade }> {
  const quote = await quoteFor(user, wanted)
  return { quote, upgrade: await user.ok<Upgrade>('POST', '/upgrades', { quote: quote.id }) }
}
