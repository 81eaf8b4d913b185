import { describe, expect, it } from 'vitest'
import type { UserRecord } from '../../../server/src/accounts/model.ts'
import { addition, type Open, op, start, used } from '../setting.ts'

const ada: UserRecord = { account: 'acme', id: 'ada', email: null, name: '0', role: null, locale: null, entities: [] }

export function transactionsConformance(open: Open): void {
  describe('transactions', () => {
    it('of one account take turns: no read-modify-write is lost', async () => {
      const db = await open()
      await db.transaction('acme', (stores) => stores.accounts.saveUser(ada, start))
      const raise = () =>
        db.transaction('acme', async ({ accounts }) => {
          const before = await accounts.findUser('acme', 'ada')
          await accounts.saveUser({ ...ada, name: String(Number(before?.name) + 1) }, start)
        })
      await Promise.all([raise(), raise(), raise(), raise()])
      expect(await db.read.accounts.findUser('acme', 'ada')).toMatchObject({ name: '4' })
    })

    it('leave nothing behind when they fail, and fail with the error of the work', async () => {
      const db = await open()
      const failure = new Error('no')
      const work = db.transaction('acme', async ({ accounts, metering }) => {
        await accounts.saveUser(ada, start)
        await metering.signal(op({ id: 'signal' }))
        throw failure
      })
      await expect(work).rejects.toBe(failure)
      expect(await db.read.accounts.findUser('acme', 'ada')).toBeNull()
      expect((await db.writeOps([op({ id: 'signal' })])).statuses).toEqual(['accepted'])
    })

    it('leave nothing behind when the database refuses a statement', async () => {
      const db = await open()
      const work = db.transaction('acme', async ({ accounts }) => {
        await accounts.saveUser(ada, start)
        await accounts.saveUser({ ...ada, account: null as unknown as string }, start)
      })
      await expect(work).rejects.toThrow()
      expect(await db.read.accounts.findUser('acme', 'ada')).toBeNull()
    })

    it('do not hold up those that come after a failed one', async () => {
      const db = await open()
      const answers = await Promise.allSettled(
        Array.from({ length: 12 }, (_, n) =>
          db.transaction('acme', async ({ accounts }) => {
            if (n % 2 === 0) throw new Error('no')
            await accounts.saveUser({ ...ada, id: `user-${n}` }, start)
            return n
          }),
        ),
      )
      expect(answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))).toEqual([
        1, 3, 5, 7, 9, 11,
      ])
      await db.writeOps([addition(1)])
      expect(await used(db, 'exports')).toBe(1)
    })

    it('see their own writes, and nobody else does before they commit', async () => {
      const db = await open()
      const inside = await db.transaction('acme', async ({ accounts }) => {
        await accounts.saveUser(ada, start)
        expect(await db.read.accounts.findUser('acme', 'ada')).toBeNull()
        return accounts.findUser('acme', 'ada')
      })
      expect(inside).toEqual(ada)
      expect(await db.read.accounts.findUser('acme', 'ada')).toEqual(ada)
    })

    it('and batches of events do not wait for each other in vain', async () => {
      const db = await open()
      const work = Array.from({ length: 30 }, (_, n) => [
        db.writeOps([addition(1)]),
        db.transaction(`account-${n % 3}`, ({ accounts }) => accounts.saveUser({ ...ada, id: `user-${n}` }, start)),
      ])
      await Promise.all(work.flat())
      expect(await used(db, 'exports')).toBe(30)
      expect(await db.read.accounts.findUser('acme', 'user-29')).toMatchObject({ id: 'user-29' })
    })
  })

  it('answers a ping', async () => {
    const db = await open()
    await expect(db.ping()).resolves.toBeUndefined()
  })
}
