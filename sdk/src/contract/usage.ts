import type { Money } from './money.ts'

export interface UsageQuery {
  feature: string
  /** How many days back, today included; 30 when left out. */
  days?: number
  /** A property by which the feature's meter may be split. */
  by?: string
  /** The one whose use is asked for, where each entity has its own; of a feature by user it is the asking user's. */
  entity?: string
  /** What all users or entities used together, where that is counted; of entities also told when none is named. */
  total?: true
}

/** What a metered feature was used, day by day in the account's time zone, oldest first. */
export interface UsageAnswer {
  feature: string
  /** `date` is YYYY-MM-DD. `used` is the day's use; of a level such as seats, the level at the day's end. */
  days: { date: string; used: number }[]
  /**
   * What accounts of the same segment, plan and size use: a quarter of them less than `low`, half less than `median`, three
   * quarters less than `high`, rounded; `own` is this account's. Of a consumable it is the use of the last 28 whole days, of a
   * level where it stands. Found once a day; left out where there are too few such accounts.
   */
  comparison?: { own: number; low: number; median: number; high: number }
  /** The same for each value of the property that was asked for; null where an event had none. */
  groups?: { value: string | null; days: { date: string; used: number }[] }[]
}

/** What use of a feature beyond its limit comes to in the present billing period. Amounts are before discounts and tax. */
export interface UseEstimate {
  feature: string
  title: string
  /** Null for no limit. */
  limit: number | null
  used: number
  /** Units that are billed so far. */
  overage: number
  /** In words: `$1.00 for 1,000 calls`. */
  price: string
  /** So far. */
  amount: Money
  /** When the period is over, if use goes on as in the last weeks; null where there is too little to go by. */
  forecast: {
    used: number
    overage: number
    amount: Money
    /** The amount lies between these in about four of five cases. */
    least: Money
    most: Money
  } | null
}

export interface Invoice {
  id: string
  at: string
  description: string
  status: string
  total: Money
  /** Where it is shown, and paid while it is open. */
  url: string | null
}

export interface PortalInput {
  /** `payment_method` leads straight to the cards. */
  page?: 'home' | 'payment_method'
}

export interface PortalAnswer {
  /** Stripe's page for this customer; good for a few minutes. */
  url: string
}

/** The account's invoices, newest first. */
export interface InvoicesAnswer {
  invoices: Invoice[]
}
