import type { UseEstimate } from '@softgate/sdk/contract'
import { isLive } from '../accounts/model.ts'
import { estimateUse } from '../billing/estimate.ts'
import { baseUnder } from '../billing/overage.ts'
import type { Bundle } from '../catalog/bundle.ts'
import { grantWith } from '../catalog/limits.ts'
import { overagesOf } from '../catalog/overage.ts'
import { type Rate, rateOf, useRateWords } from '../catalog/rate.ts'
import { dayMs, forecastDays, growthUntil, isForeseen } from '../entitlements/forecast.ts'
import type { Snapshot } from '../entitlements/snapshot.ts'
import { money } from '../kernel/money.ts'
import { calendarPeriod } from '../kernel/period.ts'
import { periodOf } from '../metering/period.ts'
import type { Context } from './context.ts'

/** What is asked about a feature whose use beyond its limit is billed. */
interface Billed {
  feature: string
  rate: Rate
  /** Null for no limit. */
  limit: number | null
  /** What was used and this price never bills. */
  base: number
}

/** What use costs an account in its present period, by the prices that it pays. */
export async function presentUse(context: Context, snapshot: Snapshot): Promise<UseEstimate[]> {
  const { subscription, account } = snapshot
  if (!isLive(subscription)) return []
  const { use } = context.database.read
  const billed = await Promise.all(
    Object.entries(subscription.overage).map(async ([feature, { key }]): Promise<Billed[]> => {
      const spec = context.catalog.features[feature]
      const rate = subscription.rates[key]
      const now = context.clock.now()
      const period = spec?.kind === 'metered' ? periodOf(spec, { account, subscription }, now) : null
      if (!rate || !period) return []
      const told = await use.find(account.id, feature, period.key)
      const limit = snapshot.decide(feature, 1)?.limit ?? null
      const base = told?.price === key ? baseUnder(told, limit ?? Number.POSITIVE_INFINITY) : 0
      return [{ feature, rate, limit, base }]
    }),
  )
  return estimates(context, snapshot, billed.flat(), subscription)
}

/** What use would cost it under another plan, from now until the period is over. */
export async function useUnder(
  context: Context,
  snapshot: Snapshot,
  after: Bundle,
  { currency, ...period }: { currency: string; periodEnd: number },
): Promise<UseEstimate[]> {
  const { catalog } = context
  const billed = overagesOf(catalog, after.plan, { interval: after.interval, currency }).flatMap((price): Billed[] => {
    const limit = grantWith(catalog, after.plan, after.addons, price.per)
    const base = snapshot.decide(price.per, 1)?.used ?? 0
    return typeof limit === 'number' ? [{ feature: price.per, rate: rateOf(price), limit, base }] : []
  })
  return estimates(context, snapshot, billed, { currency, ...period })
}

async function estimates(
  { catalog, clock, database }: Context,
  snapshot: Snapshot,
  billed: readonly Billed[],
  { currency, periodEnd }: { currency: string; periodEnd: number },
): Promise<UseEstimate[]> {
  if (billed.length === 0) return []
  const { account } = snapshot
  const now = clock.now()
  const today = calendarPeriod('day', now, account.timeZone ?? 'UTC')
  const days = await database.read.metering.usageDays(account.id, {
    features: billed.map(({ feature }) => feature),
    from: today.key - forecastDays * dayMs,
  })
  return billed.flatMap(({ feature, rate, limit, base }): UseEstimate[] => {
    const spec = catalog.features[feature]
    if (spec?.kind !== 'metered') return []
    const used = snapshot.decide(feature, 1)?.used ?? 0
    const mine = days.filter((day) => day.feature === feature)
    const { overage, amount, forecast } = estimateUse({
      rate,
      free: limit === null ? Number.POSITIVE_INFINITY : Math.max(limit, base),
      used,
      ahead: isForeseen(spec) ? growthUntil({ meter: spec.meter, days: mine, today, now }, periodEnd) : null,
    })
    const say = (minor: number) => money(minor, currency)
    return [
      {
        feature,
        title: spec.title,
        limit,
        used,
        overage,
        price: useRateWords(rate, currency, spec.unit),
        amount: say(amount),
        forecast: forecast && {
          used: forecast.used,
          overage: forecast.overage,
          amount: say(forecast.amount),
          least: say(forecast.least),
          most: say(forecast.most),
        },
      },
    ]
  })
}
