import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Catalog, MeteredFeature } from '../../../server/src/catalog/model.ts'
import { countersOf, createUse } from '../../../server/src/entitlements/counted.ts'
import type { CounterRow } from '../../../server/src/metering/model.ts'
import { account, day, start, subscription } from '../samples.ts'

const runs = (rest: Partial<MeteredFeature>): MeteredFeature => ({
  kind: 'metered',
  meter: 'consumable',
  title: 'Runs',
  unit: { one: 'run', other: 'runs' },
  ...rest,
})
const catalogOf = (feature: MeteredFeature): Catalog => ({ features: { runs: feature } }) as unknown as Catalog
const row = (period: number, used: number): CounterRow => ({
  account: 'acme',
  feature: 'runs',
  scope: '',
  period,
  used,
})

interface Setting {
  now?: number
  timeZone?: string
  paid?: Parameters<typeof subscription>[0] | null
}

/** The counters of one feature, and its use when these were counted. */
function open(feature: MeteredFeature, rows: CounterRow[] = [], { now = start, timeZone, paid = null }: Setting = {}) {
  const who = account({ timeZone: timeZone ?? null, createdAt: start - 400 * day })
  const time = { account: who, subscription: paid && subscription(paid) }
  const [counters] = countersOf(catalogOf(feature), time, now)
  if (!counters) throw new Error('it is counted')
  return { counters, use: createUse(feature, counters, rows) }
}

const date = (month: number, of: number): number => Date.UTC(2027, month - 1, of)

describe('a rolling window', () => {
  const window = runs({ reset: { days: 30 } })

  it('is the day of the account and the days before, by slots that the next midnight moves', () => {
    const { counters } = open(window, [], { timeZone: 'America/New_York', now: date(3, 13) + 3_600_000 })
    expect(counters.period).toEqual({
      start: date(3, 12) + 5 * 3_600_000,
      end: date(3, 13) + 5 * 3_600_000,
      key: date(3, 12),
    })
    expect([counters.earlier.length, counters.earlier[0], counters.from]).toEqual([29, date(3, 11), date(2, 11)])
  })

  it('holds as many days where the clocks change, in leap years too', () => {
    for (const now of [Date.UTC(2027, 2, 29), Date.UTC(2028, 1, 29), Date.UTC(2028, 2, 1)]) {
      const { counters } = open(window, [], { now: now + 12 * 3_600_000, timeZone: 'Europe/Berlin' })
      expect((now - counters.from) / day).toBe(29)
    }
  })

  it('counts what lies in it and lets go of what does not', () => {
    const rows = [
      row(date(2, 10), 100),
      row(date(2, 11), 7),
      row(date(3, 1), 5),
      row(date(3, 12), 2),
      row(date(3, 13), 50),
    ]
    const { use } = open(window, rows)
    expect(use.used()).toBe(14)
    expect(use.count(row(date(2, 10), 999))).toBe(false)
    expect(use.count(row(date(3, 1), 6))).toBe(true)
    expect(use.used()).toBe(15)
  })
})

describe('what never resets', () => {
  it('has one counter for ever', () => {
    const { counters } = open(runs({ reset: 'never' }), [row(0, 9)])
    expect(counters).toMatchObject({ period: null, earlier: [], from: 0 })
  })
})

describe('units that roll over', () => {
  const monthly = runs({ reset: 'month', rollover: { cap: 50 } })

  it('are what earlier periods left, never more than the cap', () => {
    const { use } = open(monthly, [row(date(2, 1), 90), row(date(1, 1), 1_000)])
    expect(use.carried(100)).toBe(10)
    expect(open(monthly, [row(date(2, 1), 1)]).use.carried(100)).toBe(50)
    expect(open(monthly, [row(date(2, 1), 100)]).use.carried(100)).toBe(50)
    expect(open(monthly, [row(date(2, 1), 160)]).use.carried(100)).toBe(0)
  })

  it('come from whole periods of the subscription only, also when a change began another one in mid-period', () => {
    const billing = runs({ rollover: { cap: 50 } })
    const moved = { anchor: date(3, 12), periodStart: date(3, 12), periodEnd: date(4, 12) }
    expect(open(billing, [], { paid: moved }).counters.earlier).toEqual([])
    expect(
      open(billing, [], { paid: { anchor: date(1, 31), periodStart: date(2, 28), periodEnd: date(3, 31) } }).counters
        .earlier,
    ).toEqual([date(1, 31)])
  })

  it('are never fewer for less use, more units, or a higher cap', () => {
    const units = fc.nat(200)
    fc.assert(
      fc.property(
        fc.array(units, { maxLength: 12 }),
        units,
        units,
        units,
        fc.nat(11),
        (used, limit, cap, more, which) => {
          const rowsOf = (all: number[]) => all.map((one, index) => row(Date.UTC(2027, 1 - index, 1), one))
          const carried = (all: number[], roof = cap + 1, units = limit) =>
            open(runs({ reset: 'month', rollover: { cap: roof } }), rowsOf(all)).use.carried(units)
          const base = carried(used)
          expect(base >= 0 && base <= cap + 1).toBe(true)
          expect(
            carried(used.map((one, index) => (index === which ? Math.max(0, one - more) : one))),
          ).toBeGreaterThanOrEqual(base)
          expect(carried(used, cap + 1 + more)).toBeGreaterThanOrEqual(base)
          expect(carried(used, cap + 1, limit + more)).toBeGreaterThanOrEqual(base)
        },
      ),
    )
  })
})
