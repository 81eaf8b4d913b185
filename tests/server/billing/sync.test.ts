import { describe, expect, it, test } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import { isLive } from '../../../server/src/accounts/model.ts'
import type { LiveSubscription } from '../../../server/src/billing/model.ts'
import { mainSubscription, pricesByKey, toRecord } from '../../../server/src/billing/sync.ts'
import { item, live, start, subscription } from '../samples.ts'

const foreign = item({ id: 'si_f', price: 'price_f', lookupKey: null, quantity: 3, interval: 'year', periodEnd: start })
const record = (rest: Partial<LiveSubscription> = {}) => toRecord(config, 'acme', live(rest), start)

describe('what an account gets from a subscription', () => {
  it('is the plan of its item, the units of it and its period, as of the look', () => {
    expect(record()).toEqual(subscription())
  })

  it('counts our item, wherever it stands among others', () => {
    expect(record({ items: [foreign, item()] })).toEqual(subscription())
  })

  it('is no plan and no units when none of its items is ours', () => {
    expect(record({ items: [foreign] })).toMatchObject({
      plan: null,
      quantities: {},
      interval: 'year',
      periodEnd: start,
    })
    expect(record({ items: [] })).toMatchObject({ plan: null, interval: 'month', periodStart: subscription().anchor })
    expect(record({ items: [item({ lookupKey: 'softgate_gone_month_usd' })] })).toMatchObject({
      plan: null,
      quantities: {},
    })
  })

  test.each<[Partial<LiveSubscription>, boolean]>([
    [{ status: 'active' }, true],
    [{ status: 'trialing' }, true],
    [{ status: 'past_due' }, true],
    [{ status: 'unpaid' }, false],
    [{ status: 'incomplete' }, false],
    [{ status: 'canceled' }, false],
    [{ paused: true }, false],
    [{ status: 'canceled', paused: true }, false],
  ])('with %j is in force: %s', (rest, inForce) => {
    expect(isLive(record(rest))).toBe(inForce)
  })
})

describe('the prices of a catalogue', () => {
  it('are known by their lookup keys', () => {
    const told = [...pricesByKey(config)].map(([key, { price, ...of }]) => [key, Object.values(of), price.unitAmount])
    expect(told).toEqual([
      ['softgate_starter_month_usd', ['starter'], 1_200],
      ['softgate_starter_year_usd', ['starter'], 12_000],
      ['softgate_professional_month_usd', ['professional'], 2_000],
      ['softgate_professional_year_usd', ['professional'], 20_000],
      ['softgate_business_month_usd', ['business'], 3_200],
      ['softgate_business_year_usd', ['business'], 32_000],
      ['softgate_overage.professional.api_calls_month_usd', ['api_calls', 'professional'], 100],
      ['softgate_overage.professional.api_calls_year_usd', ['api_calls', 'professional'], 100],
      ['softgate_overage.business.api_calls_month_usd', ['api_calls', 'business'], 100],
      ['softgate_overage.business.api_calls_year_usd', ['api_calls', 'business'], 100],
      ['softgate_addon.forecasts_month_usd', ['forecasts'], 900],
      ['softgate_addon.forecasts_year_usd', ['forecasts'], 9_000],
    ])
  })
})

describe('the subscription that counts among several', () => {
  const of = (...all: Partial<LiveSubscription>[]) =>
    mainSubscription(
      config,
      all.map((rest) => live(rest)),
    )?.id ?? null
  const later = { created: start }

  test.each<[why: string, lesser: Partial<LiveSubscription>]>([
    ['one that has ended, though newer', { ...later, status: 'canceled' }],
    ['one that never began, though newer', { ...later, status: 'incomplete_expired' }],
    ['one that waits for its first payment, though newer', { ...later, status: 'incomplete' }],
    ['one that is unpaid, though newer', { ...later, status: 'unpaid' }],
    ['one that is paused, though newer', { ...later, paused: true }],
    ['one whose trial ended without a card, though newer', { ...later, status: 'paused' }],
    ['one of something else, though newer', { ...later, items: [foreign] }],
    ['one that is older', { created: 1 }],
  ])('comes before %s', (_, lesser) => {
    const other = { id: 'sub_2', ...lesser }
    expect([of({}, other), of(other, {})]).toEqual(['sub_1', 'sub_1'])
  })

  it('is a live one of something else before ours that has ended', () => {
    expect(of({ status: 'canceled', ...later }, { id: 'sub_2', items: [foreign] })).toBe('sub_2')
  })

  it('is one that is past due, as it still gives its plan', () => {
    expect(of({ status: 'past_due' }, { id: 'sub_2', status: 'canceled', ...later })).toBe('sub_1')
  })

  it('is one that still stands before one that has ended, though newer', () => {
    for (const status of ['unpaid', 'incomplete', 'paused'])
      expect(of({ status }, { id: 'sub_2', status: 'canceled', ...later })).toBe('sub_1')
  })

  it('is none of none', () => {
    expect(of()).toBeNull()
  })
})
