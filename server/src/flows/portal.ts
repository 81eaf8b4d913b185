import type { PortalAnswer, PortalInput } from '@softgate/sdk/contract'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway, requirePurchase, snapshotOf, type Who } from './context.ts'

/**
 * A way into Stripe's customer portal: cards, addresses, tax numbers, invoices. What is paid for is not changed there: that
 * needs a quote.
 */
export async function openPortal(context: Context, who: Who, { page = 'home' }: PortalInput): Promise<PortalAnswer> {
  await requirePurchase(context, who)
  const gateway = requireGateway(context)
  const { account } = await snapshotOf(context, who.account)
  const { checkoutReturn: returnTo } = context.catalog
  if (returnTo === null)
    throw new ProblemError('billing_off', 'The catalogue names no page to come back to. Set checkoutReturn.')
  if (account.stripeCustomerId === null)
    throw new ProblemError('subscription_not_ready', 'The account has no customer at Stripe yet: nothing was bought.')
  return { url: await gateway.portal({ customer: account.stripeCustomerId, page, returnTo }) }
}
