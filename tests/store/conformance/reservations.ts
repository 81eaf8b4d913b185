import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Hold } from '../../../server/src/metering/model.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { addition, type Open, op, start, used } from '../setting.ts'

const counter = { account: 'acme', feature: 'exports', scope: '', period: 0 }
let ids = 0

/** Reserves if use and what is reserved leave room under the limit, as a flow does. */
const reserve = (db: Database, limit: number, rest: Partial<Hold> = {}) =>
  db.transaction('acme', async ({ reservations }) => {
    const hold = { ...counter, id: `hold-${++ids}`, user: null, quantity: 1, expiresAt: start + 60, ...rest }
    const { used: units, held } = await reservations.room(counter, start)
    if (units + held + hold.quantity > limit) return null
    await reservations.hold(hold)
    return hold
  })
const roomAt = (db: Database, now: number) =>
  db.transaction('acme', ({ reservations }) => reservations.room(counter, now))

export function reservationsConformance(open: Open): void {
  describe('reservations', () => {
    it('are events like others once they are used: a level that comes late counts them again', async () => {
      const db = await open()
      await db.writeOps([addition(3, { time: start })])
      await db.transaction('acme', ({ reservations }) => reservations.count(addition(4, { time: start + 2 })))
      await db.writeOps([addition(2, { time: start + 3 })])
      await db.writeOps([op({ feature: 'exports', level: 10, time: start + 1 })])
      expect(await used(db, 'exports')).toBe(16)
    })

    it('stand beside use until their time is over, and are let go then without a sweep', async () => {
      const db = await open()
      await db.writeOps([addition(3)])
      await reserve(db, 10, { quantity: 4 })
      expect(await roomAt(db, start + 59)).toEqual({ used: 3, held: 4, levelAt: 0 })
      expect(await db.read.reservations.standing('acme', start + 59)).toHaveLength(1)
      expect(await db.read.reservations.standing('acme', start + 60)).toEqual([])
      expect(await roomAt(db, start + 60)).toEqual({ used: 3, held: 0, levelAt: 0 })
      expect(await roomAt(db, start)).toEqual({ used: 3, held: 0, levelAt: 0 })
    })

    it('are taken once, and not after their time', async () => {
      const db = await open()
      const [one, other] = [await reserve(db, 9), await reserve(db, 9)]
      const take = (id: string | undefined, now: number) =>
        db.transaction('acme', ({ reservations }) => reservations.take('acme', id ?? '', now))
      expect(await take(one?.id, start + 59)).toEqual(one)
      expect(await take(one?.id, start + 59)).toBeNull()
      expect(await take(other?.id, start + 60)).toBeNull()
    })

    it('keep consumption from what they hold', async () => {
      const db = await open()
      await reserve(db, 5, { quantity: 4 })
      const consume = (units: number) => db.writeOps([addition(units, { bound: 5 })])
      expect((await consume(2)).statuses).toEqual(['refused'])
      expect((await consume(1)).statuses).toEqual(['accepted'])
      expect(await used(db, 'exports')).toBe(1)
    })

    it('are counted under their id, with the marks that this passes', async () => {
      const db = await open()
      const use = op({ ...counter, id: 'used-1', add: 6, marks: [5, 9] })
      const count = () =>
        db.transaction('acme', async ({ reservations }) => {
          await reservations.room(counter, start)
          return reservations.count(use)
        })
      expect(await count()).toEqual([{ ...counter, mark: 5, event: 'used-1', used: 6, at: start }])
      await expect(count()).rejects.toThrow()
      expect(await used(db, 'exports')).toBe(6)
      const known = (id: string) => db.transaction('acme', ({ reservations }) => reservations.known('acme', id))
      expect([await known('used-1'), await known('never')]).toEqual(['event', null])
      expect(await db.read.metering.useOf('acme', 'used-1')).toMatchObject({ feature: 'exports', scope: '' })
    })

    it('and consumption together never pass a limit, however they race', async () => {
      const db = await open()
      let run = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.record({ units: fc.integer({ min: 1, max: 4 }), reserves: fc.boolean() }), { maxLength: 12 }),
          async (asks) => {
            const name = { ...counter, feature: `race-${++run}` }
            const got = await Promise.all(
              asks.map(async ({ units, reserves }) => {
                if (!reserves) {
                  const { statuses } = await db.writeOps([addition(units, { feature: name.feature, bound: 10 })])
                  return statuses[0] === 'accepted' ? units : 0
                }
                return db.transaction('acme', async ({ reservations }) => {
                  const room = await reservations.room(name, start)
                  if (room.used + room.held + units > 10) return 0
                  await reservations.hold({
                    ...name,
                    id: `race-${++ids}`,
                    user: null,
                    quantity: units,
                    expiresAt: start + 9,
                  })
                  return units
                })
              }),
            )
            expect(got.reduce((sum, units) => sum + units, 0)).toBeLessThanOrEqual(10)
          },
        ),
        { numRuns: 15 },
      )
    })
  })
}
