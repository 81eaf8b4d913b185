import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readSplit, splitValue } from '../../../server/src/metering/days.ts'
import type { Move, Op, UsageDay } from '../../../server/src/metering/model.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { addition, driftsIn, level, type Open, op, start, today, used } from '../setting.ts'

const day = 86_400_000
const features = ['sum', 'max', 'unique', 'level']

type Row = Omit<UsageDay, 'feature'>
const daysOf = (db: Database, account: string, of: { features: string[]; scope?: string; property?: string }) =>
  db.read.metering.usageDays(account, { from: 0, ...of })

const byRegion = (region: string | null) => [{ property: 'region', value: splitValue(region) }]

/** Events of every kind on several days and periods; the ids are few, so that some replace others, seen or not yet seen. */
const anyEvent: fc.Arbitrary<Op> = fc
  .record({
    n: fc.nat(9),
    moment: fc.nat(4 * 24),
    region: fc.constantFrom('eu', 'us', 'true', null),
    what: fc.oneof(
      fc.integer({ min: -3, max: 9 }).map((add) => ({ feature: 'sum', add })),
      fc.nat(9).map((peak) => ({ feature: 'max', peak })),
      fc.constantFrom('a', 'b', 'c').map((key) => ({ feature: 'unique', key })),
      fc.nat(9).map((units) => ({ feature: 'level', level: units })),
      fc.integer({ min: -2, max: 3 }).map((add) => ({ feature: 'level', add })),
    ),
    scoped: fc.boolean(),
    replaces: fc.option(fc.nat(9), { freq: 3 }),
  })
  .map(({ n, moment, region, what, scoped, replaces }) => {
    const time = start + moment * 3_600_000
    const period = what.feature === 'level' ? 0 : time < start + 1.6 * day ? 7 : 8
    const move: Move = { period, add: null, level: null, marks: [], splits: byRegion(region), ...what }
    return op({
      ...move,
      id: `event-${n}`,
      time,
      day: Math.floor(time / day) * day,
      properties: region === null ? null : { region },
      ...(scoped && { scope: 'user:sam', more: [move] }),
      ...(replaces !== null && replaces !== n && { replaces: { id: `event-${replaces}`, since: 0 } }),
    })
  })

/** What one day shows of the events that count, told by the words of the history and nothing else. */
function dayOf(events: readonly Op[]): Omit<Row, 'day' | 'period' | 'value'> {
  const newest = events
    .filter((event) => event.level !== null)
    .sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1))
    .at(-1)
  const sum = (some: readonly Op[]): number => some.reduce((total, { add }) => total + (add ?? 0), 0)
  const peaks = events.flatMap(({ peak }) => peak ?? [])
  return {
    added: sum(events),
    level: newest ? (newest.level ?? 0) + sum(events.filter(({ time }) => time >= newest.time)) : null,
    peak: peaks.length > 0 ? Math.max(...peaks) : null,
    keys: new Set(events.flatMap(({ key }) => key ?? [])).size,
  }
}

/** The days with something to show; those whose events were all taken back may be there or not. */
const shown = (rows: readonly Row[]): Row[] =>
  rows
    .map(({ day: key, period, value, added, level: units, peak, keys }) => ({
      day: key,
      period,
      value,
      added,
      level: units,
      peak,
      keys,
    }))
    .filter((row) => row.added !== 0 || row.level !== null || row.peak !== null || row.keys !== 0)
    .sort((a, b) => a.day - b.day || a.period - b.period || (a.value < b.value ? -1 : 1))

function expected(events: readonly Op[], nameOf: (event: Op) => string): Row[] {
  const groups = new Map<string, Op[]>()
  for (const event of events) {
    const name = JSON.stringify([event.day, event.period, nameOf(event)])
    groups.set(name, [...(groups.get(name) ?? []), event])
  }
  return shown(
    [...groups.values()].map((group) => {
      const first = group[0] as Op
      return { day: first.day, period: first.period, value: nameOf(first), ...dayOf(group) }
    }),
  )
}

