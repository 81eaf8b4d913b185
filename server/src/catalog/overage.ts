import type { Catalog, OveragePrice, Term } from './model.ts'

/** The prices of use beyond the limits of a plan, as they are billed by this interval and currency. */
export const overagesOf = ({ plans }: Catalog, plan: string, { interval, currency }: Term): OveragePrice[] =>
  (plans[plan]?.overage ?? []).filter((price) => price.interval === interval && price.currency === currency)

/** Every feature of which use beyond a limit has a price. */
export const billedFeatures = ({ plans }: Catalog): string[] => [
  ...new Set(Object.values(plans).flatMap(({ overage = [] }) => overage.map(({ per }) => per))),
]

/** The name of the events by which a feature's meter at Stripe counts. */
export const meterEventOf = (feature: string): string => `softgate_${feature}`
