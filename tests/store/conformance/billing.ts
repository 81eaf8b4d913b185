import { describe, expect, it } from 'vitest'
import type { QuoteRecord, UpgradeRecord } from '../../../server/src/billing/model.ts'
import type { Settlement } from '../../../server/src/billing/settlement.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { type Open, start } from '../setting.ts'

const usd = (amount: number) => ({ amount, currency: 'usd' })

const quote: QuoteRecord = {
  account: 'acme',
  id: 'qt_1',
  user: 'ada',
  delivery: null,
  change: { kind: 'add', plan: 'starter', feature: 'seats', addon: null, quantity: 2, before: null, after: null },
  subscription: 'sub_1',
  steps: {
    release: 'sub_sched_1',
    update: {
      items: [{ id: 'si_1', price: 'price_1', quantity: 7 }],
      proration: 'always_invoice',
      anchor: 'kept',
      ending: null,
      trialEnd: null,
      trialDays: null,
      tax: null,
      discounts: null,
      use: [],
      drift: 0,
    },
    placeless: false,
    later: null,
    restore: null,
    refund: null,
    regained: null,
    card: null,
  },
  prorationDate: start / 1_000,
  amountDue: 1_672,
  currency: 'usd',
  fingerprint: 'abc',
  livemode: false,
  body: {
    id: 'qt_1',
    offer: 'of_1',
    quantity: 2,
    dueNow: usd(1_672),
    lines: [{ description: '2 × seat', detail: '28 of 31 days at $9.00 a seat', amount: 1_672 }],
    tax: usd(0),
    taxes: [],
    credit: usd(0),
    recurring: { ...usd(7_000), interval: 'month' },
    previous: { ...usd(5_000), interval: 'month' },
    nextInvoice: { at: '2026-02-15T12:00:00.000Z', total: usd(7_000) },
    effectiveAt: '2026-01-15T12:00:00.000Z',
    refund: null,
    notices: [],
    paymentMethod: { brand: 'visa', last4: '4242', expMonth: 8, expYear: 2030 },
    expiresAt: '2026-01-15T12:10:00.000Z',
  },
  createdAt: start,
  expiresAt: start + 600_000,
}

const upgrade: UpgradeRecord = {
  account: 'acme',
  id: 'up_1',
  quote: 'qt_1',
  user: 'ada',
  phase: 'confirming',
  invoice: null,
  clientSecret: null,
  failedMethod: null,
  card: null,
  reason: null,
  checkout: null,
  leaseOwner: 'node-1',
  leaseUntil: start + 30_000,
  createdAt: start,
  updatedAt: start,
}

const openUpgrade = (db: Database, record: UpgradeRecord) =>
  db.transaction(record.account, (stores) => stores.billing.openUpgrade(record))

const saveUpgrade = (db: Database, record: UpgradeRecord) =>
  db.transaction(record.account, (stores) => stores.billing.saveUpgrade(record))

