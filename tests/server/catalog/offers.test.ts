import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import teamflow from '../../../examples/teamflow/softgate.config.ts'
import { offerFor } from '../../../server/src/catalog/answer.ts'
import type { Catalog } from '../../../server/src/catalog/model.ts'
import { type Holding, type OfferContext, type Start, sellablesFor } from '../../../server/src/catalog/offers.ts'

/** What is sold by the seat; add-ons have tests of their own. */
const config: Catalog = { ...teamflow, addons: {} }
const seal = (text: string): string => createHmac('sha256', 'key').update(text).digest('base64url').slice(0, 22)
const starter: Holding = {
  plan: 'starter',
  interval: 'month',
  currency: 'usd',
  quantities: { seats: 5 },
  addons: {},
  rates: {},
  pending: null,
  trial: false,
  fresh: null,
}
const context = (holding: Partial<Holding> | null = {}, rest: Partial<OfferContext> = {}): OfferContext => ({
  catalog: config,
  account: 'acme',
  holding: holding && { ...starter, ...holding },
  start: null,
  seal,
  ...rest,
})
/** Steps up at the interval that is paid: what a prompt may answer with. */
const sold = (given: OfferContext): string[] => {
  const keys = Object.keys(given.catalog.plans)
  return sellablesFor(given)
    .filter(({ kind, plan, price }) => {
      const rise = keys.indexOf(plan) - keys.indexOf(given.holding?.plan ?? '')
      return kind === 'add' || (kind === 'switch' && rise > 0 && price.interval === given.holding?.interval)
    })
    .map(({ kind, plan }) => `${kind} ${plan}`)
}
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

  it('is priced as the account pays it where it keeps an older price, and as the catalogue says where something is new to it', () => {
    const paid = { softgate_starter_month_usd: { unitAmount: 900 } }
    const amounts = (kind: string) =>
      sellablesFor(context({ rates: paid }))
        .filter((sellable) => sellable.kind === kind)
        .map(({ offer, plan }) => [plan, offer.interval, offer.price.amount])
    for (const kind of ['add', 'remove', 'cancel', 'resume']) expect(amounts(kind)).toEqual([['starter', 'month', 900]])
    expect(amounts('switch').slice(0, 3)).toEqual([
      ['professional', 'month', 2_000],
      ['business', 'month', 3_200],
      ['starter', 'year', 12_000],
    ])
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
        for (const { kind, offer, after: unitsAfter } of sellablesFor(
          context({ quantities: { seats } }, { catalog: withMax(max) }),
        )) {
          if (kind === 'add' || kind === 'switch')
            expect(unitsAfter(offer.quantity?.max ?? 1)?.units).toBeLessThanOrEqual(max)
          if (kind === 'remove') expect(unitsAfter(offer.quantity?.max ?? 1)?.units).toBe(1)
        }
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
      ids(context({ interval: 'year' }))[0],
      ids(context({}, { catalog: dearer }))[0],
      ...ids(context({ plan: 'professional' })).slice(0, 1),
    ]
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('the offer that answers a need', () => {
  const answer = (given: OfferContext, feature: string, used: number, quantity = 1) => {
    const found = offerFor(given, { feature, used, quantity })
    return found && [found.sellable.kind, found.sellable.plan, found.quantity, found.sellable.offer.quantity?.default]
  }

  it('is as many more units as are missing, and the range begins there', () => {
    expect(answer(context(), 'seats', 5)).toEqual(['add', 'starter', 1, 1])
    expect(answer(context(), 'seats', 5, 3)).toEqual(['add', 'starter', 3, 3])
    expect(answer(context(), 'seats', 7, 3)).toEqual(['add', 'starter', 5, 5])
    expect(answer(context(), 'seats', 2)).toEqual(['add', 'starter', 1, 1])
  })

  it('is the first plan above that gives enough, for the units that are held', () => {
    expect(answer(context(), 'sso', 0)).toEqual(['switch', 'professional', 5, 5])
    expect(answer(context(), 'exports', 50)).toEqual(['switch', 'professional', 5, 5])
    expect(answer(context(), 'exports', 500)).toEqual(['switch', 'business', 5, 5])
    expect(answer(context(), 'exports', 0, 501)).toEqual(['switch', 'business', 5, 5])
    expect(answer(context(), 'history_days', 0)).toEqual(['switch', 'professional', 5, 5])
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
        const given = context({ quantities: { seats } }, { catalog: withMax(50) })
        const found = offerFor(given, { feature: 'seats', used, quantity })
        expect(found === null || used + quantity <= (found.sellable.after(found.quantity)?.units ?? 0)).toBe(true)
        expect(found !== null).toBe(Math.max(used + quantity, seats + 1) <= 50)
      }),
    )
  })
})

describe('what an account that pays nothing yet can begin with', () => {
  const start = (rest: Partial<Start> = {}) =>
    context(null, { start: { plan: 'free', currency: null, used: () => 0, ...rest } })
  const begins = (given: OfferContext): string[] =>
    sellablesFor(given).map(({ plan, offer }) => `${plan} ${offer.interval}`)

  it('is every plan on sale from its own up, by the month first, then by the year', () => {
    const all = [
      'starter month',
      'starter year',
      'professional month',
      'professional year',
      'business month',
      'business year',
    ]
    expect(begins(start())).toEqual(all)
    expect(begins(start({ plan: 'professional' }))).toEqual(all.slice(2))
    expect(begins(start({ plan: 'enterprise' }))).toEqual([])
  })

  it('is nothing in a currency that is not sold, or with no page to come back to', () => {
    expect(begins(start({ currency: 'usd' }))).toHaveLength(6)
    expect(begins(start({ currency: 'eur' }))).toEqual([])
    expect(begins({ ...start(), catalog: { ...config, checkoutReturn: null } })).toEqual([])
  })

  it('is for the units in use or more, up to what the plan sells', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 1, max: 30 }), (used, max) => {
        const found = sellablesFor({ ...start({ used: () => used }), catalog: withMax(max) })
        expect(found).toHaveLength(used > max ? 0 : 6)
        for (const { offer, after } of found) {
          expect(offer.quantity).toEqual({ min: Math.max(1, used), max, step: 1, default: Math.max(1, used) })
          expect(after(offer.quantity?.default ?? 0)?.units).toBe(Math.max(1, used))
        }
      }),
    )
  })

  it('answers a need with the first plan that makes room, for all units at once', () => {
    const answer = (feature: string, used: number, quantity = 1) => {
      const found = offerFor(start({ used: () => 2 }), { feature, used, quantity })
      return found && [found.sellable.plan, found.sellable.offer.interval, found.quantity]
    }
    expect(answer('seats', 2, 3)).toEqual(['starter', 'month', 5])
    expect(answer('sso', 0)).toEqual(['professional', 'month', 2])
    expect(answer('exports', 50)).toEqual(['professional', 'month', 2])
    expect(answer('seats', 2, 999)).toBeNull()
  })

  it('has ids of its own', () => {
    const ids = (given: OfferContext) => sellablesFor(given).map(({ offer }) => offer.id)
    const all = [...ids(start()), ...ids(context({ quantities: { seats: 0 } }))]
    expect(new Set(all).size).toBe(all.length)
  })
})
