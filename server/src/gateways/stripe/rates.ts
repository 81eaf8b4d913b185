import type Stripe from 'stripe'
import type { Rate } from '../../catalog/rate.ts'

/**
 * What a price asks, in the catalogue's words; its tiers must be expanded. Null for what the catalogue cannot say, such as
 * fractions of a minor unit, or amounts that the customer chooses.
 */
export function toRate({ unit_amount, tiers_mode, tiers, transform_quantity }: Stripe.Price): Rate | null {
  if (tiers_mode == null) {
    if (unit_amount === null || transform_quantity?.round === 'down') return null
    return { unitAmount: unit_amount, ...(transform_quantity && { units: transform_quantity.divide_by }) }
  }
  const mode = modes.find((one) => one === tiers_mode)
  const steps = (tiers ?? []).map(
    ({ up_to, unit_amount: unit, unit_amount_decimal, flat_amount, flat_amount_decimal }) => {
      const fraction =
        (unit === null && unit_amount_decimal !== null) || (flat_amount === null && flat_amount_decimal !== null)
      return fraction ? null : { upTo: up_to, unit: unit ?? 0, ...(flat_amount && { flat: flat_amount }) }
    },
  )
  const whole = steps.filter((step) => step !== null)
  return !mode || whole.length === 0 || whole.length < steps.length ? null : { mode, tiers: whole }
}

const modes = ['graduated', 'volume'] as const

/** The same as a new price takes it. */
export const fromRate = (rate: Rate) =>
  rate.tiers === undefined
    ? {
        unit_amount: rate.unitAmount,
        ...(rate.units !== undefined && { transform_quantity: { divide_by: rate.units, round: 'up' as const } }),
      }
    : {
        billing_scheme: 'tiered' as const,
        tiers_mode: rate.mode,
        tiers: rate.tiers.map(({ upTo, unit, flat = 0 }) => ({
          up_to: upTo ?? ('inf' as const),
          unit_amount: unit,
          ...(flat !== 0 && { flat_amount: flat }),
        })),
      }

/**
 * Reads the tiers of prices: where a subscription is listed they lie deeper than Stripe expands. A price never changes what it
 * asks, so each is read once.
 */
export function createTierReader(stripe: Stripe): (price: Stripe.Price) => Promise<Stripe.Price> {
  const known = new Map<string, Promise<Stripe.Price>>()
  return (price) => {
    if (price.billing_scheme !== 'tiered') return Promise.resolve(price)
    const found = known.get(price.id) ?? stripe.prices.retrieve(price.id, { expand: ['tiers'] })
    known.set(price.id, found)
    found.catch(() => known.delete(price.id))
    return found.then(({ tiers }) => ({ ...price, ...(tiers && { tiers }) }))
  }
}
