import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AccountRecord, SubscriptionRecord } from '../../../server/src/accounts/model.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { type Open, start } from '../setting.ts'

const acme: AccountRecord = {
  id: 'acme',
  name: 'Acme',
  segment: 'smb',
  plan: 'starter',
  timeZone: 'Europe/Berlin',
  currency: 'eur',
  stripeCustomerId: 'cus_acme',
  onboardedAt: start,
  contractRenewsAt: start + 86_400_000,
  contractValue: 1_200_000,
  healthScore: 80,
  facts: { nps: 40, industry: 'Büro & Co “x”', trial: false, nothing: null },
  createdAt: start,
}

const subscription: SubscriptionRecord = {
  account: 'acme',
  id: 'sub_1',
  status: 'active',
  plan: 'starter',
  interval: 'month',
  currency: 'eur',
  quantities: { seats: 5 },
  addons: { reports: 2 },
  overage: { exports: { key: 'softgate_overage.starter.exports_month_eur', since: 1 } },
  rates: { softgate_starter_month_eur: { unitAmount: 1_200 } },
  anchor: start,
  periodStart: start,
  periodEnd: start + 2_678_400_000,
  cancelAt: null,
  unpaid: { id: 'in_1', amountDue: { amount: 6_000, currency: 'usd' }, url: null },
  pending: {
    at: start + 2_678_400_000,
    bundle: { plan: 'starter', interval: 'year', units: 3, addons: { reports: 1 } },
    repriced: [{ addon: null, unit: { amount: 1_500, currency: 'eur' }, words: '€15.00 a seat' }],
  },
  byInvoice: false,
  statusSince: start,
  observedAt: start,
}

const save = (db: Database, account: AccountRecord, now = start) =>
  db.transaction(account.id, (stores) => stores.accounts.save(account, now))

const see = (db: Database, seen: SubscriptionRecord) =>
  db.transaction(seen.account, (stores) => stores.accounts.saveSubscription(seen))

