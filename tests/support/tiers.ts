import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog, PlanPrice } from '../../server/src/catalog/model.ts'
import type { Rate, Tier, Tiered } from '../../server/src/catalog/rate.ts'

/** Five seats at $12, five more at $10, all others at $8. */
export const steps: readonly Tier[] = [
  { upTo: 5, unit: 1_200 },
  { upTo: 10, unit: 1_000 },
  { upTo: null, unit: 800 },
]

export const tiered = (mode: Tiered['mode'], tiers = steps): Rate => ({ mode, tiers })

/** TeamFlow with other prices for Starter. */
export const starterFor = (prices: PlanPrice[], changes: Partial<Catalog['changes']> = {}): Catalog => {
  const { starter } = teamflow.plans
  if (!starter) throw new Error('TeamFlow sells no Starter')
  return {
    ...teamflow,
    changes: { ...teamflow.changes, ...changes },
    plans: { ...teamflow.plans, starter: { ...starter, prices } },
  }
}

export const monthly = (rate: Rate, currency = 'usd'): PlanPrice => ({
  interval: 'month',
  currency,
  per: 'seats',
  ...rate,
})
