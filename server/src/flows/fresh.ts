import type { QuoteRecord, UpgradeRecord } from '../billing/model.ts'
import { isBilledBeyond, overuseOf } from '../catalog/bundle.ts'
import { heldOf } from '../catalog/offers.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import type { Context } from './context.ts'
import { offerContext } from './deliver.ts'

/** An upgrade that can still be taken back, and until when. */
export interface Fresh {
  upgrade: UpgradeRecord
  quote: QuoteRecord
  until: number
}

/**
 * The upgrade that made the present state, while it is within the catalogue's window and nothing of it is in use. Only one
 * that was paid for the rest of a period: its price can be given back to the cent.
 */
export async function freshUpgrade(context: Context, snapshot: Snapshot): Promise<Fresh | null> {
  const { catalog, clock, database } = context
  if (catalog.changes.undo === 0 || !snapshot.subscription) return null
  const upgrade = await database.read.billing.lastApplied(snapshot.account.id)
  if (!upgrade) return null
  const until = upgrade.updatedAt + catalog.changes.undo * 60_000
  if (clock.now() >= until) return null
  const quote = await database.read.billing.findQuote(upgrade.account, upgrade.quote)
  return quote && canBeUndone(upgrade, quote) && isUnused(context, snapshot, quote) ? { upgrade, quote, until } : null
}

function canBeUndone({ invoice }: UpgradeRecord, { change, steps, body }: QuoteRecord): boolean {
  const { update, release, later } = steps
  const paid = (invoice?.amountPaid.amount ?? 0) > 0
  const sameInterval = body.previous?.interval === body.recurring.interval
  const pinned = update?.proration === 'always_invoice' && update.anchor === 'kept' && update.discounts === null
  const raises = change.kind === 'add' || change.kind === 'switch'
  return paid && sameInterval && pinned && raises && change.before !== null && release === null && later === null
}

/**
 * Whether what is in use fits into what was held before. Where another plan bills use, neither price may have any of it to bill:
 * it would be lost with the one that goes, or not be counted by the one that comes back.
 */
export function isUnused(context: Context, snapshot: Snapshot, { change, subscription }: QuoteRecord): boolean {
  const { holding } = offerContext(context, snapshot)
  const held = holding && heldOf(context.catalog, holding)
  if (!held || !change.before || subscription !== snapshot.subscription?.id) return false
  const used = (feature: string): number => snapshot.decide(feature, 1)?.used ?? 0
  const { bundle: before } = held
  const { bundle: after } = change.before
  const { catalog } = context
  if (before.plan !== after.plan && [before, after].some((bundle) => isBilledBeyond(catalog, bundle, used)))
    return false
  return overuseOf(catalog, { before, after, used, renewed: false }).length === 0
}