export function accountsConformance(open: Open): void {
  describe('accounts', () => {
    it('gives back what was saved, every field of it', async () => {
      const db = await open()
      await save(db, acme)
      expect(await db.read.accounts.find('acme')).toMatchObject(acme)
      expect(await db.read.accounts.idOfCustomer('cus_acme')).toBe('acme')
    })

    it('knows nothing of what was never saved', async () => {
      const { accounts } = (await open()).read
      expect(await accounts.find('acme')).toBeNull()
      expect(await accounts.idOfCustomer('cus_acme')).toBeNull()
      expect(await accounts.findUser('acme', 'ada')).toBeNull()
      expect(await accounts.findSubscription('acme')).toBeNull()
    })

    it('replaces the whole row, but never when the account was created', async () => {
      const db = await open()
      await save(db, acme)
      const { createdAt, ...cleared } = { ...acme, name: null, segment: null, healthScore: null, facts: {} }
      await save(db, { ...cleared, createdAt: createdAt + 1 }, start + 1)
      expect(await db.read.accounts.find('acme')).toMatchObject({ ...cleared, createdAt })
    })

    it('gives one Stripe customer to one account', async () => {
      const db = await open()
      await save(db, acme)
      await expect(save(db, { ...acme, id: 'other' })).rejects.toMatchObject({ code: 'customer_taken' })
      expect(await db.read.accounts.find('other')).toBeNull()
      await save(db, { ...acme, name: 'Acme again' })
      await save(db, { ...acme, stripeCustomerId: null })
      await save(db, { ...acme, id: 'other' })
      expect(await db.read.accounts.idOfCustomer('cus_acme')).toBe('other')
    })

    it('gives it to one account when many ask for it at once', async () => {
      const db = await open()
      const asked = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => save(db, { ...acme, id: `account-${n}` })))
      expect(asked.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      const refused = asked.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason.code] : []))
      expect(refused).toEqual(Array(4).fill('customer_taken'))
    })

    it('lets any number of accounts have no customer', async () => {
      const db = await open()
      await save(db, { ...acme, stripeCustomerId: null })
      await save(db, { ...acme, id: 'other', stripeCustomerId: null })
      expect(await db.read.accounts.find('other')).not.toBeNull()
    })

    it('keeps users by account', async () => {
      const db = await open()
      const ada = {
        account: 'acme',
        id: 'ada',
        email: 'ada@acme.test',
        name: 'Ada',
        role: 'admin',
        locale: 'de',
        entities: [],
      }
      await db.transaction('acme', (stores) => stores.accounts.saveUser(ada, start))
      await db.transaction('other', (stores) =>
        stores.accounts.saveUser({ ...ada, account: 'other', role: null }, start),
      )
      await db.transaction('acme', (stores) => stores.accounts.saveUser({ ...ada, role: 'member' }, start + 1))
      expect(await db.read.accounts.findUser('acme', 'ada')).toEqual({ ...ada, role: 'member' })
      expect(await db.read.accounts.findUser('other', 'ada')).toMatchObject({ role: null })
    })
  })

  describe('subscriptions', () => {
    it('keeps the newest look at Stripe, in whatever order the looks arrive', async () => {
      const db = await open()
      const looks = fc.uniqueArray(fc.integer({ min: 0, max: 1_000 }), { minLength: 1, maxLength: 6 })
      let account = 0
      await fc.assert(
        fc.asyncProperty(looks, async (times) => {
          const id = `account-${++account}`
          let newest = -1
          for (const at of times) {
            const look = { ...subscription, account: id, quantities: { seats: at }, observedAt: start + at }
            expect(await see(db, look)).toBe(at > newest)
            newest = Math.max(newest, at)
          }
          expect(await db.read.accounts.findSubscription(id)).toMatchObject({ quantities: { seats: newest } })
        }),
        { numRuns: 25 },
      )
    })

    it('lists those not looked at for longest, up to a limit', async () => {
      const db = await open()
      for (const n of [3, 1, 2, 4]) {
        await see(db, { ...subscription, account: `account-${n}`, id: `sub_${n}`, observedAt: start + n })
      }
      const seen = (before: number, limit: number) => db.read.accounts.subscriptionsSeenBefore(before, limit)
      expect((await seen(start + 3, 2)).map(({ id }) => id)).toEqual(['sub_1', 'sub_2'])
      expect(await seen(start, 10)).toEqual([])
    })

    it('lists those whose period is over since the last look, the longest over first', async () => {
      const db = await open()
      for (const [n, periodEnd, observedAt] of [
        [1, 30, 5],
        [2, 20, 5],
        [3, 20, 20],
        [4, 40, 5],
      ] as const)
        await see(db, {
          ...subscription,
          account: `account-${n}`,
          id: `sub_${n}`,
          periodEnd: start + periodEnd,
          observedAt: start + observedAt,
        })
      const over = async (now: number, limit: number) =>
        (await db.read.accounts.subscriptionsPastPeriod(start + now, limit)).map(({ id }) => id)
      expect([await over(19, 9), await over(30, 9), await over(40, 1)]).toEqual([[], ['sub_2', 'sub_1'], ['sub_2']])
    })

    it('are listed in pages, each with its subscription', async () => {
      const db = await open()
      const bolt = { ...acme, id: 'bolt', stripeCustomerId: null }
      await save(db, bolt)
      await save(db, acme)
      await db.transaction('acme', ({ accounts }) => accounts.saveSubscription(subscription))
      expect(await db.read.accounts.after('', 1)).toEqual([{ account: acme, subscription }])
      expect(await db.read.accounts.after('acme', 5)).toEqual([{ account: bolt, subscription: null }])
    })

    it('lists the subscribers of a plan in pages, by account', async () => {
      const db = await open()
      for (const n of [3, 1, 2])
        await see(db, { ...subscription, account: `account-${n}`, plan: n === 2 ? 'other' : 'starter' })
      const subscribers = async (account: string, limit = 10) =>
        (await db.read.accounts.subscribersAfter('starter', account, limit)).map((record) => record.account)
      expect(await subscribers('')).toEqual(['account-1', 'account-3'])
      expect([await subscribers('', 1), await subscribers('account-1'), await subscribers('account-3')]).toEqual([
        ['account-1'],
        ['account-3'],
        [],
      ])
    })
  })
}
