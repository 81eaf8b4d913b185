import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { fingerprintOf } from '../../../server/src/billing/fingerprint.ts'
import type { LiveSubscription } from '../../../server/src/billing/model.ts'
import { billedBundle, itemsAfter, targetsOf, unfitness } from '../../../server/src/billing/targets.ts'
import type { Bundle } from '../../../server/src/catalog/bundle.ts'
import { defineConfig } from '../../../server/src/catalog/define.ts'
import { smallConfig } from '../catalog/sample-config.ts'
import { item, live, start } from '../samples.ts'

describe('a subscription that one click can change', () => {
  it('is active, pays by card, and nothing else is about to happen to it', () => {
    expect(unfitness(live(), 'add')).toBeNull()
    expect(unfitness(live({ status: 'trialing' }), 'add')).toBeNull()
    expect(unfitness(live({ status: 'trialing' }), 'convert')).toBeNull()
  })

  test.each<[Partial<LiveSubscription>, RegExp]>([
    [{ paused: true }, /paused. Resume/],
    [{ schedule: { id: 'sub_sched_1', ours: null, at: start } }, /schedule/],
    [{ cancelAt: start }, /ends soon. Resume/],
    [{ collectionMethod: 'send_invoice' }, /pays by invoice/],
    [{ status: 'past_due' }, /unpaid. Pay it first/],
    [{ status: 'unpaid' }, /unpaid. Pay it first/],
    [{ status: 'incomplete' }, /first payment is not completed/],
    [{ status: 'paused' }, /paused. Resume/],
    ...['incomplete_expired', 'canceled'].map((status): [Partial<LiveSubscription>, RegExp] => [
      { status },
      new RegExp(`The subscription is ${status}.`),
    ]),
  ])('is not one with %j, and the reason says what to do', (rest, reason) => {
    expect(unfitness(live(rest), 'add')).toMatch(reason)
  })

  it('can always be left, and resumed only where it ends', () => {
    for (const status of ['active', 'trialing', 'past_due', 'unpaid', 'incomplete'])
      expect(unfitness(live({ status }), 'cancel')).toBeNull()
    expect(unfitness(live({ cancelAt: start }), 'cancel')).toMatch(/ends already/)
    expect(unfitness(live({ cancelAt: start }), 'resume')).toBeNull()
    expect(unfitness(live(), 'resume')).toMatch(/nothing to resume/)
    expect(unfitness(live(), 'convert')).toMatch(/no trial/)
  })
})

