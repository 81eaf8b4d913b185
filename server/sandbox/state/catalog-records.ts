import type { Metadata, Named } from './own-records.ts'

export interface ProductRecord extends Named {
  readonly object: 'product'
  readonly active: boolean
  readonly created: number
  readonly default_price: string | null
  readonly description: string | null
  readonly metadata: Metadata
  readonly name: string
  readonly tax_code: string | null
  readonly unit_label: string | null
  readonly updated: number
}

export interface Recurring {
  readonly interval: 'day' | 'week' | 'month' | 'year'
  readonly interval_count: number
  readonly meter: string | null
  readonly trial_period_days: number | null
  readonly usage_type: 'licensed' | 'metered'
}

/** A step of a tiered price. Amounts are decimal texts of minor units. */
export interface Tier {
  readonly flat: string | null
  readonly unit: string | null
  /** The last unit in it; null is without end. */
  readonly up_to: number | null
}

/** What a price asks in one currency: so much a unit (a decimal text of minor units), or tiers. */
export interface Pricing {
  readonly tax_behavior: 'exclusive' | 'inclusive' | 'unspecified'
  readonly tiers: readonly Tier[] | null
  readonly unit: string | null
}

export interface PriceRecord extends Named {
  readonly object: 'price'
  readonly active: boolean
  readonly created: number
  readonly currency: string
  readonly currency_options: Readonly<Record<string, Pricing>>
  readonly lookup_key: string | null
  readonly metadata: Metadata
  readonly nickname: string | null
  readonly pricing: Pricing
  readonly product: string
  readonly recurring: Recurring | null
  readonly tiers_mode: 'graduated' | 'volume' | null
  readonly transform_quantity: { readonly divide_by: number; readonly round: 'down' | 'up' } | null
}

/** What usage is counted by: https://docs.stripe.com/api/billing/meter */
export interface MeterRecord extends Named {
  readonly object: 'billing.meter'
  readonly created: number
  readonly customer_key: string
  readonly deactivated_at: number | null
  readonly display_name: string
  readonly event_name: string
  readonly event_time_window: 'day' | 'hour' | null
  readonly formula: 'count' | 'last' | 'sum'
  readonly status: 'active' | 'inactive'
  readonly updated: number
  readonly value_key: string
}

/** One use: https://docs.stripe.com/api/billing/meter-event. Its id is its `identifier`. */
export interface MeterEventRecord extends Named {
  readonly canceled: boolean
  readonly created: number
  readonly customer: string
  readonly event_name: string
  readonly timestamp: number
  readonly value: number
}

/** What products may come with: https://docs.stripe.com/api/entitlements/feature */
export interface FeatureRecord extends Named {
  readonly object: 'entitlements.feature'
  readonly active: boolean
  readonly lookup_key: string
  readonly metadata: Metadata
  readonly name: string
}

/** That a product comes with a feature: https://docs.stripe.com/api/product-feature */
export interface ProductFeatureRecord extends Named {
  readonly object: 'product_feature'
  readonly feature: string
  /** Never sent. */
  readonly product: string
}
