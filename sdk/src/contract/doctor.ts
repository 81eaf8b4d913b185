export interface DoctorInput {
  /** `mend` does what can be done without a choice; `look` changes nothing. */
  mode: 'look' | 'mend'
  /** The account after which to go on: `next` of the answer before. */
  after?: string
  /** The subscription at Stripe after which to go on: `nextSubscription` of the answer before. */
  subscription?: string
  /** The counter after which to go on: `nextCounter` of the answer before. */
  counter?: string
}

/** Something in which catalogue, database and Stripe differ, or the database with itself. */
export interface Finding {
  code:
    | 'stripe_key_missing'
    | 'webhook_secret_missing'
    | 'webhook_missing'
    | 'webhook_differs'
    | 'foreign_price'
    | 'catalogue_differs'
    | 'customer_missing'
    | 'subscription_unknown'
    | 'subscriptions_doubled'
    | 'subscription_differs'
    | 'plan_unknown'
    | 'upgrade_stuck'
    | 'use_unreported'
    | 'use_unbilled'
    | 'use_overbilled'
    | 'counter_differs'
    | 'look_failed'
  /** An account's id, or `stripe` for the whole. */
  subject: string
  detail: string
  /** What to do about it. */
  way: string
  mended: boolean
}

/** A page of accounts, of subscriptions at Stripe and of counters. Who goes on sends what is not null. */
export interface DoctorAnswer {
  findings: Finding[]
  /** Where to go on; null when all accounts were looked at. */
  next: string | null
  /** The same for the subscriptions that Stripe has. */
  nextSubscription: string | null
  /** The same for what is counted. */
  nextCounter: string | null
  /**
   * The day (RFC 3339) since which counters are compared with the events that they are made from. Of days before it events are
   * deleted: there, only daily rows are left to compare with. Null where no account is older, or no counter was looked at.
   */
  eventsSince: string | null
}
