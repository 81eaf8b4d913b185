import type { QuoteRecord } from '../billing/model.ts'
import { isReversed, isWonBack, type SettledPayment } from '../billing/settlement.ts'
import { type Context, snapshotOf } from './context.ts'
import { makeOwn } from './own.ts'
import { givingAgain, takingBack } from './reversal-change.ts'
import type { Followed, Following } from './reversal-following.ts'
import { ending } from './reversal-period.ts'
import { type Paid, paidSince, purposeOf } from './reversal-purpose.ts'
import { type Settled, settle } from './settle.ts'

/**
 * Follows what Stripe says of the account's money: every movement is written down, and by the policies `onReversal` and
 * `onRenewalReversal` what a payment had bought is taken back once it is, and given again once a dispute of it is won. That is
 * a change like any other, with a quote and an upgrade of its own; only the money has moved already.
 */
export async function followMoney(context: Context, account: string, customer: string): Promise<void> {
  const settled = await settle(context, account, customer)
  const { payments, applied, upgradeOf, invoiceOf, fresh } = settled
  const moved = payments.filter((payment) => isReversed(payment) || isWonBack(payment))
  if (moved.length === 0) return
  const { billing } = context.database.read
  const found = await Promise.all(applied.map((upgrade) => billing.findQuote(account, upgrade.quote)))
  const quotes = found.flatMap((quote) => quote ?? [])
  const paidWith = (payment: SettledPayment): Paid => {
    const upgrade = upgradeOf(payment.id)
    const quote = quotes.find(({ id }) => id === upgrade?.quote) ?? null
    return { payment, invoice: invoiceOf(payment.id), upgrade, quote }
  }
  for (const payment of moved) {
    const paid = paidWith(payment)
    const followed = {
      account,
      paid,
      taken: takenWith(quotes, payment),
      standing: standingBeside(settled, payment).map(paidWith),
    }
    const planned = await following(context, followed)
    if (planned === 'nothing') continue
    if (!('undecided' in planned)) await makeOwn(context, await snapshotOf(context, account), planned)
    else if (fresh.has(payment.id))
      context.failed(
        new Error(`${planned.undecided} Somebody has to decide.`),
        `${isReversed(payment) ? 'taking back' : 'giving again'} what the reversed payment of ${
          paid.upgrade ? `the upgrade ${paid.upgrade.id}` : `the invoice ${paid.invoice}`
        } had bought`,
      )
  }
}

async function following(context: Context, followed: Followed): Promise<Following> {
  const { paid, taken, standing } = followed
  const reversed = isReversed(paid.payment)
  // Of a period that others have paid a part of, the rest goes once those have gone back as well.
  const isRest = reversed && taken?.change.kind === 'revoke' && paidSince(standing, paid.payment.at).length === 0
  if (reversed === (taken !== null) && !isRest) return 'nothing'
  const purpose = await purposeOf(context, paid)
  if (purpose?.of === 'period') return ending(context, purpose, followed)
  if (!purpose || isRest) return 'nothing'
  if (reversed) return takingBack(context, purpose, followed)
  return taken?.steps.refund?.given ? givingAgain(context, purpose, followed, taken) : 'nothing'
}

/** Quotes name the payment that they follow: the last one that did, if it took something back. */
function takenWith(quotes: readonly QuoteRecord[], { intent }: SettledPayment): QuoteRecord | null {
  const last = quotes.findLast(({ steps }) => steps.refund?.intent === intent || steps.regained === intent)
  return last?.steps.refund ? last : null
}

const standingBeside = ({ payments }: Settled, { id }: SettledPayment): SettledPayment[] =>
  payments.filter((one) => one.id !== id && (!isReversed(one) || one.contested))
