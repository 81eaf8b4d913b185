import type { PriceRecord, Pricing } from '../state/catalog-records.ts'
import { complete } from './complete.ts'
import { type JsonObject, toJson } from './json.ts'

/** A decimal text as the whole number that it is; null where it has a fraction. */
const wholeOf = (decimal: string | null): number | null =>
  decimal !== null && Number.isInteger(Number(decimal)) ? Number(decimal) : null

const renderAmounts = ({ unit }: Pricing) => ({ unit_amount: wholeOf(unit), unit_amount_decimal: unit })

/** The tiers of a price, which are shown on request only. */
export const renderTiers = ({ tiers }: Pricing): JsonObject[] | null =>
  tiers?.map(({ flat, unit, up_to }) =>
    toJson({
      flat_amount: wholeOf(flat),
      flat_amount_decimal: flat,
      unit_amount: wholeOf(unit),
      unit_amount_decimal: unit,
      up_to,
    }),
  ) ?? null

/** What a price asks in each currency, which is shown on request only. */
export const renderCurrencyOptions = ({ currency, currency_options, pricing }: PriceRecord): JsonObject =>
  toJson(
    Object.fromEntries(
      Object.entries({ [currency]: pricing, ...currency_options }).map(([code, asked]) => [
        code,
        { custom_unit_amount: null, tax_behavior: asked.tax_behavior, ...renderAmounts(asked) },
      ]),
    ),
  )

/** A price. */
export function renderPrice(price: PriceRecord): JsonObject {
  const { currency_options: _options, pricing, ...shown } = price
  return complete('price', {
    ...shown,
    ...renderAmounts(pricing),
    billing_scheme: price.tiers_mode === null ? 'per_unit' : 'tiered',
    tax_behavior: pricing.tax_behavior,
    type: price.recurring ? 'recurring' : 'one_time',
  })
}

/** The same price in the words of the older Plans API, which items still carry. */
export const renderPlan = (price: PriceRecord): JsonObject =>
  complete('plan', {
    id: price.id,
    active: price.active,
    amount: wholeOf(price.pricing.unit),
    amount_decimal: price.pricing.unit,
    billing_scheme: price.tiers_mode === null ? 'per_unit' : 'tiered',
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    metadata: price.metadata,
    meter: price.recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days: price.recurring?.trial_period_days ?? null,
    usage_type: price.recurring?.usage_type ?? 'licensed',
  })
