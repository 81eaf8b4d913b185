import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { fingerprintOf } from '../../../server/src/billing/fingerprint.ts'
import type { LiveSubscription } from '../../../server/src/billing/model.ts'
import { itemOf, targetOf, unfitness } from '../../../server/src/billing/targets.ts'
import { type Sellable, sellablesFor } from '../../../server/src/catalog/offers.ts'
import { item, live, start } from '../samples.ts'

const sellables = sellablesFor({
  catalog: config,
  account: 'acme',
  holding: { plan: 'starter', interval: 'month', currency: 'usd', quantities: { seats: 5 } },
  start: null,
  seal: (text) => text,
})
const [add, professional] = sellables as [Sellable, Sellable]
const presentKey = 'softgate_starter_month_usd'

describe('a subscription that one click can change', () => {
  it('is active, pays by card, and nothing else is about to happen to it', () => {
    expect(unfitness(live())).toBeNull()
  })

  test.each<[Partial<LiveSubscription>, RegExp]>([
    [{ paused: true }, /paused. Resume/],
    [{ schedule: 'sub_sched_1' }, /schedule/],
    [{ cancelAt: start }, /ends soon. Resume/],
    [{ collectionMethod: 'send_invoice' }, /pays by invoice/],
    [{ status: 'past_due' }, /unpaid. Pay it first/],
    [{ status: 'unpaid' }, /unpaid. Pay it first/],
    ...['trialing', 'incomplete', 'incomplete_expired', 'canceled', 'paused'].map(
      (status): [Partial<LiveSubscription>, RegExp] => [{ status }, new RegExp(`The subscription is ${status}.`)],
    ),
  ])('is not one with %j, and the reason says what to do', (rest, reason) => {
    expect(unfitness(live(rest))).toMatch(reason)
  })
})

describe('the target of a change', () => {
  it('is an absolute number of units, whatever was there', () => {
    const units = fc.integer({ min: 1, max: 1_000 })
    fc.assert(
      fc.property(units, units, (held, more) => {
        const given = live({ items: [item({ id: 'si_x', lookupKey: null }), item({ quantity: held })] })
        const input = { live: given, sellable: add, quantity: more, presentKey, priceAfter: 'price_starter' }
        expect(targetOf(input)).toEqual({
          change: { kind: 'add', feature: 'seats', quantity: more },
          targets: [{ id: 'si_1', price: 'price_starter', quantity: held + more }],
        })
        expect(targetOf({ ...input, sellable: professional, priceAfter: 'price_pro' })).toEqual({
          change: { kind: 'switch', plan: 'professional', feature: 'seats', quantity: held },
          targets: [{ id: 'si_1', price: 'price_pro', quantity: held }],
        })
      }),
    )
  })

  it('is none when Stripe does not bill the plan that we think of', () => {
    expect(() => itemOf(live(), 'softgate_business_month_usd')).toThrow(
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
    { schedule: 'sub_sched_1' },
    { pending: { expiresAt: start, quote: null } },
    { cancelAt: start },
    { paused: true },
    { collectionMethod: 'send_invoice' },
    { discounts: ['di_1'] },
    { paymentMethod: 'pm_2' },
    { paymentMethod: null },
    { balance: -500 },
  ]

  it('is another for every change that a price could rest on', () => {
    const prints = [live(), ...changes.map((change) => live(change))].map(fingerprintOf)
    expect(new Set(prints).size).toBe(changes.length + 1)
  })

  it('stays for what touches no price', () => {
    for (const same of [{}, { quote: 'qt_1' }, { customer: 'cus_2' }, { created: 1 }])
      expect(fingerprintOf(live(same))).toBe(fingerprintOf(live()))
  })
})
