import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import type { Catalog } from '../../../server/src/catalog/model.ts'
import { type Holding, type OfferContext, offerFor, sellablesFor } from '../../../server/src/catalog/offers.ts'

const seal = (text: string): string => createHmac('sha256', 'key').update(text).digest('base64url').slice(0, 22)
const starter: Holding = { plan: 'starter', interval: 'month', currency: 'usd', quantities: { seats: 5 } }
const context = (holding: Partial<Holding> | null = {}, rest: Partial<OfferContext> = {}): OfferContext => ({
  catalog: config,
  account: 'acme',
  holding: holding && { ...starter, ...holding },
  seal,
  ...rest,
})
const sold = (given: OfferContext): string[] => sellablesFor(given).map(({ kind, plan }) => `${kind} ${plan}`)
const withMax = (maxQuantity: number): Catalog => ({
  ...config,
  plans: Object.fromEntries(Object.entries(config.plans).map(([key, plan]) => [key, { ...plan, maxQuantity }])),
})

describe('what an account can buy', () => {
  it('is more units of its plan first, then the plans above it that are on sale, in order', () => {
    expect(sold(context())).toEqual(['add starter', 'switch professional', 'switch business'])
    expect(sold(context({ plan: 'business' }))).toEqual(['add business'])
  })

  it('is nothing without a subscription, on a plan that is not sold or not known, or with billing off', () => {
    expect(sold(context(null))).toEqual([])
    for (const plan of ['enterprise', 'gone']) expect(sold(context({ plan }))).toEqual([])
    expect(sold(context({}, { catalog: { ...config, billing: 'off' } }))).toEqual([])
  })

  it('is priced in the currency and by the interval that are paid now, or not offered', () => {
    const prices = (given: OfferContext) => sellablesFor(given).map(({ offer }) => [offer.price, offer.interval])
    expect(prices(context({ interval: 'year' }))[0]).toEqual([{ amount: 12_000, currency: 'usd' }, 'year'])
    expect(prices(context({ currency: 'eur' }))).toEqual([])
  })

  it('is nothing of what the subscription does not bill', () => {
    expect(sold(context({ quantities: { desks: 5 } }))).toEqual([])
  })

  it('ends where the plan ends: no more units than it sells, no plan for fewer units than are held', () => {
    expect(sold(context({ quantities: { seats: 10 } }, { catalog: withMax(10) }))).toEqual([
      'switch professional',
      'switch business',
    ])
    expect(sold(context({ quantities: { seats: 11 } }, { catalog: withMax(10) }))).toEqual([])
    const [more] = sellablesFor(context({}, { catalog: withMax(10) }))
    expect(more?.offer.quantity).toEqual({ min: 1, max: 5, step: 1, default: 1 })
  })

  it('always keeps the units within what the plan sells, for every quantity in the range', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 30 }), (seats, max) => {
        for (const { offer, unitsAfter } of sellablesFor(context({ quantities: { seats } }, { catalog: withMax(max) })))
          expect(unitsAfter(offer.quantity?.max ?? 1)).toBeLessThanOrEqual(max)
      }),
    )
  })
})

describe('the id of an offer', () => {
  const ids = (given: OfferContext): string[] => sellablesFor(given).map(({ offer }) => offer.id)

  it('says nothing of plan or price, and stays while the offer does', () => {
    const [first] = ids(context())
    expect(ids(context()).join()).not.toMatch(/starter|professional|business|1200|seats|acme/)
    expect(ids(context({ quantities: { seats: 9 } }))[0]).toBe(first)
  })

  it('is another for every account, plan, interval and price', () => {
    const dearer: Catalog = {
      ...config,
      plans: {
        ...config.plans,
        starter: {
          title: 'Starter',
          grants: { seats: 'purchased' },
          prices: [{ interval: 'month', currency: 'usd', unitAmount: 1_300, per: 'seats' }],
        },
      },
    }
    const all = [
      ...ids(context()),
      ...ids(context({}, { account: 'birch' })),
      ...ids(context({ interval: 'year' })),
      ids(context({}, { catalog: dearer }))[0],
      ...ids(context({ plan: 'professional' })).slice(0, 1),
    ]
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('the offer that answers a need', () => {
  const answer = (given: OfferContext, feature: string, used: number, quantity = 1) => {
    const found = offerFor(given, feature, used, quantity)
    return found && [found.sellable.kind, found.sellable.plan, found.quantity, found.sellable.offer.quantity?.default]
  }

  it('is as many more units as are missing, and the range begins there', () => {
    expect(answer(context(), 'seats', 5)).toEqual(['add', 'starter', 1, 1])
    expect(answer(context(), 'seats', 5, 3)).toEqual(['add', 'starter', 3, 3])
    expect(answer(context(), 'seats', 7, 3)).toEqual(['add', 'starter', 5, 5])
    expect(answer(context(), 'seats', 2)).toEqual(['add', 'starter', 1, 1])
  })

  it('is the first plan above that gives enough, for the units that are held', () => {
    expect(answer(context(), 'sso', 0)).toEqual(['switch', 'professional', 5, undefined])
    expect(answer(context(), 'exports', 50)).toEqual(['switch', 'professional', 5, undefined])
    expect(answer(context(), 'exports', 500)).toEqual(['switch', 'business', 5, undefined])
    expect(answer(context(), 'exports', 0, 501)).toEqual(['switch', 'business', 5, undefined])
    expect(answer(context(), 'history_days', 0)).toEqual(['switch', 'professional', 5, undefined])
  })

  it('is none when nothing on sale would help', () => {
    expect(answer(context(), 'automations', 50_000)).toBeNull()
    expect(answer(context({ plan: 'business' }), 'automations', 50_000)).toBeNull()
    expect(answer(context(), 'nothing', 0)).toBeNull()
    expect(answer(context(), 'seats', 5, 996)).toBeNull()
    expect(answer(context(null), 'seats', 5)).toBeNull()
  })

  it('always makes room when it is made', () => {
    const need = fc.record({
      seats: fc.integer({ min: 1, max: 40 }),
      used: fc.integer({ min: 0, max: 60 }),
      quantity: fc.integer({ min: 1, max: 30 }),
    })
    fc.assert(
      fc.property(need, ({ seats, used, quantity }) => {
        const found = offerFor(context({ quantities: { seats } }, { catalog: withMax(50) }), 'seats', used, quantity)
        expect(found === null || used + quantity <= found.sellable.unitsAfter(found.quantity)).toBe(true)
        expect(found !== null).toBe(Math.max(used + quantity, seats + 1) <= 50)
      }),
    )
  })
})
