import type { PriceRecord } from '../state/catalog-records.ts'
import { complete } from './complete.ts'
import type { JsonObject } from './json.ts'

/** A price. */
export const renderPrice = (price: PriceRecord): JsonObject =>
  complete('price', {
    ...price,
    recurring: price.recurring && {
      ...price.recurring,
      meter: null,
      usage_type: 'licensed',
    },
    type: price.recurring ? 'recurring' : 'one_time',
    unit_amount_decimal: String(price.unit_amount),
  })

/** The same price in the words of the older Plans API, which items still carry. */
export const renderPlan = (price: PriceRecord): JsonObject =>
  complete('plan', {
    id: price.id,
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: String(price.unit_amount),
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? 'month',
    interval_count: price.recurring?.interval_count ?? 1,
    metadata: price.metadata,
    nickname: price.nickname,
    product: price.product,
    trial_period_days: price.recurring?.trial_period_days ?? null,
  })
