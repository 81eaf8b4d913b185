import { describe, expect, it } from 'vitest'
import type { Op } from '../../../server/src/metering/model.ts'
import { addition, level, type Open, start } from '../setting.ts'

const marks = [5, 8]

export function crossingsConformance(open: Open): void {
  describe('crossings', () => {
    it('are recorded with the op that passed the mark, in its commit', async () => {
      const db = await open()
      const passing = addition(2, { marks, receivedAt: start + 7 })
      const written = await db.writeOps([addition(4, { marks }), passing, addition(1, { marks })])
      const crossing = {
        account: 'acme',
        feature: 'exports',
        scope: '',
        period: 0,
        mark: 5,
        event: passing.id,
        used: 6,
        at: start + 7,
      }
      expect(written.crossings).toEqual([crossing])
      expect(await db.read.metering.pendingCrossings('acme', 99)).toEqual([crossing])
    })

    it('are recorded once for each passing upwards, and not for standing still or falling', async () => {
      const db = await open()
      const passed = async (units: number, at: number) => {
        const { crossings } = await db.writeOps([level(units, start + at, { marks })])
        return crossings.map(({ mark }) => mark)
      }
      expect(await passed(5, 1)).toEqual([5])
      expect(await passed(5, 2)).toEqual([])
      expect(await passed(9, 3)).toEqual([8])
      expect(await passed(2, 4)).toEqual([])
      expect((await passed(10, 5)).sort()).toEqual([5, 8])
    })

    it('are recorded once when many pass the marks together', async () => {
      const db = await open()
      const all = await Promise.all(Array.from({ length: 30 }, () => db.writeOps([addition(1, { marks })])))
      expect(all.flatMap(({ crossings }) => crossings.map(({ mark }) => mark)).sort()).toEqual([5, 8])
      expect(await db.read.metering.pendingCrossings('acme', 99)).toHaveLength(2)
    })

    it('are recorded once when many first set the level together', async () => {
      const db = await open()
      const all = await Promise.all(Array.from({ length: 20 }, () => db.writeOps([level(6, start, { marks })])))
      expect(all.flatMap(({ crossings }) => crossings.map(({ mark }) => mark))).toEqual([5])
    })

    it('are recorded for consumption too, and not for what a bound refuses or an id repeats', async () => {
      const db = await open()
      const consumed = addition(6, { marks, bound: 7 })
      const refused = addition(2, { marks, bound: 7 })
      const { crossings } = await db.writeOps([consumed, refused, consumed])
      expect(crossings).toMatchObject([{ mark: 5, event: consumed.id, used: 6 }])
      expect(await db.read.metering.pendingCrossings('acme', 99)).toEqual(crossings)
    })

    it('are recorded where a day and the rest of its window pass the marks together', async () => {
      const db = await open()
      const passed = async (...ops: Op[]) => {
        const { crossings } = await db.writeOps(ops)
        return crossings.map(({ mark, event }) => [mark, event])
      }
      const day = (period: number, units: number, rest: number) => addition(units, { marks, period, rest })
      const [first, second] = [day(1, 4, 0), day(2, 1, 4)]
      expect(await passed(first)).toEqual([])
      expect(await passed(second, day(2, 1, 4))).toEqual([[5, second.id]])
      const late = day(1, 2, 2)
      expect(await passed(late)).toEqual([[8, late.id]])
      const again = { ...day(2, 9, 0), marks: [] }
      expect(await passed(again)).toEqual([])
    })

    it('wait until they are consumed, oldest first', async () => {
      const db = await open()
      await db.writeOps([addition(8, { marks, feature: 'later', receivedAt: start + 1 })])
      await db.writeOps([addition(5, { marks, feature: 'sooner', receivedAt: start })])
      const pending = await db.read.metering.pendingCrossings('acme', 99)
      expect(pending.map(({ feature, mark }) => `${feature} ${mark}`)).toEqual(['sooner 5', 'later 5', 'later 8'])
      const consumed: boolean[] = []
      await db.transaction('acme', async ({ metering }) => {
        for (const crossing of [...pending.slice(0, 2), ...pending.slice(0, 1)])
          consumed.push(await metering.consumeCrossing(crossing, start))
      })
      expect(consumed).toEqual([true, true, false])
      expect(await db.read.metering.pendingCrossings('acme', 99)).toEqual(pending.slice(2))
    })

    it('name the accounts that a restart has to catch up on, each once', async () => {
      const db = await open()
      const accounts = ['a', 'b', 'c']
      await db.writeOps(accounts.map((account) => addition(9, { account, marks })))
      await db.transaction('b', async ({ metering }) => {
        for (const crossing of await metering.pendingCrossings('b', 99)) await metering.consumeCrossing(crossing, start)
      })
      expect((await db.read.metering.accountsWithPendingCrossings(10)).sort()).toEqual(['a', 'c'])
      expect(await db.read.metering.accountsWithPendingCrossings(1)).toHaveLength(1)
    })
  })
}
