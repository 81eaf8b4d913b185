import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Move, Op } from '../../../server/src/metering/model.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { addition, level, type Open, op, start, today, used } from '../setting.ts'

const counting = (rest: Partial<Op>): Op => op({ feature: 'calls', ...rest })
const peak = (units: number, rest: Partial<Op> = {}): Op => counting({ peak: units, ...rest })
const unique = (key: string, rest: Partial<Op> = {}): Op => counting({ key, ...rest })
const move = (feature: string, rest: Partial<Move> = {}): Move => ({
  feature,
  period: 0,
  add: null,
  level: null,
  marks: [],
  ...rest,
})
const replacing = (id: string, rest: Partial<Op> = {}): Op => op({ replaces: { id, since: 0 }, ...rest })

/** Events of every kind on a counter of their kind, with ids that they may share and replace each other by. */
export const anyEvent = (account: string): fc.Arbitrary<Op> => {
  const id = fc.nat(7).map((n) => `event-${n}`)
  const time = fc.nat(3).map((n) => start + n)
  const what = fc.oneof(
    fc.nat(9).map((add) => ({ feature: 'sum', add })),
    fc.nat(9).map((units) => ({ feature: 'sum', level: units })),
    fc.nat(9).map((units) => ({ feature: 'max', peak: units })),
    fc.constantFrom('a', 'b').map((key) => ({ feature: 'unique', key })),
    fc.nat(9).map((add) => ({ feature: 'sum', scope: 'user:sam', add, more: [move('sum', { add })] })),
  )
  const replaces = fc.option(id, { nil: undefined, freq: 2 })
  return fc.tuple(id, time, what, replaces).map(([own, at, rest, other]) =>
    // An event is what it is: the same id always comes with the same content.
    op({
      account,
      id: `${own}-${JSON.stringify([at, rest, other])}`,
      time: at,
      ...rest,
      ...(other !== undefined && { replaces: { id: other, since: 0 } }),
    }),
  )
}

/** The events as those of another account, each of which replaces one of them, if any. */
export function ownOf(events: readonly Op[], account: string): Op[] {
  const ids = new Map(events.map((event) => [event.id.split('-').slice(0, 2).join('-'), event.id]))
  const replacedBy = (event: Op): string => {
    const id = ids.get(event.replaces?.id ?? '')
    return id === undefined || id === event.id ? 'never-seen' : id
  }
  return events.map((event) => ({
    ...event,
    account,
    ...(event.replaces && { replaces: { id: replacedBy(event), since: 0 } }),
  }))
}

const features = ['sum', 'max', 'unique']
export const stateOf = async (db: Database, account: string): Promise<number[]> => [
  ...(await Promise.all(features.map((feature) => used(db, feature, account)))),
  await used(db, 'sum', account, 0, 'user:sam'),
]

