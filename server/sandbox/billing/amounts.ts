import { invalid } from '../errors.ts'
import type { PriceRecord, Pricing, Tier } from '../state/catalog-records.ts'

/** What a price asks in a currency, or the refusal Stripe gives where it has none. */
export function pricingIn(price: PriceRecord, currency: string, param = 'currency'): Pricing {
  const pricing = price.currency === currency ? price.pricing : price.currency_options[currency]
  if (pricing) return pricing
  throw invalid(
    `The price specified only supports \`${[price.currency, ...Object.keys(price.currency_options)].join('`, `')}\`. This doesn't match the expected currency: \`${currency}\`.`,
    { param },
  )
}

/**
 * What `quantity` of a price comes to in minor units: per unit, by packages, or by tiers
 * (https://docs.stripe.com/products-prices/pricing-models). Fractions of a minor unit are rounded half up, once.
 */
export function amountOf(price: PriceRecord, quantity: number, currency: string): number {
  const { tiers, unit } = pricingIn(price, currency)
  const counted = packagesOf(price, quantity)
  if (!tiers) return Math.round(Number(unit ?? 0) * counted)
  return Math.round(price.tiers_mode === 'volume' ? volume(tiers, counted) : graduated(tiers, counted))
}

function packagesOf({ transform_quantity: packing }: PriceRecord, quantity: number): number {
  if (!packing) return quantity
  const packages = quantity / packing.divide_by
  return packing.round === 'up' ? Math.ceil(packages) : Math.floor(packages)
}

const reaches = ({ up_to }: Tier, quantity: number): boolean => up_to === null || quantity <= up_to

const inTier = ({ flat, unit }: Tier, units: number): number => Number(flat ?? 0) + Number(unit ?? 0) * units

/** The whole quantity at the price of the tier that it reaches. */
function volume(tiers: readonly Tier[], quantity: number): number {
  const tier = tiers.find((one) => reaches(one, quantity))
  return tier ? inTier(tier, quantity) : 0
}

/** Each part of the quantity at the price of its own tier. The first tier's flat amount is asked also for nothing. */
function graduated(tiers: readonly Tier[], quantity: number): number {
  let below = 0
  let sum = 0
  for (const tier of tiers) {
    sum += inTier(tier, Math.min(quantity, tier.up_to ?? quantity) - below)
    if (reaches(tier, quantity)) break
    below = tier.up_to ?? quantity
  }
  return sum
}
