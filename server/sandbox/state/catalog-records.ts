import type { Metadata, Named } from './own-records.ts'

export interface ProductRecord extends Named {
  readonly object: 'product'
  readonly active: boolean
  readonly created: number
  readonly description: string | null
  readonly metadata: Metadata
  readonly name: string
  readonly unit_label: string | null
  readonly updated: number
}

export interface Recurring {
  readonly interval: 'day' | 'week' | 'month' | 'year'
  readonly interval_count: number
  readonly trial_period_days: number | null
}

export interface PriceRecord extends Named {
  readonly object: 'price'
  readonly active: boolean
  readonly created: number
  readonly currency: string
  readonly lookup_key: string | null
  readonly metadata: Metadata
  readonly nickname: string | null
  readonly product: string
  readonly recurring: Recurring | null
  readonly tax_behavior: string
  readonly unit_amount: number
}
