import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Op } from '../../../server/src/metering/model.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { addition, driftsIn, level, type Open, op, start, used } from '../setting.ts'

/** An op's part that can vary: an addition, or a level, at a time. */
type Move = { add: number; time: number } | { level: number; time: number }

const anyTime = fc.nat(5).map((n) => start + n)
const anyAddition: fc.Arbitrary<Move> = fc.record({ add: fc.nat(9), time: anyTime })
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ add: fc.integer({ min: -3, max: 20 }), time: anyTime }) },
  { weight: 1, arbitrary: fc.record({ level: fc.nat(40), time: anyTime }) },
)
const marks = [5, 10, 25]

/** What a counter comes to, whatever order the moves came in; of two levels at one instant the later one here has the greater id. */
function reckon(moves: readonly Move[]): number {
  let newest = { level: 0, time: 0 }
  for (const move of moves) if ('level' in move && move.time >= newest.time) newest = move
  return moves.reduce((sum, move) => ('add' in move && move.time >= newest.time ? sum + move.add : sum), newest.level)
}

/** What the writer must come to, told one op at a time. */
function replay(moves: Move[]) {
  const passed: { mark: number; place: number; used: number }[] = []
  for (const place of moves.keys()) {
    const [before, units] = [reckon(moves.slice(0, place)), reckon(moves.slice(0, place + 1))]
    for (const mark of marks) if (before < mark && mark <= units) passed.push({ mark, place, used: units })
  }
  return { units: reckon(moves), passed }
}

/** Writes the ops one batch after another, cut as `sizes` say; what is left goes into a last one. */
async function writeInBatches(db: Database, ops: Op[], sizes: number[]): Promise<void> {
  const rest = [...ops]
  for (const size of sizes) await db.writeOps(rest.splice(0, size))
  await db.writeOps(rest)
}

