import type { SavedCard, Upgrade } from '@softgate/sdk/contract'
import { isChange, type QuoteRecord, type UpgradeRecord } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context } from './context.ts'
import { cardsBeside } from './saved-cards.ts'
import { look } from './upgrade-steps.ts'

/** The reasons for which a confirmation ends in "ask the user again", as problem codes. */
const askAgain = [
  'quote_stale',
  'card_missing',
  'billing_refused',
  'billing_unavailable',
  'subscription_not_ready',
  'below_use',
] as const

/** The quote that an upgrade confirms. */
export async function quoteOf({ database }: Context, { account, quote }: UpgradeRecord): Promise<QuoteRecord> {
  const found = await database.read.billing.findQuote(account, quote)
  if (!found) throw new Error(`The upgrade of ${account} names the quote ${quote}, which is not stored`)
  return found
}

/** An upgrade as the wire shows it, without asking Stripe; `confirming` is `processing` to the world. */
export function toUpgrade({ gateway }: Context, upgrade: UpgradeRecord, { body }: Pick<QuoteRecord, 'body'>): Upgrade {
  const { id, quote, phase, invoice, clientSecret, reason, checkout } = upgrade
  const status = phase === 'confirming' ? 'processing' : phase
  const waits = status === 'requires_action' || status === 'payment_failed'
  const page = status === 'checkout' ? checkout : null
  const secret = waits ? clientSecret : page?.clientSecret
  const publishableKey = gateway?.publishableKey
  return {
    id,
    quote,
    status,
    dueNow: body.dueNow,
    invoice,
    ...(secret && { clientSecret: secret }),
    ...((waits || page?.clientSecret) && publishableKey && { publishableKey }),
    ...(waits && invoice?.url && { url: invoice.url }),
    ...(page?.url && { url: page.url }),
    ...(reason && { reason }),
  }
}

/** The same answer to everyone who confirms a quote: the upgrade, or the problem it ended in before anything was changed. */
export async function answerOf(context: Context, upgrade: UpgradeRecord): Promise<Upgrade> {
  const code = askAgain.find((candidate) => upgrade.phase === 'canceled' && upgrade.reason?.code === candidate)
  if (code) throw new ProblemError(code, upgrade.reason?.detail ?? '')
  const quote = await quoteOf(context, upgrade)
  const cards = await otherCards(context, upgrade, quote)
  return { ...toUpgrade(context, upgrade, quote), ...(cards && { cards }) }
}

/** What else may pay an upgrade whose card was declined. The answer does not fail for want of it: a card can be entered. */
async function otherCards(
  context: Context,
  upgrade: UpgradeRecord,
  quote: QuoteRecord,
): Promise<SavedCard[] | undefined> {
  if (upgrade.phase !== 'payment_failed' || !isChange(quote)) return undefined
  try {
    const { live } = await look(context, quote)
    const { all } = await cardsBeside(context, live, quote, null)
    const cards = all.map((card): SavedCard => (card.id === upgrade.failedMethod ? { ...card, declined: true } : card))
    return cards.some(({ declined }) => !declined) ? cards : undefined
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    context.failed(error, `looking up the cards that may pay the upgrade ${upgrade.id}`)
    return undefined
  }
}
