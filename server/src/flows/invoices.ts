import type { InvoicesAnswer } from '@softgate/sdk/contract'
import type { IssuedInvoice } from '../billing/model.ts'
import { toIso } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import { type Context, requireGateway, requirePurchase, snapshotOf, type Who } from './context.ts'

const atMost = 24

/** The account's invoices, read from Stripe for those who may see prices. */
export async function invoices(context: Context, who: Who): Promise<InvoicesAnswer> {
  await requirePurchase(context, who)
  const gateway = requireGateway(context)
  const { account } = await snapshotOf(context, who.account)
  if (account.stripeCustomerId === null) return { invoices: [] }
  const issued = await gateway.invoices(account.stripeCustomerId, atMost)
  return {
    invoices: issued.map(({ id, at, reason, description, status, total, currency, url }) => ({
      id,
      at: toIso(at),
      description: description ?? words[reason],
      status,
      total: money(total, currency),
      url,
    })),
  }
}

const words: Record<IssuedInvoice['reason'], string> = {
  start: 'Start of the subscription',
  renewal: 'Renewal',
  change: 'Change of plan or quantity',
  other: 'Invoice',
}
