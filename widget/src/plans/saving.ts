import type { PlansAnswer } from '@softgate/sdk/contract'

/**
 * What a year saves against twelve months, in whole percent of what this account would pay, and whether every plan that is sold
 * by both saves as much. 0 where none saves anything.
 */
export function savingOf({ plans }: Pick<PlansAnswer, 'plans'>): { share: number; all: boolean } {
  const shares = plans.flatMap(({ prices }) => {
    const [month, year] = (['month', 'year'] as const).map((interval) =>
      prices.find((one) => one.interval === interval),
    )
    if (!month || !year || month.units !== year.units || month.total.amount === 0) return []
    return [Math.round((1 - year.total.amount / (12 * month.total.amount)) * 100)]
  })
  const share = Math.max(0, ...shares)
  return { share, all: shares.every((one) => one === share) }
}