describe('the targets of a change', () => {
  const small = smallConfig()
  const catalog = defineConfig<string, string, string>({
    ...small,
    features: { ...small.features, reports: { kind: 'boolean', title: 'Reports' } },
    plans: {
      ...small.plans,
      starter: {
        title: 'Starter',
        grants: { seats: 'purchased' },
        prices: [
          { interval: 'month', currency: 'usd', unitAmount: 1_200, per: 'seats' },
          { interval: 'year', currency: 'usd', unitAmount: 12_000, per: 'seats' },
        ],
      },
    },
    addons: {
      reports: {
        title: 'Reports',
        grants: { reports: true },
        prices: [{ interval: 'month', currency: 'usd', unitAmount: 500 }],
        maxQuantity: 9,
      },
    },
  })
  const foreign = item({ id: 'si_x', price: 'price_x', lookupKey: null })
  const extra = item({ id: 'si_2', price: 'price_reports', lookupKey: 'softgate_addon.reports_month_usd', quantity: 2 })
  const priceOf = (wish: { plan?: string; addon?: string }) => `price_of_${wish.plan ?? wish.addon}`
  const starter = (rest: Partial<Bundle> = {}): Bundle => ({
    plan: 'starter',
    interval: 'month',
    units: 5,
    addons: {},
    ...rest,
  })
  const targets = (items: LiveSubscription['items'], after: Bundle) =>
    targetsOf({ catalog, live: live({ items }), after, priceOf })

  it('are absolute numbers of units, whatever was there, at the price the item was sold at', () => {
    const units = fc.integer({ min: 1, max: 1_000 })
    fc.assert(
      fc.property(units, units, (held, wanted) => {
        expect(targets([foreign, item({ quantity: held })], starter({ units: wanted }))).toEqual(
          held === wanted ? [] : [{ id: 'si_1', price: 'price_starter', quantity: wanted }],
        )
      }),
    )
  })

  it('are one entry for plan and units together, and bring add-ons along, in and out', () => {
    expect(targets([foreign, item(), extra], starter({ plan: 'pro', units: 7, addons: { reports: 2 } }))).toEqual([
      { id: 'si_1', price: 'price_of_pro', quantity: 7 },
    ])
    expect(targets([item()], starter({ addons: { reports: 3 } }))).toEqual([
      { id: null, price: 'price_of_reports', quantity: 3 },
    ])
    expect(targets([item(), extra], starter())).toEqual([
      { id: 'si_2', price: 'price_reports', quantity: 2, deleted: true },
    ])
    expect(targets([item(), extra], starter({ interval: 'year', addons: { reports: 2 } }))).toEqual([
      { id: 'si_1', price: 'price_of_starter', quantity: 5 },
      { id: 'si_2', price: 'price_of_reports', quantity: 2 },
    ])
  })

  it('leave what is not ours as it is, also in a schedule, which has to list everything', () => {
    const held = live({ items: [foreign, item(), extra] })
    const change = targets(held.items, starter({ units: 3, addons: {} }))
    expect(itemsAfter(held, change)).toEqual([
      { price: 'price_x', quantity: 5 },
      { price: 'price_starter', quantity: 3 },
    ])
    expect(billedBundle(catalog, held).bundle).toEqual(starter({ addons: { reports: 2 } }))
  })

  it('are none when Stripe bills no plan that we know', () => {
    expect(() => billedBundle(catalog, live({ items: [foreign] }))).toThrow(
      expect.objectContaining({ code: 'subscription_not_ready' }),
    )
  })
})

describe('the fingerprint of a subscription', () => {
  const changes: Partial<LiveSubscription>[] = [
    { id: 'sub_2' },
    { status: 'past_due' },
    { livemode: true },
    { currency: 'eur' },
    { items: [] },
    { items: [item({ id: 'si_2' })] },
    { items: [item({ price: 'price_pro' })] },
    { items: [item({ quantity: 6 })] },
    { items: [item(), item()] },
    { latestInvoice: 'in_2' },
    { latestInvoice: null },
    { schedule: { id: 'sub_sched_1', ours: null, at: start } },
    { billingMode: 'classic' },
    { pending: { expiresAt: start, quote: null } },
    { cancelAt: start },
    { paused: true },
    { collectionMethod: 'send_invoice' },
    { discounts: [{ id: 'di_1', once: false, endsAt: null }] },
    { paymentMethod: 'pm_2' },
    { paymentMethod: null },
    { balance: -500 },
  ]

  it('is another for every change that a price could rest on', () => {
    const prints = [live(), ...changes.map((change) => live(change))].map((one) => fingerprintOf(one))
    expect(new Set(prints).size).toBe(changes.length + 1)
  })

  it('stays for a schedule that the quote itself takes away, before and after it is gone', () => {
    const ours = {
      quote: 'qt_1',
      bundle: { plan: 'starter', interval: 'month' as const, units: 5, addons: {} },
      repriced: [],
    }
    const before = fingerprintOf(live({ schedule: { id: 'sub_sched_1', ours, at: start } }), 'sub_sched_1')
    expect(fingerprintOf(live(), 'sub_sched_1')).toBe(before)
    expect(fingerprintOf(live({ schedule: { id: 'sub_sched_2', ours, at: start } }), 'sub_sched_1')).not.toBe(before)
  })

  it('stays for what touches no price', () => {
    for (const same of [{}, { quote: 'qt_1' }, { customer: 'cus_2' }, { created: 1 }])
      expect(fingerprintOf(live(same))).toBe(fingerprintOf(live()))
  })
})
