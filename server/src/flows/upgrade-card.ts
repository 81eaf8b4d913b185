import type { UpgradeCardInput } from '@softgate/sdk/contract'
import type { ChangeQuote, UpgradeRecord } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { cardsBeside } from './saved-cards.ts'
import { look } from './upgrade-steps.ts'

/**
 * Keeps what the user said about the card before it is charged, so that whoever learns of the payment knows. The lease is the
 * caller's, and stays.
 */
export async function payWithCard(
  context: Context,
  upgrade: UpgradeRecord,
  quote: ChangeQuote,
  { card, keep = false }: UpgradeCardInput,
): Promise<UpgradeRecord> {
  const { invoice, phase } = upgrade
  if (!invoice || (phase !== 'payment_failed' && phase !== 'requires_action'))
    throw new ProblemError('subscription_not_ready', 'The upgrade does not wait for a card. Look at its status.')
  const { live } = await look(context, quote)
  if (card !== undefined) await cardsBeside(context, live, quote, card)
  const chosen: UpgradeRecord = { ...upgrade, card: { keep } }
  await context.database.transaction(upgrade.account, ({ billing }) => billing.saveUpgrade(chosen))
  // Another key each time: a card that was declined may be good by now. What is paid is not paid twice.
  if (card !== undefined && live.pending?.quote === quote.id)
    await requireGateway(context).pay(invoice.id, card, context.ids('pay'))
  return chosen
}
