import type { PaymentMethod, SavedCard } from '@softgate/sdk/contract'
import type { ChangeQuote, LiveSubscription, Steps } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'

/** The cards that may pay a subscription, its present one first; and the one that pays, null for none. */
export interface Cards {
  all: SavedCard[]
  paying: PaymentMethod | null
}

/**
 * The card that pays a subscription, and those of its own customer that may be shown again.
 *
 * @param wanted the one that is to pay; null for the present one
 * @throws ProblemError `card_unknown` for a card that is none of them
 */
export async function cardsFor(
  context: Context,
  { customer, paymentMethod }: Pick<LiveSubscription, 'customer' | 'paymentMethod'>,
  wanted: string | null,
): Promise<Cards> {
  const gateway = requireGateway(context)
  const [present, saved] = await Promise.all([
    paymentMethod === null ? null : gateway.card(paymentMethod),
    gateway.cards(customer),
  ])
  const own = present && paymentMethod !== null ? [{ id: paymentMethod, ...present }] : []
  const all = [...own, ...saved.filter(({ id }) => id !== paymentMethod)]
  if (wanted === null) return { all, paying: present }
  const found = all.find(({ id }) => id === wanted)
  if (!found)
    throw new ProblemError('card_unknown', `The account has saved no card ${wanted}. Use one of the quote's cards.`)
  const { id: _, ...paying } = found
  return { all, paying }
}

/** The same of a subscription on which an upgrade waits: the card that was chosen for it has not taken the former one's place yet. */
export const cardsBeside = (
  context: Context,
  live: LiveSubscription,
  { steps }: ChangeQuote,
  wanted: string | null,
): Promise<Cards> => cardsFor(context, { ...live, paymentMethod: steps.card?.before ?? live.paymentMethod }, wanted)

/** What is done at Stripe so that the wanted card pays; null where the present one does. */
export const cardStep = ({ paymentMethod }: LiveSubscription, wanted: string | null): Steps['card'] =>
  wanted === null || wanted === paymentMethod ? null : { id: wanted, before: paymentMethod }
