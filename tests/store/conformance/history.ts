import { describe, expect, it } from 'vitest'
import { addition, level, type Open, op, start } from '../setting.ts'

export function historyConformance(open: Open): void {
  describe('the history of use', () => {
    const quarter = 15 * 60_000

    it('adds up what was used within a quarter of an hour, keeps levels apart, and leaves signals out', async () => {
      const db = await open()
      const at = Math.floor(start / quarter) * quarter
      await db.writeOps([
        addition(2, { time: at }),
        addition(3, { time: at + quarter - 1 }),
        addition(4, { time: at + quarter }),
        level(5, at + 1),
        level(6, at + 2),
        op({ feature: 'exports', time: at }),
        addition(9, { time: at - 1 }),
        addition(9, { time: at, account: 'other' }),
      ])
      expect(await db.read.metering.usedSince('acme', at)).toEqual([
        { feature: 'seats', added: 0, level: 5, peak: null, key: null, at: at + 1 },
        { feature: 'seats', added: 0, level: 6, peak: null, key: null, at: at + 2 },
        { feature: 'exports', added: 5, level: null, peak: null, key: null, at: at + quarter - 1 },
        { feature: 'exports', added: 4, level: null, peak: null, key: null, at: at + quarter },
      ])
    })

    it('knows the level before an instant: the newest that was set, and what was added since', async () => {
      const db = await open()
      await db.writeOps([
        addition(7, { feature: 'seats', time: start - 9 }),
        level(3, start - 5),
        addition(2, { feature: 'seats', time: start - 1 }),
        level(8, start),
      ])
      const levelAt = (at: number) => db.read.metering.levelBefore('acme', 'seats', at)
      expect([
        await levelAt(start - 9),
        await levelAt(start - 5),
        await levelAt(start),
        await levelAt(start + 1),
      ]).toEqual([0, 7, 5, 8])
    })
  })
}
