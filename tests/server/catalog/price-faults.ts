import type { ConfigInput } from '../../../server/src/catalog/define.ts'

type Config = ConfigInput<string, string, string>

const price = { interval: 'month' as const, currency: 'usd', unitAmount: 1_200, per: 'seats' }
const plan = (config: Config, change: object) => Object.assign(config.plans.pro ?? {}, change)

const { unitAmount: _, ...term } = price
const tiered = (change: object) => (c: Config) =>
  plan(c, {
    prices: [
      {
        ...term,
        mode: 'graduated',
        tiers: [
          { upTo: 10, unit: 1_200 },
          { upTo: null, unit: 800 },
        ],
        ...change,
      },
    ],
  })

export const tierCases: [fault: string, change: (config: Config) => void][] = [
  [
    'plan pro, a month in kwd: Stripe charges kwd in multiples of 10 minor units; 1205 is none.',
    (c) => plan(c, { prices: [{ ...price, currency: 'kwd', unitAmount: 1_205 }] }),
  ],
  [
    'plan pro, a month in isk: Stripe charges isk in multiples of 100 minor units; 150050 is none.',
    (c) => plan(c, { prices: [{ ...price, currency: 'isk', unitAmount: 150_050 }] }),
  ],
  ['plan pro, a month in usd has unitAmount and tiers; a price has one of them.', tiered({ unitAmount: 1 })],
  ['plan pro, a month in usd: mode is graduated or volume; it is "stairs".', tiered({ mode: 'stairs' })],
  ['plan pro, a month in usd: mode is graduated or volume; it is missing.', tiered({ mode: undefined })],
  ['plan pro, a month in usd: mode "volume" needs tiers.', (c) => plan(c, { prices: [{ ...price, mode: 'volume' }] })],
  ['plan pro, a month in usd: tiers are empty; name at least one, which ends with upTo: null.', tiered({ tiers: [] })],
  ['plan pro, a month in usd: the last tier has upTo: null; it is 10.', tiered({ tiers: [{ upTo: 10, unit: 1_200 }] })],
  [
    'plan pro, a month in usd: upTo of tier 2 is a whole number above 10; it is 10.',
    tiered({
      tiers: [
        { upTo: 10, unit: 3 },
        { upTo: 10, unit: 2 },
        { upTo: null, unit: 1 },
      ],
    }),
  ],
  [
    'plan pro, a month in usd: upTo of tier 1 is a whole number above 0; it is null.',
    tiered({
      tiers: [
        { upTo: null, unit: 3 },
        { upTo: null, unit: 1 },
      ],
    }),
  ],
  [
    'plan pro, a month in usd: unit of tier 1 is a whole number of minor units; it is 0.5.',
    tiered({ tiers: [{ upTo: null, unit: 0.5 }] }),
  ],
  [
    'plan pro, a month in usd: flat of tier 1 is a whole number of minor units; it is -1.',
    tiered({ tiers: [{ upTo: null, unit: 5, flat: -1 }] }),
  ],
]

/** Pro with 100 exports a month, more of them billed. */
const overage =
  (change: object, feature: object = {}, prices: object[] = [{}]) =>
  (c: Config) => {
    Object.assign(c.features.exports ?? {}, { beyond: 'overage' }, feature)
    const each = { interval: 'month', currency: 'usd', per: 'exports', unitAmount: 5 }
    plan(c, {
      grants: { seats: 'purchased', exports: 100, sso: true },
      overage: prices.map((one) => ({ ...each, ...one })),
      ...change,
    })
  }

export const overageCases: [fault: string, change: (config: Config) => void][] = [
  ['plan pro, overage of sso: it must be a consumable feature.', overage({}, {}, [{}, { per: 'sso' }])],
  [
    "plan pro, overage of exports: it must start again with the billing period (reset: 'billing'), which is what is invoiced.",
    overage({}, { reset: 'day' }),
  ],
  [
    'plan pro, overage of exports: it is counted for each user; only what the account counts is billed.',
    overage({}, { scope: 'user' }),
  ],
  [
    'plan pro, overage of exports: the plan must grant a number of units of it.',
    overage({ grants: { seats: 'purchased', exports: 'unlimited' } }),
  ],
  [
    "plan pro, overage of exports: beyond its limit it must be allowed: beyond: 'overage', in the feature or the plan.",
    overage({}, { beyond: 'block' }),
  ],
  [
    'plan pro, overage of exports has no price for a year in usd; the plan has.',
    overage({ prices: [price, { ...price, interval: 'year' }] }),
  ],
  [
    'plan pro, overage of exports has a price for a month in eur, in which the plan is not sold.',
    overage({}, {}, [{}, { currency: 'eur' }]),
  ],
  ['plan pro, overage of exports has two prices for a month in usd.', overage({}, {}, [{}, { unitAmount: 6 }])],
  ['plan pro, overage of exports: units is a whole number of at least 1; it is 0.', overage({}, {}, [{ units: 0 }])],
  [
    'plan pro, overage of exports: unitAmount -5 must be a whole number of minor units.',
    overage({}, {}, [{ unitAmount: -5 }]),
  ],
  [
    'plan pro, a month in usd: units are for overage; seats are sold one by one.',
    (c) => plan(c, { prices: [{ ...price, units: 5 }] }),
  ],
]
