import { describe, expect, it, test } from 'vitest'
import { type ConfigInput, defineConfig } from '../../../server/src/catalog/define.ts'
import type { Feature } from '../../../server/src/catalog/model.ts'
import { createSnapshot } from '../../../server/src/entitlements/snapshot.ts'
import { account, start } from '../samples.ts'
import { overageCases, tierCases } from './price-faults.ts'
import { smallConfig, text } from './sample-config.ts'

type Config = ConfigInput<string, string, string>

/** What a configuration is refused for, a line each. */
const faultsOf = (change: (config: Config) => void): string[] => {
  const config = smallConfig()
  change(config)
  try {
    defineConfig(config)
    return []
  } catch (error) {
    const [, ...lines] = (error as Error).message.split('\n')
    return lines.map((line) => line.replace(/^- /, ''))
  }
}

const grant = (config: Config, plan: string, feature: string, value: unknown) =>
  Object.assign(config.plans[plan]?.grants ?? {}, { [feature]: value })
const price = { interval: 'month' as const, currency: 'usd', unitAmount: 1_200, per: 'seats' }
const addon = {
  title: 'More exports',
  grants: { exports: 100 },
  prices: [{ interval: 'month', currency: 'usd', unitAmount: 900 }],
}
const trigger = (config: Config, change: object) => Object.assign(config.triggers?.ceiling ?? {}, change)
const feature = (config: Config, key: string, change: object) => Object.assign(config.features[key] ?? {}, change)
const plan = (config: Config, change: object) => Object.assign(config.plans.pro ?? {}, change)
const prompt = (config: Config, change: object) => Object.assign(config.prompts?.nearly_full ?? {}, change)

