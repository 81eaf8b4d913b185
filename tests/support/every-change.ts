import type Stripe from 'stripe'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { Catalog, ChangeRules, Plan } from '../../server/src/catalog/model.ts'
import type { Wanted } from './buying.ts'
import type { AccountSpec } from './harness.ts'

/** Every combination on demand; without it each change meets each setting once, and every mode of billing both. */
const all = Boolean(process.env.SOFTGATE_ALL_CHANGES)

interface Change {
  name: string
  spec?: AccountSpec
  /** What is bought before, without a look at its price. */
  before?: Wanted[]
  wanted: Wanted
  /** Begins on the Checkout page, without a subscription. */
  first?: true
}

const monthly = (title: string): Wanted => ({ kind: 'switch', title, interval: 'month' })

export const up: Change[] = [
  { name: 'more seats', wanted: { kind: 'add', quantity: 2 } },
  { name: 'a higher plan', wanted: monthly('Professional') },
  { name: 'a higher plan for more seats', wanted: { ...monthly('Professional'), quantity: 8 } },
  { name: 'a month to a year', wanted: { kind: 'switch', title: 'Starter', interval: 'year' } },
  { name: 'an add-on', wanted: { kind: 'add', title: 'Extra', quantity: 2 } },
  { name: 'the end of a trial', spec: { trialDays: 14 }, wanted: { kind: 'convert' } },
  { name: 'a first purchase', first: true, wanted: { ...monthly('Starter'), quantity: 5 } },
  { name: 'a cancellation', wanted: { kind: 'cancel' } },
  { name: 'resuming', before: [{ kind: 'cancel' }], wanted: { kind: 'resume' } },
  { name: 'dropping what waits', before: [{ kind: 'remove', quantity: 2 }], wanted: { kind: 'undo' } },
  { name: 'taking an upgrade back', before: [{ kind: 'add', quantity: 2 }], wanted: { kind: 'undo' } },
]

export const down: Change[] = [
  { name: 'fewer seats', wanted: { kind: 'remove', quantity: 2 } },
  { name: 'a lower plan', spec: { plan: 'professional' }, wanted: monthly('Starter') },
  {
    name: 'a lower plan for more seats',
    spec: { plan: 'professional' },
    wanted: { ...monthly('Starter'), quantity: 7 },
  },
  { name: 'a year to a month', spec: { interval: 'year' }, wanted: monthly('Starter') },
  {
    name: 'an add-on less',
    before: [{ kind: 'add', title: 'Extra', quantity: 2 }],
    wanted: { kind: 'remove', title: 'Extra', quantity: 1 },
  },
]

/** The first purchase, and what may come after it. */
const begun: Wanted = { ...monthly('Starter'), quantity: 5 }
const after = (name: string, wanted: Wanted): Change => ({
  name: `${name} after a first purchase`,
  first: true,
  before: [begun],
  wanted,
})

/** What meets the tax that the catalogue names: where a subscription begins here, and from then on. */
export const taxed: Change[] = [
  { name: 'a first purchase', first: true, wanted: begun },
  after('more seats', { kind: 'add', quantity: 2 }),
  after('fewer seats', { kind: 'remove', quantity: 2 }),
  after('a month to a year', { kind: 'switch', title: 'Starter', interval: 'year' }),
  after('an add-on', { kind: 'add', title: 'Extra', quantity: 2 }),
]

interface Setting {
  name: string
  currency?: string
  /** What Stripe is told when the subscription begins. */
  terms?(stripe: Stripe): Promise<Partial<Stripe.SubscriptionCreateParams>>
  /** Whether a first purchase can meet it: taxes and discounts of a subscription come with one. */
  first?: true
  code?: string
  /** On the customer's balance, in minor units; credit is negative. */
  balance?: number
}

const coupon = (params: Stripe.CouponCreateParams) => async (stripe: Stripe) => ({
  discounts: [{ coupon: (await stripe.coupons.create({ duration: 'forever', ...params })).id }],
})
const tax = (inclusive: boolean) => async (stripe: Stripe) => ({
  default_tax_rates: [(await stripe.taxRates.create({ display_name: 'VAT', percentage: 8.1, inclusive })).id],
})

const settings: Setting[] = [
  { name: 'plain', first: true },
  { name: 'a third off', terms: coupon({ percent_off: 33.33 }) },
  { name: '$5.01 off', terms: coupon({ amount_off: 501, currency: 'usd' }) },
  { name: 'a month off', terms: coupon({ percent_off: 20, duration: 'repeating', duration_in_months: 1 }) },
  { name: 'a code', first: true, code: 'EIGHTH' },
  { name: 'a code for two months', first: true, code: 'TWO' },
  { name: 'a code for $7.03', first: true, code: 'SEVEN' },
  { name: 'tax on top', terms: tax(false) },
  { name: 'tax within', terms: tax(true) },
  { name: 'credit', first: true, balance: -733 },
  { name: 'a debt', first: true, balance: 311 },
  { name: 'yen', first: true, currency: 'jpy' },
  { name: 'dinar', first: true, currency: 'kwd' },
]

export interface Case {
  name: string
  id: string
  change: Change
  setting: Setting
  billing: 'classic' | 'flexible'
}

const modes = ['classic', 'flexible'] as const
/** A code is given for what is charged at once and has a price of its own. */
const takesCode = ({ wanted: { kind } }: Change): boolean => kind === 'add' || kind === 'switch' || kind === 'remove'

/** Changes that charge nothing now unless the rules say so. */
const waits = (change: Change): boolean => down.includes(change) || change.wanted.kind === 'remove'

export function casesOf(rules: string, changes: readonly Change[]): Case[] {
  const pairs = changes.flatMap((change, row) => settings.map((setting, column) => ({ change, setting, row, column })))
  return pairs
    .filter(
      ({ change, setting }) =>
        (!change.first || setting.first) &&
        (!setting.code || (takesCode(change) && (rules === 'at_once' || !waits(change)))),
    )
    .flatMap(({ change, setting, row, column }) =>
      modes
        .filter((mode, place) => (change.first ? mode === 'flexible' : all || (row + column) % 2 === place))
        .map((billing) => ({
          name: `${change.name}, ${setting.name}, ${billing}`,
          id: `${rules}_${row}_${column}_${billing}`,
          change,
          setting,
          billing,
        })),
    )
}

/** Amounts whose parts never come out even. */
const amounts: Record<string, number> = { starter: 1_207, professional: 1_999, extra: 911 }
const pricesOf = (what: string) =>
  ['usd', 'jpy', 'kwd'].flatMap((currency) => {
    const each = (amounts[what] ?? 0) * (currency === 'kwd' ? 10 : 1)
    return [
      { interval: 'month' as const, currency, unitAmount: each },
      { interval: 'year' as const, currency, unitAmount: each * 10 },
    ]
  })
const plan = (key: string): Plan => ({
  title: teamflow.plans[key]?.title ?? key,
  grants: teamflow.plans[key]?.grants ?? {},
  prices: pricesOf(key).map((price) => ({ ...price, per: 'seats' })),
})

export const configFor = (rules: Partial<ChangeRules>, tax: Catalog['tax'] = null): Catalog => ({
  ...teamflow,
  tax,
  changes: { ...teamflow.changes, ...rules },
  plans: {
    free: teamflow.plans.free ?? plan('free'),
    starter: plan('starter'),
    professional: plan('professional'),
  },
  addons: { extra: { title: 'Extra', grants: { exports: 100 }, prices: pricesOf('extra'), maxQuantity: 5 } },
})
