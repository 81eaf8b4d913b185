import { type AccountRecord, hasEnded } from '../accounts/model.ts'
import type { LiveSubscription } from '../billing/model.ts'
import { mainSubscription, toRecord } from '../billing/sync.ts'
import type { Stores } from '../store/stores.ts'
import { type Context, changed, requireGateway } from './context.ts'

type Payer = Pick<AccountRecord, 'id' | 'stripeCustomerId'>

/** What a customer has at Stripe now. */
export interface Seen {
  /** The one that counts; null when there is none at all. */
  main: LiveSubscription | null
  /** All that have not ended; more than one is a fault that somebody has to choose about. */
  standing: LiveSubscription[]
  /** When the look began, by `beginLook`. */
  observedAt: number
}

/** When a look at Stripe begins, epoch ms: not before one that is kept already, also where another process's clock is ahead. */
async function beginLook({ clock, database }: Context, account: string): Promise<number> {
  const kept = await database.read.accounts.findSubscription(account)
  return Math.max(clock.now(), kept?.observedAt ?? 0)
}

/** Looks at an account's subscriptions at Stripe, and keeps nothing of it. */
export async function seeSubscriptions(context: Context, { id, stripeCustomerId }: Payer): Promise<Seen> {
  const observedAt = await beginLook(context, id)
  const all = stripeCustomerId === null ? [] : await requireGateway(context).subscriptionsOf(stripeCustomerId)
  const standing = all.filter((subscription) => !hasEnded(subscription))
  return { main: mainSubscription(context.catalog, all), standing, observedAt }
}

/** Looks at one subscription of an account at Stripe, and keeps nothing of it; `live` is null where Stripe has no such one. */
export async function seeSubscription(
  context: Context,
  account: string,
  id: string,
): Promise<{ live: LiveSubscription | null; observedAt: number }> {
  const observedAt = await beginLook(context, account)
  return { live: await requireGateway(context).subscription(id), observedAt }
}

/** Reads the account's subscription at Stripe and keeps it, unless a newer look was kept meanwhile. */
export async function syncAccount(context: Context, account: Payer): Promise<Seen> {
  const seen = await seeSubscriptions(context, account)
  if (seen.main) await keepLook(context, account.id, seen.main, seen.observedAt)
  return seen
}

/**
 * The subscription that keeps another one from beginning, as Stripe has it now; null when there is none. Whoever made it, it
 * is the account's from here on: it is kept, not doubled.
 */
export async function standingSubscription(context: Context, account: Payer): Promise<LiveSubscription | null> {
  const { main, standing } = await syncAccount(context, account)
  if (standing.length > 1)
    context.failed(
      new Error(`Stripe has ${standing.map(({ id }) => id).join(' and ')} for it. End all but one.`),
      `counting the subscriptions of ${account.id}`,
    )
  return standing.length === 0 ? null : main
}

/** Forgets the customer of an account if it was deleted at Stripe; false where it was not. */
export async function forgetDeleted(context: Context, id: string, customer: string): Promise<boolean> {
  if ((await requireGateway(context).customer(customer)) !== 'deleted') return false
  await forgetCustomer(context, id, customer)
  return true
}

/** Forgets a customer that was deleted at Stripe, which has ended what it paid for: the next purchase makes a new one. */
export async function forgetCustomer(context: Context, id: string, customer: string): Promise<void> {
  const now = context.clock.now()
  await context.database.transaction(id, async (stores) => {
    const account = await stores.accounts.find(id)
    if (account?.stripeCustomerId !== customer) return
    await stores.accounts.save({ ...account, stripeCustomerId: null }, now)
    await endKept(stores, id, now)
  })
  changed(context, id)
}

/** Ends what an account holds by a customer that is no longer its own. */
export async function endKept({ accounts }: Stores, id: string, now: number): Promise<void> {
  const kept = await accounts.findSubscription(id)
  if (kept && !hasEnded(kept)) await accounts.saveSubscription({ ...kept, status: 'canceled', observedAt: now })
}

/** Keeps one look at a subscription, begun at `observedAt`, if it is still its account's customer who pays it. */
export async function keepLook(
  context: Context,
  account: string,
  live: LiveSubscription,
  observedAt: number,
): Promise<void> {
  const record = toRecord(context.catalog, account, live, observedAt)
  const kept = await context.database.transaction(account, async ({ accounts }) => {
    const payer = (await accounts.find(account))?.stripeCustomerId
    return payer === live.customer && accounts.saveSubscription(record)
  })
  if (kept) changed(context, account)
}