export function countingConformance(open: Open): void {
  describe('counting', () => {
    it('adds up, and says what it came to', async () => {
      const db = await open()
      const written = await db.writeOps([addition(2), addition(3), op(), addition(4, { period: start })])
      expect(written.statuses).toEqual(['accepted', 'accepted', 'accepted', 'accepted'])
      expect(written.counters).toHaveLength(2)
      expect(written.counters).toContainEqual({ account: 'acme', feature: 'exports', scope: '', period: 0, used: 5 })
      expect(written.counters).toContainEqual({
        account: 'acme',
        feature: 'exports',
        scope: '',
        period: start,
        used: 4,
      })
      expect([await used(db, 'exports'), await used(db, 'exports', 'acme', start)]).toEqual([5, 4])
    })

    it('has nothing to do with an empty batch', async () => {
      const db = await open()
      expect(await db.writeOps([])).toEqual({ statuses: [], counters: [], crossings: [] })
    })

    it('keeps accounts, features and periods apart, also where a name holds a line break', async () => {
      const db = await open()
      await db.writeOps([
        addition(1),
        addition(2, { account: 'other' }),
        addition(4, { feature: 'seats' }),
        addition(8, { account: 'acme\nexports', feature: 'x' }),
        addition(16, { account: 'acme', feature: 'exports\nx' }),
      ])
      const all = [used(db, 'exports'), used(db, 'exports', 'other'), used(db, 'seats')]
      expect(await Promise.all(all)).toEqual([1, 2, 4])
      expect(await used(db, 'x', 'acme\nexports')).toBe(8)
      expect(await used(db, 'exports\nx')).toBe(16)
    })

    it('counts an id once, within a batch, across batches, and in batches under way together', async () => {
      const db = await open()
      const once = addition(1, { id: 'once' })
      expect((await db.writeOps([once, once])).statuses).toEqual(['accepted', 'duplicate'])
      expect(await db.writeOps([once])).toEqual({ statuses: ['duplicate'], counters: [], crossings: [] })
      const twice = addition(1, { id: 'twice' })
      const together = await Promise.all(Array.from({ length: 8 }, () => db.writeOps([twice, addition(1)])))
      expect(together.filter(({ statuses }) => statuses[0] === 'accepted')).toHaveLength(1)
      expect(await used(db, 'exports')).toBe(10)
      expect((await db.writeOps([{ ...once, account: 'other' }])).statuses).toEqual(['accepted'])
    })

    it.each([
      ['additions', anyAddition],
      ['additions, subtractions and levels', anyMove],
    ])('comes to the same in one batch and in any split, for any %s', async (_, move) => {
      const db = await open()
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(move, { minLength: 1, maxLength: 30 }),
          fc.array(fc.nat(8), { maxLength: 6 }),
          async (moves, sizes) => {
            const account = `account-${++run}`
            const ops = moves.map((move) => op({ account, feature: 'seats', marks, ...move }))
            await writeInBatches(db, ops, sizes)
            const expected = replay(moves)
            expect(await used(db, 'seats', account)).toBe(expected.units)
            const crossings = (await db.read.metering.pendingCrossings(account, 99)).map((c) => [
              c.mark,
              c.event,
              c.used,
            ])
            const passed = expected.passed.map((c) => [c.mark, ops[c.place]?.id, c.used])
            expect(crossings.sort()).toEqual(passed.sort())
          },
        ),
        { numRuns: 60 },
      )
      expect(await driftsIn(db)).toEqual([])
    })

    it('comes to the sum when batches of several accounts and features are under way together', async () => {
      const db = await open()
      const name = fc.constantFrom('a', 'b', 'c')
      const moves = fc.array(fc.record({ account: name, feature: name, add: fc.nat(9) }), {
        minLength: 20,
        maxLength: 80,
      })
      let run = 0
      await fc.assert(
        fc.asyncProperty(moves, async (drawn) => {
          run++
          const ops = drawn.map(({ account, ...rest }) => op({ account: `${account}-${run}`, ...rest }))
          const batches = [0, 1, 2, 3].map((n) => ops.filter((_, place) => place % 4 === n))
          await Promise.all(batches.map((batch) => db.writeOps(batch)))
          for (const { account, feature } of ops) {
            const sum = ops
              .filter((o) => o.account === account && o.feature === feature)
              .reduce((n, o) => n + (o.add ?? 0), 0)
            expect(await used(db, feature ?? '', account)).toBe(sum)
          }
        }),
        { numRuns: 10 },
      )
      expect(await driftsIn(db)).toEqual([])
    })

    it('lets the newest level win, and adds what is as new or newer, whatever came first', async () => {
      const db = await open()
      const seats = (time: number) => addition(1, { feature: 'seats', time })
      await db.writeOps([level(7, start + 2), level(3, start + 1)])
      expect(await used(db, 'seats')).toBe(7)
      await db.writeOps([level(4, start), seats(start + 1), seats(start + 2), seats(start + 3)])
      expect(await used(db, 'seats')).toBe(9)
      await db.writeOps([level(5, start + 3)])
      expect(await used(db, 'seats')).toBe(6)
      await db.writeOps([level(1, start + 2), level(2, start + 4)])
      expect(await used(db, 'seats')).toBe(2)
    })

    it('never passes a bound, however many ask at once', async () => {
      const db = await open()
      const asks = Array.from({ length: 50 }, () => db.writeOps([addition(1, { bound: 20 })]))
      const statuses = (await Promise.all(asks)).flatMap((written) => written.statuses)
      expect(statuses.filter((status) => status === 'accepted')).toHaveLength(20)
      expect(statuses.filter((status) => status === 'refused')).toHaveLength(30)
      expect(await used(db, 'exports')).toBe(20)
    })

    it('counts the account with its user or entity, or neither where the bound forbids it', async () => {
      const db = await open()
      const more = [{ feature: 'exports', period: 0, add: 2, level: null, marks: [] }]
      const ask = () => addition(2, { scope: 'user:sam', bound: 5, more })
      const first = ask()
      expect((await db.writeOps([first])).statuses).toEqual(['accepted'])
      const statuses = [ask(), ask(), first].map(async (op) => (await db.writeOps([op])).statuses[0])
      expect((await Promise.all(statuses)).sort()).toEqual(['accepted', 'duplicate', 'refused'])
      expect([await used(db, 'exports'), await used(db, 'exports', 'acme', 0, 'user:sam')]).toEqual([4, 4])
    })

    it('stores nothing of what it refuses, so the same id may be tried again', async () => {
      const db = await open()
      const ask = addition(3, { bound: 2 })
      expect(await db.writeOps([ask])).toEqual({ statuses: ['refused'], counters: [], crossings: [] })
      expect(await db.read.metering.counters('acme', [{ feature: 'exports', scope: '', from: 0 }])).toEqual([])
      expect((await db.writeOps([{ ...ask, bound: 3 }])).statuses).toEqual(['accepted'])
      expect((await db.writeOps([{ ...ask, bound: 3 }])).statuses).toEqual(['duplicate'])
    })

    it('stores nothing under a bound that is of a time before the level of its counter, where it would count nothing', async () => {
      const db = await open()
      await db.writeOps([level(3, start + 5)])
      const ask = (bound: number, rest: Partial<Op> = {}) => addition(2, { feature: 'seats', bound, ...rest })
      const more = [{ feature: 'exports', period: 0, add: 2, level: null, marks: [] }]
      const asks = [ask(5), ask(4), ask(5, { more }), ask(4, { more }), ask(5, { time: start + 5 })]
      const statuses: unknown[] = []
      for (const one of asks) statuses.push(...(await db.writeOps([one])).statuses)
      expect(statuses).toEqual(['early', 'refused', 'early', 'refused', 'accepted'])
      expect([await used(db, 'seats'), await used(db, 'exports')]).toEqual([5, 0])
      expect((await db.writeOps([{ ...(asks[0] as Op), bound: null }])).statuses).toEqual(['accepted'])
    })

    it('calls the repetition of what was counted a duplicate, also when the last unit is gone', async () => {
      const db = await open()
      const ask = addition(1, { bound: 1 })
      const together = await Promise.all(Array.from({ length: 10 }, () => db.writeOps([ask])))
      expect(together.flatMap(({ statuses }) => statuses).sort()).toEqual(['accepted', ...Array(9).fill('duplicate')])
    })

    it('leaves nothing behind of a batch that it cannot store', async () => {
      const db = await open()
      const broken = op({ name: null as unknown as string })
      const good = addition(1)
      await expect(db.writeOps([good, broken])).rejects.toThrow()
      expect(await used(db, 'exports')).toBe(0)
      expect((await db.writeOps([good])).statuses).toEqual(['accepted'])
    })

    it('keeps properties, words of any script among them', async () => {
      const db = await open()
      const properties = { team: 'Größe 😀 "x"', count: 3, on: true, none: null }
      expect((await db.writeOps([addition(1, { properties })])).statuses).toEqual(['accepted'])
    })

    it('takes a thousand events in one batch', async () => {
      const db = await open()
      const ops = Array.from({ length: 1_000 }, (_, n) =>
        addition(1, { account: `account-${n % 100}`, marks: [5, 10] }),
      )
      const written = await db.writeOps(ops)
      expect(new Set(written.statuses)).toEqual(new Set(['accepted']))
      expect(written.crossings).toHaveLength(200)
    })
  })

  describe('signals', () => {
    it('are stored once and move nothing', async () => {
      const db = await open()
      const signal = op({ name: 'invite_blocked', feature: 'seats', properties: { from: 'menu' } })
      const record = () => db.transaction('acme', (stores) => stores.metering.signal(signal))
      expect([await record(), await record()]).toEqual([true, false])
      expect(await used(db, 'seats')).toBe(0)
      expect((await db.writeOps([signal])).statuses).toEqual(['duplicate'])
    })
  })
}
