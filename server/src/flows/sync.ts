import type { AccountRecord } from '../accounts/model.ts'
import type { LiveSubscription } from '../billing/model.ts'
import { mainSubscription, toRecord } from '../billing/sync.ts'
import { type Context, changed, requireGateway } from './context.ts'

/** Reads the account's subscription at Stripe and keeps it, unless a newer look was kept meanwhile. */
export async function syncAccount(
  context: Context,
  account: Pick<AccountRecord, 'id' | 'stripeCustomerId'>,
): Promise<void> {
  if (account.stripeCustomerId === null) return
  const observedAt = context.clock.now()
  const all = await requireGateway(context).subscriptionsOf(account.stripeCustomerId)
  const live = mainSubscription(context.catalog, all)
  if (live) await keepLook(context, account.id, live, observedAt)
}

/** Keeps one look at a subscription, begun at `observedAt`. */
export async function keepLook(
  context: Context,
  account: string,
  live: LiveSubscription,
  observedAt: number,
): Promise<void> {
  const record = toRecord(context.catalog, account, live, observedAt)
  const kept = await context.database.transaction(account, (stores) => stores.accounts.saveSubscription(record))
  if (kept) changed(context, account)
}