const cases: [fault: string, change: (config: Config) => void][] = [
  [
    'plan "Pro Plus": a key is 1 to 40 small letters, digits and underscores, a letter first.',
    (c) => {
      c.plans['Pro Plus'] = { title: 'P', grants: {} }
    },
  ],
  [
    'feature "2fa": a key is 1 to 40 small letters, digits and underscores, a letter first.',
    (c) => {
      c.features['2fa'] = { kind: 'boolean', title: 'T' }
    },
  ],
  ['feature sso: kind is "bool"; it is boolean, metered or static.', (c) => feature(c, 'sso', { kind: 'bool' })],
  [
    'feature exports: meter is "monthly"; it is consumable, which begins again each period, or allocated.',
    (c) => feature(c, 'exports', { meter: 'monthly' }),
  ],
  ['plan pro grants "sos", which is not among the features.', (c) => grant(c, 'pro', 'sos', true)],
  ['plan free: the grant of sso does not fit a boolean feature.', (c) => grant(c, 'free', 'sso', 3)],
  ['plan free: the grant of history does not fit a static feature.', (c) => grant(c, 'free', 'history', true)],
  ['plan free: the grant of exports does not fit a metered feature.', (c) => grant(c, 'free', 'exports', 1.5)],
  ['plan free: the grant of seats does not fit a metered feature.', (c) => grant(c, 'free', 'seats', -1)],
  ['plan free: seats is granted as purchased, but no price sells it.', (c) => grant(c, 'free', 'seats', 'purchased')],
  [
    "plan free: a price sells seats, so its grant must be 'purchased'.",
    (c) => Object.assign(c.plans.free ?? {}, { prices: [price] }),
  ],
  [
    'plan pro: "USD" is not an ISO 4217 code in small letters.',
    (c) => plan(c, { prices: [{ ...price, currency: 'USD' }] }),
  ],
  [
    'plan pro, a month in usd: unitAmount 12.5 must be a whole number of minor units.',
    (c) => plan(c, { prices: [{ ...price, unitAmount: 12.5 }] }),
  ],
  [
    'plan pro has two prices for a month in usd; one of each interval and currency is billed.',
    (c) => plan(c, { prices: [price, { ...price, unitAmount: 1 }] }),
  ],
  [
    'plan pro: "xyz" is not an ISO 4217 code in small letters.',
    (c) => plan(c, { prices: [{ ...price, currency: 'xyz' }] }),
  ],
  ...tierCases,
  ...overageCases,
  ['plan pro: trialDays is a whole number from 1 to 730; it is 0.', (c) => plan(c, { trialDays: 0 })],
  ['plan pro: maxQuantity is a whole number of at least 1; it is 0.', (c) => plan(c, { maxQuantity: 0 })],
  [
    'feature exports: softLimit is a whole percentage from 1 to 100; it is 101.',
    (c) => feature(c, 'exports', { softLimit: 101 }),
  ],
  [
    'feature exports: softLimit is a whole percentage from 1 to 100; it is 1.1.',
    (c) => feature(c, 'exports', { softLimit: 1.1 }),
  ],
  [
    'feature exports: browser.maxValue is a whole number of at least 1; it is 0.',
    (c) => feature(c, 'exports', { browser: { maxValue: 0 } }),
  ],
  ['feature seats: an allocated feature is a level and never resets.', (c) => feature(c, 'seats', { reset: 'month' })],
  ['prompt nearly_full has no variant to show.', (c) => prompt(c, { variants: {} })],
  [
    'prompt nearly_full, variant fact: there is no copy in any language.',
    (c) => prompt(c, { variants: { fact: { copy: {} } } }),
  ],
  [
    'prompt nearly_full, variant fact: weight is a number of at least 0; it is -1.',
    (c) => prompt(c, { variants: { fact: { weight: -1, copy: { en: { buy: text, ask: text } } } } }),
  ],
  [
    'prompt nearly_full has no variant to show.',
    (c) => prompt(c, { variants: { fact: { weight: 0, copy: { en: { buy: text, ask: text } } } } }),
  ],
  ['trigger ceiling shows the prompt "lost", which does not exist.', (c) => trigger(c, { prompt: 'lost' })],
  [
    'trigger ceiling watches "seeds", which is not among the features.',
    (c) => trigger(c, { source: { on: 'usage', above: 80, feature: 'seeds' } }),
  ],
  ['trigger ceiling: holdout is a share from 0 to below 1.', (c) => trigger(c, { holdout: 1 })],
  [
    'trigger ceiling is proactive and needs a holdout above 0, or nobody can tell what it does.',
    (c) => trigger(c, { holdout: 0 }),
  ],
  [
    'trigger ceiling: above is a whole percentage from 1 to 99.',
    (c) => trigger(c, { source: { on: 'usage', above: 100 } }),
  ],
  ['trigger ceiling: to is own, admins or both; it is everyone.', (c) => trigger(c, { to: 'everyone' })],
  [
    'trigger ceiling answers the user who met the gate, and nobody else; it needs no to.',
    (c) => trigger(c, { source: { on: 'blocked' }, to: 'own' }),
  ],
  ['trigger ceiling: cooldownDays is a number of at least 0; it is -1.', (c) => trigger(c, { cooldownDays: -1 })],
  ['defaultPlan is "none", which is not among the plans.', (c) => Object.assign(c, { defaultPlan: 'none' })],
  ['defaultPlan is "toString", which is not among the plans.', (c) => Object.assign(c, { defaultPlan: 'toString' })],
  ['changes.planDown is prorate or renewal; it is "full".', (c) => Object.assign(c, { changes: { planDown: 'full' } })],
  [
    'changes.quantityUp is prorate, renewal or full; it is "later".',
    (c) => Object.assign(c, { changes: { quantityUp: 'later' } }),
  ],
  ['changes.seatsUp is no direction of a change.', (c) => Object.assign(c, { changes: { seatsUp: 'full' } })],
  [
    'changes.undo is a whole number of minutes from 0 to 1,440; it is -1.',
    (c) => Object.assign(c, { changes: { undo: -1 } }),
  ],
  [
    'changes.downgradeBelowUse is block or grace; it is "warn".',
    (c) => Object.assign(c, { changes: { downgradeBelowUse: 'warn' } }),
  ],
  ['changes.onReversal is revoke or keep; it is "ask".', (c) => Object.assign(c, { changes: { onReversal: 'ask' } })],
  [
    'changes.onRenewalReversal is revoke, cancel or keep; it is "end".',
    (c) => Object.assign(c, { changes: { onRenewalReversal: 'end' } }),
  ],
  [
    'addon more: the grant of exports does not fit a metered feature.',
    (c) => Object.assign(c, { addons: { more: { ...addon, grants: { exports: 'unlimited' } } } }),
  ],
  [
    'addon more: seats is sold by the unit with a plan; sell more units of it there.',
    (c) => Object.assign(c, { addons: { more: { ...addon, grants: { seats: 5 } } } }),
  ],
  [
    'addon more goes with "none", which is not among the plans.',
    (c) => Object.assign(c, { addons: { more: { ...addon, plans: ['none'] } } }),
  ],
  ['addon more has no price.', (c) => Object.assign(c, { addons: { more: { ...addon, prices: [] } } })],
  [
    'addon more has two prices for a month in usd; one of each interval and currency is billed.',
    (c) => Object.assign(c, { addons: { more: { ...addon, prices: [...addon.prices, ...addon.prices] } } }),
  ],
  [
    'ingest.maxAgeDays is a whole number of at least 1; it is NaN.',
    (c) => Object.assign(c, { ingest: { ...c.ingest, maxAgeDays: Number.NaN } }),
  ],
  [
    'ingest.maxAheadSeconds is a whole number from 0 to 86400, a day; it is 1000000000.',
    (c) => Object.assign(c, { ingest: { ...c.ingest, maxAheadSeconds: 1e9 } }),
  ],
  [
    'retention.eventsDays is a whole number of at least 70, twice ingest.maxAgeDays; it is 69.',
    (c) => Object.assign(c, { retention: { ...c.retention, eventsDays: 69 } }),
  ],
  [
    'retention.usageDays is a whole number of at least 401: the year that is told, and ingest.maxAgeDays; it is 400.',
    (c) => Object.assign(c, { retention: { ...c.retention, usageDays: 400 } }),
  ],
  [
    'comparison.leastAccounts is a whole number of at least 5, or an account could be recognised; it is 4.',
    (c) => Object.assign(c, { comparison: { ...c.comparison, leastAccounts: 4 } }),
  ],
  [
    'comparison.size must name an allocated feature of the catalogue, or a fact.',
    (c) => Object.assign(c, { comparison: { ...c.comparison, size: { feature: 'exports' } } }),
  ],
  [
    'comparison.size is a level of the account; that feature has one for each user.',
    (c) => {
      Object.assign(c.features.seats ?? {}, { scope: 'user' })
      Object.assign(c, { comparison: { ...c.comparison, size: { feature: 'seats' } } })
    },
  ],
  [
    'comparison.bands are numbers of at least 0 in ascending order.',
    (c) => Object.assign(c, { comparison: { ...c.comparison, bands: [5, 5] } }),
  ],
  ['quoteMinutes is 11; a quote holds at most 10 minutes.', (c) => Object.assign(c, { quoteMinutes: 11 })],
  [
    'origin "https://app.example.com/" must be exactly scheme, host and port, such as https://app.example.com.',
    (c) => Object.assign(c, { origins: ['https://app.example.com/'] }),
  ],
  [
    'checkoutReturn is "/billing"; it must be the whole address of a page, such as https://app.example.com/billing.',
    (c) => Object.assign(c, { checkoutReturn: '/billing' }),
  ],
  [
    'checkout is "popup"; it is hosted, on a page of Stripe\'s, or embedded, in the dialog.',
    (c) => Object.assign(c, { checkout: 'popup' }),
  ],
  [
    "tax is { automatic: true, prices: 'exclusive' or 'inclusive' }, or { rates: ['txr_…'] }.",
    (c) => Object.assign(c, { tax: { automatic: true } }),
  ],
  [
    'tax: rates say themselves whether prices contain them; leave automatic and prices out.',
    (c) => Object.assign(c, { tax: { prices: 'exclusive', rates: ['txr_1'] } }),
  ],
  [
    'tax.ids is true or false; it is "yes".',
    (c) => Object.assign(c, { tax: { automatic: true, prices: 'exclusive', ids: 'yes' } }),
  ],
  [
    'tax.rates are ids of tax rates at Stripe, such as txr_1A2b, at least one.',
    (c) => Object.assign(c, { tax: { rates: [] } }),
  ],
  [
    'checkoutReturn is "javascript:alert(1)"; it must be the whole address of a page, such as https://app.example.com/billing.',
    (c) => Object.assign(c, { checkoutReturn: 'javascript:alert(1)' }),
  ],
  [
    'checkoutReturn leads to https://evil.example, which is not among the origins.',
    (c) => Object.assign(c, { origins: ['https://app.example.com'], checkoutReturn: 'https://evil.example/billing' }),
  ],
]

