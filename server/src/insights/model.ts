import type { Segment } from '@softgate/sdk/contract'

/** Accounts that are like each other, as far as one feature goes. */
export interface Group {
  segment: Segment
  plan: string
  /** Place of the size among the bands, from 0 on. */
  band: number
  feature: string
}

/** What the accounts of a group use: a quarter of them less than `low`, half less than `median`, three quarters less than `high`. */
export interface Comparison extends Group {
  low: number
  median: number
  high: number
}
