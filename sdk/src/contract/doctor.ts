export interface DoctorInput {
  /** `mend` does what can be done without a choice; `look` changes nothing. */
  mode: 'look' | 'mend'
  /** The account after which to go on: `next` of the answer before. */
  after?: string
}

/** Something in which catalogue, database and Stripe differ. */
export interface Finding {
  code:
    | 'stripe_key_missing'
    | 'foreign_price'
    | 'catalogue_differs'
    | 'subscriptions_doubled'
    | 'subscription_differs'
    | 'plan_unknown'
    | 'upgrade_stuck'
    | 'use_unreported'
    | 'use_unbilled'
    | 'use_overbilled'
  /** An account's id, or `stripe` for the whole. */
  subject: string
  detail: string
  /** What to do about it. */
  way: string
  mended: boolean
}

export interface DoctorAnswer {
  findings: Finding[]
  /** Where to go on; null when all accounts were looked at. */
  next: string | null
}