describe('a configuration', () => {
  test.each(cases)('is refused: %s', (fault, change) => {
    expect(faultsOf(change)).toEqual([fault])
  })

  it('lists everything that is wrong with it at once', () => {
    const all = cases.filter(([fault]) =>
      /^(feature exports: browser|plan free grants|defaultPlan is "none"|quoteMinutes|plan pro grants)/.test(fault),
    )
    const found = faultsOf((config) => {
      for (const [, change] of all) change(config)
    })
    expect(found.sort()).toEqual(all.map(([fault]) => fault).sort())
    expect(found.length).toBeGreaterThan(3)
  })

  it('says how many faults there are in the words of a person', () => {
    expect(() => defineConfig({ ...smallConfig(), quoteMinutes: 0 })).toThrow('has 1 fault:\n- quoteMinutes')
    expect(() => defineConfig({ ...smallConfig(), quoteMinutes: 0, defaultPlan: 'x' })).toThrow('has 2 faults:\n- ')
  })

  it('is completed with the defaults', () => {
    const { features, plans } = smallConfig()
    expect(defineConfig({ features, plans, defaultPlan: 'free' })).toMatchObject({
      triggers: { attempted: { source: { on: 'blocked' }, prompt: 'attempted' } },
      prompts: { attempted: { placement: 'dialog' } },
      billing: 'stripe',
      defaultSegment: 'smb',
      purchaseRoles: ['owner', 'admin'],
      quoteMinutes: 10,
      ingest: { maxAgeDays: 35, maxAheadSeconds: 300 },
      comparison: { leastAccounts: 10, size: null, bands: [5, 20, 50, 200] },
      retention: { eventsDays: 100, usageDays: 420, export: null },
      browserSignals: [],
      origins: [],
      checkoutReturn: null,
      checkout: 'hosted',
      tax: null,
      addons: {},
      changes: {
        quantityUp: 'prorate',
        quantityDown: 'renewal',
        planUp: 'prorate',
        planDown: 'renewal',
        intervalUp: 'prorate',
        intervalDown: 'renewal',
        undo: 15,
        downgradeBelowUse: 'block',
        onReversal: 'revoke',
        onRenewalReversal: 'revoke',
      },
    })
  })

  it('changes one bound of the readiness gate and keeps the others', () => {
    const { readiness } = defineConfig({ ...smallConfig(), readiness: { enterprise: { nps: 9 } } })
    expect(readiness.enterprise).toMatchObject({ nps: 9, keyFeatures: 7, healthScore: 85, unknownPasses: false })
    expect(readiness.smb).toMatchObject({ nps: 7, unknownPasses: true })
  })

  it('keeps the order of its plans, as the next plan up is the one after', () => {
    expect(Object.keys(defineConfig(smallConfig()).plans)).toEqual(['free', 'pro'])
  })

  it('finds nothing under the names that every object has', () => {
    const { features, plans, prompts, triggers } = defineConfig(smallConfig())
    for (const group of [features, plans, prompts, triggers])
      for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) expect(group[name]).toBeUndefined()
  })

  it('grants a feature with the name of such a thing only where a plan says so', () => {
    const small = smallConfig()
    const feature: Feature = { kind: 'boolean', title: 'Constructor' }
    const catalog = defineConfig({ ...small, features: { ...small.features, constructor: feature } })
    const snapshot = createSnapshot(catalog, { account: account(), subscription: null, counters: [] }, start)
    expect(snapshot.decide('constructor', 1)?.state).toBe('locked')
  })
})