export function historyConformance(open: Open): void {
  describe('the history of use', () => {
    it('tells each day of each feature, and leaves signals and other accounts out', async () => {
      const db = await open()
      await db.writeOps([
        addition(2),
        addition(3),
        addition(4, { day: today + day }),
        addition(1, { day: today - day }),
        level(5, start + 1),
        level(6, start + 2),
        op({ name: 'seen' }),
        addition(9, { account: 'other' }),
      ])
      const none = { period: 0, value: '', level: null, peak: null, keys: 0 }
      expect(await db.read.metering.usageDays('acme', { features: ['exports', 'seats'], from: today })).toEqual([
        { ...none, feature: 'exports', day: today, added: 5 },
        { ...none, feature: 'seats', day: today, added: 0, level: 6 },
        { ...none, feature: 'exports', day: today + day, added: 4 },
      ])
      expect(await daysOf(db, 'acme', { features: [] })).toEqual([])
    })

    it('tells what many accounts added within some days, and at which levels they stand', async () => {
      const db = await open()
      const late = { time: start + day, day: today + day }
      await db.writeOps([
        addition(2, { account: 'bolt' }),
        addition(3),
        addition(5),
        addition(7, late),
        addition(9, { account: 'other' }),
        addition(4, { scope: 'user:sam' }),
        level(6, start),
        op({ feature: 'seats', add: 2, ...late }),
      ])
      const of = { added: ['exports'], levels: ['seats'], from: today, until: today + 2 * day }
      const usedBy = async (accounts: string[], rest: Partial<typeof of> = {}) =>
        (await db.read.metering.usedBy(accounts, { ...of, ...rest })).sort((a, b) => a.used - b.used)
      expect(await usedBy([])).toEqual([])
      expect(await usedBy(['acme', 'bolt'])).toEqual([
        { account: 'bolt', feature: 'exports', used: 2 },
        { account: 'acme', feature: 'seats', used: 8 },
        { account: 'acme', feature: 'exports', used: 15 },
      ])
      const exportsOf = (used: number) => [{ account: 'acme', feature: 'exports', used }]
      expect(await usedBy(['acme'], { levels: [], from: today + day })).toEqual(exportsOf(7))
      expect(await usedBy(['acme'], { levels: [], until: today + day })).toEqual(exportsOf(8))
      expect(await usedBy(['acme'], { added: [] })).toEqual([{ account: 'acme', feature: 'seats', used: 8 }])
    })

    it('takes the new ones of a batch that has known ones too, and makes nothing for those', async () => {
      const db = await open()
      const known = [level(3, start), op({ feature: 'people', key: 'ada' }), op({ feature: 'peak', peak: 2 })]
      await db.writeOps(known)
      const again = known.map((one) => ({ ...one, day: today + day, period: 7 }))
      const fresh = [level(5, start + 1), op({ feature: 'people', key: 'ada' }), op({ feature: 'people', key: 'bo' })]
      const { statuses } = await db.writeOps([...again, ...fresh])
      expect(statuses).toEqual(['duplicate', 'duplicate', 'duplicate', 'accepted', 'accepted', 'accepted'])
      expect((await db.writeOps(again)).statuses).toEqual(['duplicate', 'duplicate', 'duplicate'])
      const features = ['seats', 'people', 'peak']
      expect(await Promise.all(features.map((feature) => used(db, feature)))).toEqual([5, 2, 2])
      const rows = await db.read.metering.counters(
        'acme',
        features.map((feature) => ({ feature, scope: '', from: 0 })),
      )
      expect(rows.map(({ period }) => period)).toEqual([0, 0, 0])
      const days = await db.read.metering.usageDays('acme', { features, from: 0 })
      expect(days.map((row) => row.day)).toEqual([today, today, today])
    })

    it('knows the level before a day: the newest that was set, and what was added since', async () => {
      const db = await open()
      const on = (n: number) => ({ day: today + n * day, feature: 'seats' })
      const [north, south] = [byRegion('north'), byRegion('south')]
      await db.writeOps([
        addition(7, { ...on(0), splits: south }),
        level(3, start + day, { ...on(1), splits: north }),
        addition(2, { ...on(1), time: start + day + 1 }),
        addition(1, { ...on(3), time: start + 3 * day, splits: south }),
        level(8, start + 4 * day, on(4)),
      ])
      const levelsOn = (n: number, property = '') =>
        db.read.metering.levelsBefore('acme', { feature: 'seats', day: today + n * day, property })
      const levels = [1, 2, 3, 4, 5].map(async (n) => (await levelsOn(n)).map((one) => one.level))
      expect(await Promise.all(levels)).toEqual([[7], [5], [5], [6], [8]])
      expect(await levelsOn(0)).toEqual([])
      const regions = (await levelsOn(5, 'region')).map(({ value, level }) => [readSplit(value), level])
      expect(regions.sort()).toEqual([
        ['north', 3],
        ['south', 8],
      ])
    })

    it('counts what is consumed under a bound and what was reserved', async () => {
      const db = await open()
      const splits = byRegion(null)
      for (const add of [2, 8]) await db.writeOps([addition(add, { bound: 9, splits })])
      await db.writeOps([level(5, start + 5, { feature: 'exports' })])
      const used = [
        addition(1, { time: start + 9, splits }),
        addition(1, {
          time: start + 1,
          splits,
          scope: 'user:sam',
          more: [{ feature: 'exports', period: 0, add: 1, level: null, marks: [] }],
        }),
      ]
      for (const one of used)
        await db.transaction('acme', async ({ reservations }) => {
          for (const scope of ['', 'user:sam'])
            await reservations.room({ account: 'acme', feature: 'exports', scope, period: 0 }, start)
          await reservations.count(one)
        })
      const exports = { features: ['exports'] }
      expect(await daysOf(db, 'acme', exports)).toMatchObject([{ added: 4, level: 6 }])
      expect(await daysOf(db, 'acme', { ...exports, property: 'region' })).toMatchObject([{ value: 'null', added: 3 }])
      expect(await daysOf(db, 'acme', { ...exports, scope: 'user:sam' })).toMatchObject([{ added: 1, level: null }])
    })

    it('is the sum of the events that count: in any order, with any repetition, in any split, with any corrections', async () => {
      const db = await open()
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(anyEvent, { minLength: 1, maxLength: 10, selector: ({ id }) => id }),
          fc.array(fc.nat(4), { maxLength: 5 }),
          fc.infiniteStream(fc.nat()),
          async (events, sizes, chance) => {
            const account = `history-${++run}`
            const draw = () => chance.next().value ?? 0
            const ops = [...events, ...events.filter(() => draw() % 2 === 0)]
              .map((event) => ({ event: { ...event, account }, at: draw() }))
              .sort((a, b) => a.at - b.at)
              .map(({ event }) => event)
            for (const size of sizes) await db.writeOps(ops.splice(0, size))
            await db.writeOps(ops)
            const replaced = new Set(events.flatMap(({ replaces }) => replaces?.id ?? []))
            const counting = events.filter(({ id }) => !replaced.has(id))
            for (const scope of ['', 'user:sam'])
              for (const feature of features) {
                const mine = counting.filter(
                  (event) => event.feature === feature && (scope === '' || event.scope === scope),
                )
                const of = { features: [feature], scope }
                expect(shown(await daysOf(db, account, of))).toEqual(expected(mine, () => ''))
                const regions = expected(mine, ({ splits }) => splits?.[0]?.value ?? '')
                expect(shown(await daysOf(db, account, { ...of, property: 'region' }))).toEqual(regions)
              }
          },
        ),
        { numRuns: 80 },
      )
      expect(await driftsIn(db)).toEqual([])
    })
  })
}
