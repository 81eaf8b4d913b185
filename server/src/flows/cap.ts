import type { QuoteRecord } from '../billing/model.ts'
import type { BillingStore } from '../billing/port.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context, Who } from './context.ts'

const dayMs = 86_400_000

/**
 * Refuses a charge above the most that the token's user may spend; asked when quoting, and again in the transaction that opens
 * the upgrade. What is open beside it need not be counted: an account has one open upgrade, so that one blocks this one, or
 * makes way for it, or is applied and then counts.
 */
export async function requireWithinCap(
  context: Context,
  billing: Pick<BillingStore, 'appliedSince' | 'findQuote'>,
  who: Who,
  { amountDue, currency }: Pick<QuoteRecord, 'amountDue' | 'currency'>,
): Promise<void> {
  const { cap, user } = who
  if (!cap) return
  const most = `This token may spend at most ${cap.amount} ${cap.currency} (minor units)`
  if (currency !== cap.currency) throw exceeded(`${most}; this is charged in ${currency}.`)
  if (amountDue === 0) return
  const within = cap.days === undefined ? '' : ` in ${cap.days} days`
  const spent = cap.days === undefined ? [] : await spentSince(billing, who, context.clock.now() - cap.days * dayMs)
  const other = spent.find((one) => one.currency !== currency)
  if (other)
    throw exceeded(`${most}${within}; ${user} has bought in ${other.currency} meanwhile, which it cannot count.`)
  const sum = spent.reduce((total, { amount }) => total + amount, 0)
  if (sum + amountDue <= cap.amount) return
  const before = cap.days === undefined ? '' : `; ${user} has spent ${sum} of it`
  throw exceeded(`${most}${within}${before}, and this costs ${amountDue}.`)
}

const exceeded = (detail: string): ProblemError => new ProblemError('purchase_cap_exceeded', detail)

/** What a user was charged for since then. What came back later counts: else buying and giving back could go on for ever. */
async function spentSince(
  billing: Pick<BillingStore, 'appliedSince' | 'findQuote'>,
  { account, user }: Who,
  since: number,
): Promise<{ amount: number; currency: string }[]> {
  const applied = (await billing.appliedSince(account, since)).filter((one) => one.user === user)
  const charges = await Promise.all(
    applied.map(async ({ invoice, quote: id }) => {
      if (invoice) return [invoice.amountDue]
      const quote = await billing.findQuote(account, id)
      return quote ? [{ amount: quote.amountDue, currency: quote.currency }] : []
    }),
  )
  return charges.flat().filter(({ amount }) => amount > 0)
}
