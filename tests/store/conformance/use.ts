import { describe, expect, it } from 'vitest'
import type { OverageRecord, UseReport } from '../../../server/src/billing/overage.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { subscription } from '../../server/samples.ts'
import { addition, type Open, start } from '../setting.ts'

const period = start - 86_400_000
const report = (rest: Partial<UseReport> = {}): UseReport => ({
  account: 'acme',
  id: 'use_1',
  feature: 'exports',
  period,
  price: 'softgate_overage.starter.exports_month_usd',
  customer: 'cus_1',
  units: 20,
  voids: null,
  time: start,
  until: start + 1_000_000,
  state: 'waiting',
  triedAt: null,
  attempts: 0,
  nextAt: start,
  reason: null,
  createdAt: start,
  ...rest,
})
const record = (rest: Partial<OverageRecord> = {}): OverageRecord => ({
  account: 'acme',
  feature: 'exports',
  period,
  price: 'softgate_overage.starter.exports_month_usd',
  limit: 100,
  base: 0,
  used: 120,
  reported: 20,
  missed: 0,
  at: start,
  ...rest,
})

const add = (db: Database, ...reports: UseReport[]) => db.transaction('acme', ({ use }) => use.add(reports))
const claim = (db: Database, now: number, limit = 10) =>
  db.transaction('', ({ use }) => use.claim(now, now + 60_000, limit))
const idsOf = (reports: readonly UseReport[]) => reports.map(({ id }) => id)

export function useConformance(open: Open): void {
  describe('use that is billed', () => {
    it('is found where it changed, in accounts whose plan bills it and that pay', async () => {
      const db = await open()
      const accounts = ['acme', 'birch', 'cedar', 'dunes']
      const status = (account: string) =>
        account === 'cedar' ? 'trialing' : account === 'dunes' ? 'canceled' : 'active'
      for (const account of accounts)
        await db.transaction(account, ({ accounts: store }) =>
          store.saveSubscription(subscription({ account, id: `sub_${account}`, status: status(account) })),
        )
      await db.writeOps(accounts.map((account) => addition(120, { account, period })))
      await db.writeOps([
        addition(5, { account: 'acme', period, feature: 'seats' }),
        addition(9, { period: start - 1e12 }),
      ])
      const of = { features: ['exports'], plans: ['starter'], since: period, before: start, limit: 10 }
      const changed = async (rest: object = {}) =>
        (await db.read.use.changed({ ...of, ...rest })).map(({ account, used }) => [account, used])
      expect(await changed()).toEqual([
        ['acme', 120],
        ['birch', 120],
      ])
      expect([await changed({ plans: ['pro'] }), await changed({ limit: 1 })]).toEqual([[], [['acme', 120]]])
      await db.transaction('acme', ({ use }) => use.save(record()))
      expect(await changed()).toEqual([['birch', 120]])
      await db.writeOps([addition(1, { account: 'acme', period })])
      expect([await changed(), await changed({ before: start - 1 })]).toEqual([
        [
          ['birch', 120],
          ['acme', 121],
        ],
        [['birch', 120]],
      ])
      expect(await db.read.use.changedIn('acme', ['exports'], period)).toEqual([
        { account: 'acme', feature: 'exports', period, used: 121 },
      ])
    })

    it('is kept as it was last seen, one row a period', async () => {
      const db = await open()
      await db.transaction('acme', ({ use }) => use.save(record()))
      await db.transaction('acme', ({ use }) => use.save(record({ used: 150, reported: 50, at: start + 1 })))
      expect(await db.read.use.find('acme', 'exports', period)).toEqual(
        record({ used: 150, reported: 50, at: start + 1 }),
      )
      expect(await db.read.use.find('acme', 'exports', period + 1)).toBeNull()
    })

    it('is told in the order in which it is due, by one at a time', async () => {
      const db = await open()
      await add(db, report({ id: 'use_2', nextAt: start + 1 }), report(), report({ id: 'use_3', nextAt: start + 9 }))
      const both = await Promise.all([claim(db, start + 5), claim(db, start + 5)])
      expect(both.flatMap(idsOf).sort()).toEqual(['use_1', 'use_2'])
      expect(both.flat()[0]).toMatchObject({ triedAt: start + 5, attempts: 1, nextAt: start + 60_005 })
      expect(idsOf(await claim(db, start + 9))).toEqual(['use_3'])
      // Whoever claimed it is gone: the next one goes on, and knows since when an answer is missing.
      expect((await claim(db, start + 70_000))[0]).toMatchObject({ id: 'use_1', triedAt: start + 5, attempts: 2 })
    })

    it('is told no more once it is answered', async () => {
      const db = await open()
      await add(db, report(), report({ id: 'use_2' }))
      const [one, two] = await claim(db, start)
      if (!one || !two) throw new Error('nothing was claimed')
      await db.transaction('acme', async ({ use }) => {
        await use.answer({ ...one, state: 'sent', triedAt: null })
        await use.answer({ ...two, state: 'lost', reason: 'no answer for a day' })
      })
      expect(await claim(db, start + 1e9)).toEqual([])
      expect(idsOf(await db.read.use.told('acme', 'exports', period))).toEqual(['use_1'])
    })

    it('is void only after it was told', async () => {
      const db = await open()
      await add(db, report(), report({ id: 'use_2', voids: 'use_1' }), report({ id: 'use_3', createdAt: start + 1 }))
      expect(idsOf(await db.read.use.told('acme', 'exports', period))).toEqual(['use_3'])
      const claimed = await claim(db, start)
      expect(idsOf(claimed)).toEqual(['use_1', 'use_3'])
      for (const one of claimed) await db.transaction('acme', ({ use }) => use.answer({ ...one, state: 'sent' }))
      expect(idsOf(await claim(db, start))).toEqual(['use_2'])
    })

    it('is dropped, and forgotten once it was sent', async () => {
      const db = await open()
      await add(
        db,
        report(),
        report({ id: 'use_2', state: 'sent' }),
        report({ id: 'use_3', state: 'sent', createdAt: start + 5 }),
      )
      await db.transaction('acme', async ({ use }) => {
        await use.drop('acme', ['use_1'])
        await use.forgetBefore(start + 5)
      })
      expect(idsOf(await db.read.use.told('acme', 'exports', period))).toEqual(['use_3'])
    })

    it('shows what went wrong with it, of one account', async () => {
      const db = await open()
      await add(db, report(), report({ id: 'use_2', state: 'lost' }), report({ id: 'use_3', state: 'sent' }))
      await add(db, report({ id: 'use_4', createdAt: start + 5 }), report({ account: 'birch', state: 'lost' }))
      await db.transaction('acme', async ({ use }) => {
        await use.save(record())
        await use.save(record({ period: period + 1, missed: -3 }))
      })
      const { reports, periods } = await db.read.use.troubles('acme', start + 5)
      expect([idsOf(reports), periods]).toEqual([['use_1', 'use_2'], [record({ period: period + 1, missed: -3 })]])
    })
  })
}
