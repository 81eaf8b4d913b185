import { describe, expect, it } from 'vitest'
import { addition, level, type Open, op, start, used } from '../setting.ts'

const user = { account: 'acme', id: 'ada', email: null, name: null, role: null, locale: null, entities: ['red'] }

export function erasingConformance(open: Open): void {
  describe('erasing an account', () => {
    it('takes its events a few at a time, and the rest of it at once; a neighbour keeps everything', async () => {
      const db = await open()
      const neighbour = { account: 'acme-two' }
      await db.writeOps([addition(1), addition(2), op(), level(3, start), addition(4, { user: 'ada' })])
      await db.writeOps([addition(7, neighbour), level(2, start, neighbour)])
      await db.transaction('acme', ({ accounts }) => accounts.saveUser(user, start))
      const few = () => db.transaction('acme', ({ erasure }) => erasure.events('acme', 2))
      expect([await few(), await few()]).toEqual([2, 2])
      expect([await used(db, 'exports'), await used(db, 'seats')]).toEqual([7, 3])
      const erase = () => db.transaction('acme', ({ erasure }) => erasure.account('acme'))
      expect(await erase()).toEqual({ users: 1, events: 1 })
      expect([await used(db, 'exports'), await used(db, 'seats')]).toEqual([0, 0])
      expect(await erase()).toEqual({ users: 0, events: 0 })
      expect([await used(db, 'exports', 'acme-two'), await used(db, 'seats', 'acme-two')]).toEqual([7, 2])
      expect(await db.transaction('', ({ erasure }) => erasure.events('acme-two', 9))).toBe(2)
    })

    it('lets its ids count anew', async () => {
      const db = await open()
      const event = addition(5)
      await db.writeOps([event])
      await db.transaction('acme', ({ erasure }) => erasure.account('acme'))
      expect((await db.writeOps([event])).statuses).toEqual(['accepted'])
      expect(await used(db, 'exports')).toBe(5)
    })

    it('takes the replies that were kept for its users, and those of no other account', async () => {
      const db = await open()
      const claim = (scope: string) =>
        db.transaction('', ({ idempotency }) => idempotency.claim(scope, 'key', 'request', start))
      const scopes = ['acme\nada', 'acme-two\nada', 'secret\nacme']
      for (const scope of scopes) await claim(scope)
      await db.transaction('acme', ({ erasure }) => erasure.account('acme'))
      const known = await Promise.all(scopes.map(async (scope) => (await claim(scope)) !== null))
      expect(known).toEqual([false, true, true])
    })
  })
}