export function billingConformance(open: Open): void {
  describe('quotes', () => {
    it('come back as they were saved, to their own account only', async () => {
      const db = await open()
      await db.transaction('acme', (stores) => stores.billing.saveQuote(quote))
      expect(await db.read.billing.findQuote('acme', 'qt_1')).toEqual(quote)
      expect(await db.read.billing.findQuote('other', 'qt_1')).toBeNull()
      const begins: QuoteRecord = {
        ...quote,
        id: 'qt_2',
        change: {
          kind: 'start',
          plan: 'starter',
          feature: 'seats',
          addon: null,
          quantity: 2,
          before: null,
          after: null,
        },
        subscription: null,
        steps: { ...quote.steps, release: null },
      }
      await db.transaction('acme', (stores) => stores.billing.saveQuote(begins))
      expect(await db.read.billing.findQuote('acme', 'qt_2')).toEqual(begins)
    })
  })

  describe('upgrades', () => {
    it('open once an account, however many try at once', async () => {
      const db = await open()
      const tries = Array.from({ length: 20 }, (_, n) =>
        openUpgrade(db, { ...upgrade, id: `up_${n}`, quote: `qt_${n}` }),
      )
      expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
      expect(await openUpgrade(db, { ...upgrade, account: 'other' })).toBe(true)
    })

    it.each(['applied', 'expired', 'canceled'] as const)('make way for the next one when %s', async (phase) => {
      const db = await open()
      expect(await openUpgrade(db, upgrade)).toBe(true)
      expect(await openUpgrade(db, { ...upgrade, id: 'up_2', quote: 'qt_2' })).toBe(false)
      await saveUpgrade(db, { ...upgrade, phase })
      expect(await db.read.billing.findOpenUpgrade('acme')).toBeNull()
      expect(await openUpgrade(db, { ...upgrade, id: 'up_2', quote: 'qt_2' })).toBe(true)
    })

    it('stay with the owner of their lease for as long as it says so, and with nobody else', async () => {
      const db = await open()
      await openUpgrade(db, { ...upgrade, leaseOwner: 'node_1', leaseUntil: start + 10 })
      const renew = (owner: string, until: number) =>
        db.transaction('acme', ({ billing }) => billing.renewLease({ account: 'acme', id: upgrade.id, owner, until }))
      const until = async () => (await db.read.billing.findUpgrade('acme', upgrade.id))?.leaseUntil
      await renew('node_1', start + 20)
      await renew('node_2', start + 90)
      expect(await until()).toBe(start + 20)
      await saveUpgrade(db, { ...upgrade, leaseOwner: null, leaseUntil: 0 })
      await renew('node_1', start + 30)
      expect(await until()).toBe(0)
    })

    it('use a quote once, also when the first one has ended', async () => {
      const db = await open()
      await openUpgrade(db, upgrade)
      await saveUpgrade(db, { ...upgrade, phase: 'applied' })
      expect(await openUpgrade(db, { ...upgrade, id: 'up_2' })).toBe(false)
    })

    it('are found by id, by quote, and as the open one, as they were last saved', async () => {
      const db = await open()
      await openUpgrade(db, upgrade)
      const invoice = {
        id: 'in_1',
        total: usd(1_672),
        amountDue: usd(1_672),
        amountPaid: usd(0),
        status: 'open',
        url: null,
      }
      const saved: UpgradeRecord = {
        ...upgrade,
        checkout: {
          session: 'cs_1',
          url: '',
          clientSecret: 'cs_1_secret',
          expiresAt: start + 86_400_000,
        },
        phase: 'payment_failed',
        invoice,
        clientSecret: 'secret',
        failedMethod: 'pm_1',
        card: { keep: true },
        reason: { code: 'card_declined', detail: 'The card was declined.' },
        leaseOwner: null,
        leaseUntil: 0,
        updatedAt: start + 1,
      }
      await saveUpgrade(db, saved)
      expect(await db.read.billing.findUpgrade('acme', 'up_1')).toEqual(saved)
      expect(await db.read.billing.findUpgradeOfQuote('acme', 'qt_1')).toEqual(saved)
      expect(await db.read.billing.findOpenUpgrade('acme')).toEqual(saved)
      expect(await db.read.billing.findUpgrade('other', 'up_1')).toBeNull()
    })

    it('are abandoned when open and past their lease, the longest untouched first', async () => {
      const db = await open()
      const leases = { a: 30, b: 10, c: 20, held: 99, closed: 5 }
      for (const [account, lease] of Object.entries(leases)) {
        await openUpgrade(db, { ...upgrade, account, leaseUntil: start + lease, updatedAt: start + lease })
      }
      await saveUpgrade(db, { ...upgrade, account: 'closed', leaseUntil: start + 5, phase: 'applied' })
      const abandoned = async (limit: number) =>
        (await db.read.billing.abandonedUpgrades(start + 50, limit)).map(({ account }) => account)
      expect(await abandoned(10)).toEqual(['b', 'c', 'a'])
      expect(await abandoned(2)).toEqual(['b', 'c'])
    })

    it('keep each movement of money once, and say which were new', async () => {
      const db = await open()
      const shared = {
        account: 'acme',
        payment: 'ch_1',
        intent: 'pi_1',
        invoice: 'in_1',
        upgrade: 'up_1',
        currency: 'usd',
      }
      const paid: Settlement = { ...shared, id: 'ch_1', kind: 'payment', amount: 1_672, at: start }
      const back: Settlement = { ...shared, id: 're_1', kind: 'refund', amount: -1_672, at: start + 5 }
      const settle = (...movements: Settlement[]) => db.transaction('acme', ({ billing }) => billing.settle(movements))
      expect(await settle(paid)).toEqual([paid])
      expect(await settle(paid, back)).toEqual([back])
      expect(await settle(paid, back)).toEqual([])
      expect(await settle()).toEqual([])
      expect(await db.read.billing.settlements('acme', start)).toEqual([paid, back])
      expect(await db.read.billing.settlements('acme', start + 1)).toEqual([back])
      expect(await db.read.billing.settlements('other', 0)).toEqual([])
    })

    it('are listed since they were applied, the oldest first', async () => {
      const db = await open()
      for (const n of [2, 1, 3]) {
        const one = { ...upgrade, id: `up_${n}`, quote: `qt_${n}` }
        await openUpgrade(db, one)
        await saveUpgrade(db, { ...one, phase: n === 3 ? 'canceled' : 'applied', updatedAt: start + n })
      }
      const applied = async (at: number) => (await db.read.billing.appliedSince('acme', at)).map(({ id }) => id)
      expect([await applied(start), await applied(start + 2)]).toEqual([['up_1', 'up_2'], ['up_2']])
    })
  })
}
