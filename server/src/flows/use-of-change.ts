import type { LiveItem, LiveSubscription, UpdateStep } from '../billing/model.ts'
import type { OverageRecord } from '../billing/overage.ts'
import { knownItems } from '../billing/targets.ts'
import { costOf, type Rate } from '../catalog/rate.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { percentUp } from '../kernel/money.ts'
import { periodOf } from '../metering/period.ts'
import type { Context } from './context.ts'
import { taxBeside } from './quote-plan.ts'

/** A metered price that an update takes away, and how far its use in this period was told. */
interface Going {
  feature: string
  item: LiveItem
  rate: Rate
  told: OverageRecord
}

async function goingIn(
  { catalog, clock, database }: Context,
  { account, subscription }: Snapshot,
  live: LiveSubscription,
  { items }: UpdateStep,
): Promise<Going[]> {
  const found = await Promise.all(
    knownItems(catalog, live).map(async ({ item, priced: { overage: feature = '' } }): Promise<Going[]> => {
      const target = items.find(({ id }) => id === item.id)
      if (item.quantity !== null || !target || (!target.deleted && target.price === item.price)) return []
      const spec = catalog.features[feature]
      const period = spec?.kind === 'metered' ? periodOf(spec, { account, subscription }, clock.now()) : null
      const told = period && (await database.read.use.find(account.id, feature, period.key))
      return item.rate && told?.price === item.lookupKey ? [{ feature, item, rate: item.rate, told }] : []
    }),
  )
  return found.flat()
}

/**
 * What was used of metered prices that an update takes away and that Stripe would not bill any more: it does so only where the
 * rest is prorated too, and in classic billing only where a new period begins. What its meter has heard is what is billed, by the
 * rate that the account has; while the change is quoted, no more is told.
 */
export async function forgottenUse(
  context: Context,
  snapshot: Snapshot,
  live: LiveSubscription,
  { update, intervalMoves }: { update: UpdateStep; intervalMoves: boolean },
): Promise<UpdateStep['use']> {
  const prorates = update.proration === 'always_invoice'
  if (prorates && (live.billingMode === 'flexible' || intervalMoves)) return []
  const going = await goingIn(context, snapshot, live, update)
  const tax = taxBeside(context, live)
  return going.flatMap(({ item: { product }, rate, told: { reported } }) =>
    reported > 0 ? [{ product, amount: costOf(rate, reported), currency: live.currency, tax }] : [],
  )
}

/**
 * Whether so much was used since the quote, of prices that the change takes away, that the user has to be asked again. A little
 * is given away, as otherwise whoever is busy could never click: a hundred minor units, or 2 % of what is due if that is more.
 */
export async function hasOutgrown(
  context: Context,
  snapshot: Snapshot,
  live: LiveSubscription,
  { update, amountDue }: { update: UpdateStep; amountDue: number },
): Promise<boolean> {
  const going = await goingIn(context, snapshot, live, update)
  const untold = going.reduce((sum, { feature, rate, told: { base, reported } }) => {
    const { used = null, limit = null } = snapshot.decide(feature, 1) ?? {}
    const billed = limit === null ? reported : Math.max(reported, (used ?? 0) - Math.max(limit, base))
    return sum + costOf(rate, billed) - costOf(rate, reported)
  }, 0)
  return untold > Math.max(100, percentUp(2, amountDue))
}