export function metersConformance(open: Open): void {
  describe('meters', () => {
    it('keep the highest, and tell keys apart', async () => {
      const db = await open()
      await db.writeOps([peak(4), peak(9), peak(2)])
      expect(await used(db, 'calls')).toBe(9)
      const seen = (key: string, rest: Partial<Op> = {}) => unique(key, { feature: 'people', ...rest })
      await db.writeOps([seen('a'), seen('b'), seen('a')])
      const { counters } = await db.writeOps([seen('b'), seen('c'), seen('c', { period: 7 })])
      expect(counters).toContainEqual({ account: 'acme', feature: 'people', scope: '', period: 0, used: 3 })
      expect([await used(db, 'people'), await used(db, 'people', 'acme', 7)]).toEqual([3, 1])
    })

    it('tell a key apart once, however many see it at once', async () => {
      const db = await open()
      await Promise.all(Array.from({ length: 20 }, (_, n) => db.writeOps([unique(`key-${n % 4}`)])))
      expect(await used(db, 'calls')).toBe(4)
    })

    it('move together by one event, which counts once', async () => {
      const db = await open()
      const event = addition(3, {
        scope: 'entity:board',
        marks: [2],
        more: [move('exports', { add: 3, marks: [3] }), move('calls', { key: 'k' }), move('size', { peak: 8 })],
      })
      const { statuses, crossings } = await db.writeOps([event, event])
      expect(statuses).toEqual(['accepted', 'duplicate'])
      expect((await db.writeOps([event])).statuses).toEqual(['duplicate'])
      expect(crossings.map(({ scope, mark, event: by }) => [scope, mark, by === event.id]).sort()).toEqual([
        ['', 3, true],
        ['entity:board', 2, true],
      ])
      expect(await used(db, 'exports', 'acme', 0, 'entity:board')).toBe(3)
      expect([await used(db, 'exports'), await used(db, 'calls'), await used(db, 'size')]).toEqual([3, 1, 8])
      const days = await db.read.metering.usageDays('acme', { features: ['exports', 'calls', 'size'], from: today })
      expect(days.map(({ feature }) => feature)).toEqual(['calls', 'exports', 'size'])
    })
  })

  describe('an event that replaces another', () => {
    it('takes back what that one counted, on every counter, and counts itself', async () => {
      const db = await open()
      const wrong = addition(5, { more: [move('calls', { key: 'a' }), move('size', { peak: 9 })] })
      await db.writeOps([addition(2), wrong, peak(4, { feature: 'size' })])
      const right = addition(1, { replaces: { id: wrong.id, since: start } })
      const written = await db.writeOps([right])
      expect(written.statuses).toEqual(['accepted'])
      expect(written.counters).toContainEqual({ account: 'acme', feature: 'exports', scope: '', period: 0, used: 3 })
      expect([await used(db, 'exports'), await used(db, 'calls'), await used(db, 'size')]).toEqual([3, 0, 4])
      expect((await db.writeOps([right])).statuses).toEqual(['duplicate'])
      expect(await used(db, 'exports')).toBe(3)
    })

    it('may come first: what it replaces counts nothing then, and neither does its repetition', async () => {
      const db = await open()
      const late = addition(5, { more: [move('calls', { add: 1 })] })
      expect((await db.writeOps([replacing(late.id)])).statuses).toEqual(['accepted'])
      expect((await db.writeOps([late])).statuses).toEqual(['duplicate'])
      expect([await used(db, 'exports'), await used(db, 'calls')]).toEqual([0, 0])
    })

    it('comes too late for an event from before its time, and changes nothing then', async () => {
      const db = await open()
      const old = addition(5, { time: start - 10 })
      const ask = (since: number) => addition(1, { id: 'right', replaces: { id: old.id, since } })
      await db.writeOps([old])
      expect(await db.writeOps([ask(start - 9)])).toEqual({ statuses: ['late'], counters: [], crossings: [] })
      expect(await used(db, 'exports')).toBe(5)
      expect((await db.writeOps([ask(start - 10)])).statuses).toEqual(['accepted'])
      expect(await used(db, 'exports')).toBe(1)
    })

    it('passes no mark again that the one before it had passed', async () => {
      const db = await open()
      const wrong = addition(6, { marks: [5, 8] })
      await db.writeOps([wrong])
      const { crossings } = await db.writeOps([addition(9, { marks: [5, 8], replaces: { id: wrong.id, since: 0 } })])
      expect(crossings.map(({ mark }) => mark)).toEqual([8])
    })

    it('gives a level its place back to the one before it', async () => {
      const db = await open()
      const wrong = level(9, start + 2)
      await db.writeOps([level(3, start), addition(1, { feature: 'seats', time: start + 1 }), wrong])
      await db.writeOps([replacing(wrong.id)])
      expect(await used(db, 'seats')).toBe(4)
    })
  })

  describe('counters', () => {
    it('come to the same in any order, with any repetition and in any split, for events of every kind', async () => {
      const db = await open()
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(anyEvent('it'), { minLength: 1, maxLength: 12 }),
          fc.array(fc.nat(4), { maxLength: 5 }),
          fc.infiniteStream(fc.nat()),
          async (events, sizes, chance) => {
            const [one, other] = [`one-${++run}`, `other-${run}`]
            const own = (account: string) => ownOf(events, account)
            await db.writeOps(own(one))
            const shuffled = [...own(other), ...own(other).filter(() => (chance.next().value ?? 0) % 2 === 0)]
              .map((event) => ({ event, at: chance.next().value ?? 0 }))
              .sort((a, b) => a.at - b.at)
              .map(({ event }) => event)
            for (const size of sizes) await db.writeOps(shuffled.splice(0, size))
            await db.writeOps(shuffled)
            expect(await stateOf(db, other)).toEqual(await stateOf(db, one))
          },
        ),
        { numRuns: 60 },
      )
    })
  })
}
