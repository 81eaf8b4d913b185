import { isClosed, type UpgradeRecord } from '../billing/model.ts'
import { heldOf } from '../catalog/offers.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { ProblemError } from '../kernel/problem.ts'
import type { Context, Who } from './context.ts'
import { offerContext } from './deliver.ts'
import { toRecord } from './quote.ts'
import type { Planned } from './quote-plan.ts'
import { cancelOwn, confirmOwn } from './upgrade.ts'

/** In whose name what a bank or the host has decided is done. */
export const own = (account: string): Who => ({ account, user: 'softgate', may: [], cap: null })

/**
 * Makes a change that no user has asked for, with a quote and an upgrade of its own. Nobody is there who could pay by another
 * card: where its payment does not go through at once, it is given up.
 */
export async function makeOwn(context: Context, snapshot: Snapshot, planned: Planned): Promise<UpgradeRecord> {
  const { id: account } = snapshot.account
  const { holding } = offerContext(context, snapshot)
  const held = holding && heldOf(context.catalog, holding)
  if (!held) throw new ProblemError('subscription_not_ready', `${account} pays for no plan of the catalogue.`)
  const record = toRecord(context, {
    who: own(account),
    snapshot,
    offer: 'own',
    delivery: null,
    sellable: { price: held.price, plan: planned.change.plan, addon: null },
    planned,
  })
  await context.database.transaction(account, ({ billing }) => billing.saveQuote(record))
  const upgrade = await confirmOwn(context, own(account), record.id)
  return isClosed(upgrade) ? upgrade : cancelOwn(context, upgrade)
}
