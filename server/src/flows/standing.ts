import { type AccountRecord, hasEnded } from '../accounts/model.ts'
import type { LiveSubscription } from '../billing/model.ts'
import { mainSubscription } from '../billing/sync.ts'
import { type Context, requireGateway } from './context.ts'
import { keepLook } from './sync.ts'

/**
 * The subscription that keeps another one from beginning, as Stripe has it now; null when there is none. Whoever made it, it
 * is the account's from here on: it is kept, not doubled.
 */
export async function standingSubscription(
  context: Context,
  { id, stripeCustomerId }: Pick<AccountRecord, 'id' | 'stripeCustomerId'>,
): Promise<LiveSubscription | null> {
  if (stripeCustomerId === null) return null
  const observedAt = context.clock.now()
  const all = await requireGateway(context).subscriptionsOf(stripeCustomerId)
  const standing = all.filter((subscription) => !hasEnded(subscription))
  if (standing.length > 1)
    context.failed(
      new Error(`Stripe has ${standing.map((subscription) => subscription.id).join(' and ')} for it. End all but one.`),
      `counting the subscriptions of ${id}`,
    )
  const main = mainSubscription(context.catalog, standing)
  if (main) await keepLook(context, id, main, observedAt)
  return main
}
