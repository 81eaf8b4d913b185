import { isChange, type QuoteRecord, type UpgradeRecord } from '../billing/model.ts'
import { isReversed, isWonBack, type SettledPayment } from '../billing/settlement.ts'
import { type Context, snapshotOf } from './context.ts'
import { makeOwn } from './own.ts'
import type { Planned } from './quote-plan.ts'
import { givingAgain, takingBack } from './reversal-change.ts'
import { ending } from './reversal-period.ts'
import { type Settled, settle } from './settle.ts'

/**
 * Follows what Stripe says of the account's money: every movement is written down, and by the policies `onReversal` and
 * `onRenewalReversal` what a payment had bought is taken back once it is, and given again once a dispute of it is won. That is
 * a change like any other, with a quote and an upgrade of its own; only the money has moved already.
 */
export async function followMoney(context: Context, account: string, customer: string): Promise<void> {
  const settled = await settle(context, account, customer)
  const { payments, applied, upgradeOf, fresh } = settled
  const moved = payments.filter((payment) => isReversed(payment) || isWonBack(payment))
  if (moved.length === 0) return
  const { billing } = context.database.read
  const found = await Promise.all(applied.map((upgrade) => billing.findQuote(account, upgrade.quote)))
  const quotes = found.flatMap((quote) => quote ?? [])
  for (const payment of moved) {
    const upgrade = upgradeOf(payment.id)
    const quote = quotes.find(({ id }) => id === upgrade?.quote) ?? null
    const planned = await following(context, settled, { payment, taken: takenWith(quotes, payment), upgrade, quote })
    if (planned === 'nothing') continue
    if (planned) await makeOwn(context, await snapshotOf(context, account), planned)
    else if (fresh.has(payment.id))
      context.failed(
        new Error('It has changed since in a way from which this cannot be told apart. Somebody has to decide.'),
        `${isReversed(payment) ? 'taking back' : 'giving again'} what the reversed payment of ${
          upgrade ? `the upgrade ${upgrade.id}` : `the invoice ${settled.invoiceOf(payment.id)}`
        } had bought`,
      )
  }
}

interface Followed {
  payment: SettledPayment
  /** The quote by which what it had bought was taken back; null where it is held. */
  taken: QuoteRecord | null
  upgrade: UpgradeRecord | null
  quote: QuoteRecord | null
}

/** What follows from what became of a payment; null where nobody can tell any more what that would be. */
async function following(
  context: Context,
  { payments, invoiceOf }: Settled,
  { payment, taken, upgrade, quote }: Followed,
): Promise<Planned | 'nothing' | null> {
  if (isReversed(payment) === (taken !== null)) return 'nothing'
  const converts = quote?.change.kind === 'convert'
  if (upgrade && quote && isChange(quote) && !converts) {
    const bought = { upgrade, quote, intent: payment.intent }
    if (isReversed(payment)) return takingBack(context, bought)
    return taken?.steps.refund?.given ? givingAgain(context, bought) : 'nothing'
  }
  const invoice = invoiceOf(payment.id)
  // Nothing brings a subscription back that is over: it waits for the last word about its money.
  if (!isReversed(payment) || payment.contested || invoice === null) return 'nothing'
  return ending(context, { payment, payments, invoice, converts })
}

/** The last quote that followed a payment, if it took something back. Quotes name the payment that they follow. */
function takenWith(quotes: readonly QuoteRecord[], { intent }: SettledPayment): QuoteRecord | null {
  const last = quotes.findLast(({ steps }) => steps.refund?.intent === intent || steps.regained === intent)
  return last?.steps.refund ? last : null
}
