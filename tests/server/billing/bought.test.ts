import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import config from '../../../examples/teamflow/softgate.config.ts'
import {
  addedBy,
  type BilledInvoice,
  type BilledLine,
  boughtIn,
  moved,
  periodIn,
  waitingAfter,
} from '../../../server/src/billing/bought.ts'
import type { Bundle } from '../../../server/src/catalog/bundle.ts'
import type { Catalog } from '../../../server/src/catalog/model.ts'

const catalog: Catalog = {
  ...config,
  addons: {
    extra: {
      title: 'Extra',
      grants: { exports: 100 },
      prices: [{ interval: 'month', currency: 'usd', unitAmount: 900 }],
    },
  },
}
const at = Date.parse('2027-03-20T12:00:00Z')
const end = Date.parse('2027-04-12T12:00:00Z')
const line = (product: string, units: number, more: Partial<BilledLine> = {}): BilledLine => ({
  product,
  units,
  amount: units * 100,
  start: at,
  end,
  price: `price_of_${product}`,
  proration: true,
  ...more,
})
const billed = (lines: BilledLine[]): BilledInvoice => ({ subscription: 'sub_1', reason: 'change', at, lines })
const holding = (units: number, plan = 'starter', addons: Record<string, number> = {}): Bundle => ({
  plan,
  interval: 'month',
  units,
  addons,
})
const present = holding(9)

describe('what an invoice has billed', () => {
  it('is a period where a line stands for the whole of one that goes on', () => {
    const year = Date.parse('2028-03-20T12:00:00Z')
    const used = line('softgate_overage', 40, { proration: false, end: at })
    expect(periodIn(billed([line('softgate_starter', -5), used]))).toBeNull()
    const lines = [line('softgate_starter', -5), line('softgate_starter', 5, { proration: false, end: year }), used]
    expect(periodIn(billed(lines))).toEqual({ start: at, end: year })
  })

  test.each<[string, BilledLine[], Bundle, Bundle]>([
    ['more units', [line('softgate_starter', -5), line('softgate_starter', 7)], holding(5), holding(7)],
    [
      'several changes in a row, swept into one invoice',
      [
        line('softgate_starter', -5),
        line('softgate_starter', 6),
        line('softgate_starter', -6),
        line('softgate_starter', 8),
      ],
      holding(11),
      holding(14),
    ],
    [
      'another plan',
      [line('softgate_starter', -5), line('softgate_professional', 6)],
      holding(5),
      holding(6, 'professional'),
    ],
    ['an add-on', [line('softgate_addon.extra', 2)], holding(0), holding(0, 'starter', { extra: 2 })],
    [
      'the first units of a plan',
      [line('softgate_professional', 2)],
      holding(0, 'professional'),
      holding(2, 'professional'),
    ],
  ])('within a period is the step that its prorations tell: %s', (_, lines, before, after) => {
    expect(boughtIn(catalog, billed(lines), present)).toMatchObject({ before, after })
  })

  test.each<[string, BilledLine[]]>([
    ['nothing of the catalogue', [line('prod_consulting', 3)]],
    ['nothing that has changed', [line('softgate_starter', -5), line('softgate_starter', 5)]],
    ['two plans at once', [line('softgate_starter', 5), line('softgate_professional', 5)]],
  ])('is not told by %s', (_, lines) => {
    expect(boughtIn(catalog, billed(lines), present)).toBeNull()
  })
})

const bundle = fc.record({
  plan: fc.constantFrom('starter', 'professional', 'business'),
  interval: fc.constant('month' as const),
  units: fc.integer({ min: 1, max: 20 }),
  addons: fc.dictionary(fc.constantFrom('extra', 'more'), fc.integer({ min: 1, max: 5 })),
})
const rank = ({ plan }: Bundle): number => Object.keys(catalog.plans).indexOf(plan)

describe('what is held once a step is taken out', () => {
  it('is what it was before the step, where nothing has come in between', () => {
    fc.assert(
      fc.property(bundle, bundle, (from, to) => {
        expect(moved(from, { from, to })).toEqual(to)
      }),
    )
  })

  it('is told apart from what came on top of it, but not from another plan', () => {
    expect(moved(holding(8), { from: holding(7), to: holding(5) })).toEqual(holding(6))
    expect(moved(holding(1), { from: holding(7), to: holding(5) })).toBeNull()
    expect(moved(holding(5, 'business'), { from: holding(5, 'professional'), to: holding(5) })).toBeNull()
    expect(moved({ ...holding(7), interval: 'year' }, { from: holding(7), to: holding(5) })).toBeNull()
  })

  it('is no less than what others have added, and one unit at least', () => {
    const step = (from: number, to: number) => ({ before: holding(from), after: holding(to) })
    expect(addedBy(present, [step(5, 7), step(7, 9)])).toEqual(holding(4))
    expect(addedBy(present, [{ before: holding(5), after: holding(5, 'starter', { extra: 1 }) }])).toEqual(
      holding(1, 'starter', { extra: 1 }),
    )
    expect(addedBy(present, [{ before: holding(5, 'professional'), after: holding(5) }])).toBeNull()
  })
})

describe('what waits for the renewal', () => {
  it('stays where nothing moves', () => {
    fc.assert(
      fc.property(bundle, bundle, (waiting, held) => {
        expect(waitingAfter(catalog, waiting, held, held)).toEqual(waiting)
      }),
    )
  })

  it('is never more than before once something is taken, nor more than is left where it was to be less', () => {
    const least = fc.tuple(bundle, bundle, fc.integer({ min: 0, max: 19 }))
    fc.assert(
      fc.property(least, ([waiting, before, taken]) => {
        const after = { ...before, units: Math.max(1, before.units - taken) }
        const next = waitingAfter(catalog, waiting, before, after)
        expect(next.units).toBeLessThanOrEqual(waiting.units)
        expect(next.units).toBeGreaterThanOrEqual(1)
        if (waiting.units <= before.units) expect(next.units).toBe(Math.min(waiting.units, after.units))
      }),
    )
  })

  it('brings no plan above the one that is left, unless it was to bring a higher one than was held', () => {
    fc.assert(
      fc.property(bundle, bundle, bundle, (waiting, before, after) => {
        const next = waitingAfter(catalog, waiting, before, after)
        if (rank(waiting) <= rank(before)) expect(rank(next)).toBeLessThanOrEqual(rank(after))
        else expect(next.plan).toBe(waiting.plan)
      }),
    )
  })
})
