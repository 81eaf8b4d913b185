import type { ComparedPlan, PlansAnswer, PlansQuery } from '@softgate/sdk/contract'
import { isLive } from '../accounts/model.ts'
import { coveringPlan, toPlanGrant } from '../catalog/compare.ts'
import { type Catalog, lookupKeyOf, type Plan, type PlanPrice } from '../catalog/model.ts'
import { currencyOf } from '../catalog/offers.ts'
import { costOf, leastOf, type Rate, rateOf, toTiers } from '../catalog/rate.ts'
import { money } from '../kernel/money.ts'
import { type Context, featureUnknown, mayPurchase, snapshotOf, type Who } from './context.ts'
import { choicesOf } from './deliver.ts'
import { pendingOf } from './pending.ts'

/**
 * Every plan beside the others, as this account meets them: its currency, its present and pending plan, its offers; the present
 * one at the price that the account pays, be it an older one.
 */
export async function comparePlans(context: Context, who: Who, { feature }: PlansQuery): Promise<PlansAnswer> {
  const { catalog } = context
  const snapshot = await snapshotOf(context, who.account)
  const { account, subscription, plan: present } = snapshot
  const live = isLive(subscription) ? subscription : null
  const currency = currencyOf(catalog, live?.currency ?? account.currency)
  const choices = (await mayPurchase(context, who)) ? choicesOf(context, snapshot) : []
  const pending = pendingOf(context, snapshot, [])
  const units = (per: string): number => live?.quantities[per] ?? Math.max(1, snapshot.decide(per, 1)?.used ?? 0)

  const needed = new Map<string, number>()
  for (const key of feature?.split(',') ?? []) {
    const decision = snapshot.decide(key, 1)
    if (!decision) throw featureUnknown(key)
    if (!decision.allowed) needed.set(key, (decision.used ?? 0) + 1)
  }
  return {
    plans: Object.entries(catalog.plans).map(
      ([key, plan]): ComparedPlan => ({
        key,
        title: plan.title,
        prices: pricesOf(catalog, plan, {
          currency,
          units,
          paid: (price) => live?.rates[lookupKeyOf(key, price)],
        }),
        free: key === catalog.defaultPlan && !plan.prices?.length,
        grants: grantsOf(catalog, plan),
        present: key === present,
        pendingAt: pending?.plan.key === key && key !== present ? pending.at : null,
        offers: choices
          .filter(({ kind, plan: to }) =>
            kind === 'switch' ? to === key : kind === 'cancel' && key === catalog.defaultPlan,
          )
          .map(({ offer: { id, kind, interval } }) => ({ id, kind, interval })),
      }),
    ),
    interval: live?.interval ?? null,
    covering: feature === undefined ? null : coveringPlan(catalog, present, needed),
  }
}

interface Reader {
  currency: string
  /** Units of a feature that the account would pay for. */
  units(feature: string): number
  /** What it pays already for units at this price, where that is not the price of today. */
  paid(price: PlanPrice): Rate | undefined
}

const pricesOf = (
  { features }: Catalog,
  { prices = [] }: Plan,
  { currency, units, paid }: Reader,
): ComparedPlan['prices'] =>
  prices
    .filter((price) => price.currency === currency)
    .map((price) => {
      const counted = features[price.per]
      const unit = counted?.kind === 'metered' ? counted.unit.one : null
      const rate = paid(price) ?? rateOf(price)
      const tiers = toTiers(rate, currency, unit)
      return {
        interval: price.interval,
        price: money(leastOf(rate), currency),
        ...(tiers && { tiers }),
        unit,
        units: units(price.per),
        total: money(costOf(rate, units(price.per)), currency),
      }
    })

const grantsOf = ({ features }: Catalog, { grants }: Plan): ComparedPlan['grants'] =>
  Object.fromEntries(Object.entries(features).map(([key, feature]) => [key, toPlanGrant(grants[key], feature)]))
