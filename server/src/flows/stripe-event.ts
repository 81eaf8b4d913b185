import { isClosed, type UpgradeRecord } from '../billing/model.ts'
import { ProblemError } from '../kernel/problem.ts'
import { type Context, requireGateway } from './context.ts'
import { followMoney } from './reversal.ts'
import { forgetDeleted, syncAccount } from './sync.ts'
import { takeUp } from './upgrade.ts'
import { confirmKey } from './upgrade-lease.ts'

/** Takes a webhook in: verified, stored, then acknowledged. It is only a hint; what it is about is fetched from Stripe. */
export async function receiveStripeEvent(context: Context, raw: string, signature: string | undefined): Promise<void> {
  if (signature === undefined) throw new ProblemError('signature_invalid', 'The Stripe-Signature header is missing.')
  const { id, type, customer } = await requireGateway(context).readWebhook(raw, signature)
  const event = { id, type, customer, receivedAt: context.clock.now() }
  const fresh = await context.database.transaction(customer ?? '', ({ inbox }) => inbox.receive(event))
  if (fresh) context.follow(`handling the Stripe event ${id}`, () => handleStripeEvent(context, event))
}

/** Brings the account that an event is about to what Stripe says now. Repeating it changes nothing. */
export async function handleStripeEvent(
  context: Context,
  { id, customer }: { id: string; customer: string | null },
): Promise<void> {
  const account = customer === null ? null : await context.database.read.accounts.idOfCustomer(customer)
  // One change makes a handful of events: those that come during a look share the next one.
  if (account !== null) await context.sharing.afresh(`reconcile\n${account}`, () => reconcileAccount(context, account))
  await context.database.transaction(customer ?? '', ({ inbox }) => inbox.done(id, context.clock.now()))
}

/** Makes subscription and open upgrade of an account equal to Stripe's, with every webhook lost. */
export async function reconcileAccount(context: Context, id: string): Promise<void> {
  const account = await context.database.read.accounts.find(id)
  if (!account) return
  const { standing } = await syncAccount(context, account)
  const open = await openUpgrade(context, id)
  if (open && !isClosed(await takeUp(context, open))) return
  const { stripeCustomerId: customer } = account
  if (customer === null) return
  await followMoney(context, id, customer)
  if (standing.length === 0) await forgetDeleted(context, id, customer)
}

/** The open upgrade, once it is not being confirmed in this very process: the news of its payment come before its answer. */
async function openUpgrade({ database, sharing }: Context, account: string): Promise<UpgradeRecord | null> {
  const { billing } = database.read
  const found = await billing.findOpenUpgrade(account)
  if (found) await sharing.ended(confirmKey(account, found.quote))
  return found && billing.findOpenUpgrade(account)
}
