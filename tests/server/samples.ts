import { type AccountRecord, emptyAccount, type SubscriptionRecord } from '../../server/src/accounts/model.ts'
import type { LiveItem, LiveSubscription } from '../../server/src/billing/model.ts'

export const day = 86_400_000
/** March 12, two in the afternoon: no end of a month, no change of daylight saving. */
export const start = Date.UTC(2027, 2, 12, 14)

/** An account that has said nothing but its name. */
export const account = (rest: Partial<AccountRecord> = {}): AccountRecord => ({
  ...emptyAccount('acme', start),
  name: 'Acme',
  ...rest,
})

/** Five seats of Starter by the month, since March 1. */
export const subscription = (rest: Partial<SubscriptionRecord> = {}): SubscriptionRecord => ({
  account: 'acme',
  id: 'sub_1',
  status: 'active',
  plan: 'starter',
  interval: 'month',
  currency: 'usd',
  quantities: { seats: 5 },
  addons: {},
  overage: {},
  rates: { softgate_starter_month_usd: { unitAmount: 1_200 } },
  anchor: Date.UTC(2027, 2, 1),
  periodStart: Date.UTC(2027, 2, 1),
  periodEnd: Date.UTC(2027, 3, 1),
  cancelAt: null,
  unpaid: null,
  pending: null,
  byInvoice: false,
  statusSince: start,
  observedAt: start,
  ...rest,
})

export const item = (rest: Partial<LiveItem> = {}): LiveItem => ({
  id: 'si_1',
  price: 'price_starter',
  product: 'softgate_starter',
  lookupKey: 'softgate_starter_month_usd',
  pushed: true,
  quantity: 5,
  since: Date.UTC(2027, 2, 1),
  rate: { unitAmount: 1_200 },
  interval: 'month',
  periodStart: Date.UTC(2027, 2, 1),
  periodEnd: Date.UTC(2027, 3, 1),
  ...rest,
})

/** The same subscription as Stripe has it. */
export const live = (rest: Partial<LiveSubscription> = {}): LiveSubscription => ({
  id: 'sub_1',
  customer: 'cus_1',
  status: 'active',
  livemode: false,
  automaticTax: false,
  currency: 'usd',
  collectionMethod: 'charge_automatically',
  items: [item()],
  anchor: Date.UTC(2027, 2, 1),
  cancelAt: null,
  cancelsAtPeriodEnd: false,
  billingMode: 'flexible',
  trialEnd: null,
  pending: null,
  schedule: null,
  paused: false,
  latestInvoice: 'in_1',
  quote: null,
  discounts: [],
  paymentMethod: 'pm_1',
  balance: 0,
  unpaid: null,
  created: Date.UTC(2027, 2, 1),
  testTime: null,
  ...rest,
})
