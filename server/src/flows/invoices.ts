import type { InvoicesAnswer } from '@softgate/sdk/contract'
import { invoiceWords } from '../billing/invoice-words.ts'
import { toIso } from '../kernel/clock.ts'
import { money } from '../kernel/money.ts'
import { type Context, requireGateway, requirePurchase, snapshotOf, type Who } from './context.ts'

const atMost = 24

/** The account's invoices, read from Stripe for those who may see prices. */
export async function invoices(context: Context, who: Who): Promise<InvoicesAnswer> {
  await requirePurchase(context, who)
  const { catalog, clock } = context
  if (catalog.billing === 'off') return { invoices: [] }
  const gateway = requireGateway(context)
  const { account } = await snapshotOf(context, who.account)
  if (account.stripeCustomerId === null) return { invoices: [] }
  const issued = await gateway.invoices(account.stripeCustomerId, atMost)
  const speech = { catalog, timeZone: account.timeZone ?? 'UTC', now: clock.now() }
  return {
    invoices: issued.map((one) => ({
      id: one.id,
      at: toIso(one.at),
      description: invoiceWords(speech, one),
      status: one.status,
      total: money(one.total, one.currency),
      url: one.url,
    })),
  }
}
