import { describe, expect, it } from 'vitest'
import type { SubscriptionRecord } from '../../../server/src/accounts/model.ts'
import type { RequestRecord } from '../../../server/src/requests/port.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { subscription } from '../../server/samples.ts'
import { type Open, start } from '../setting.ts'

const request: RequestRecord = {
  account: 'acme',
  id: 'rq_1',
  user: 'bob',
  feature: 'seats',
  quantity: 2,
  note: 'Two new people on Monday',
  status: 'open',
  createdAt: start,
  answeredAt: null,
  answeredBy: null,
  reply: null,
  updatedAt: start,
}

const save = (db: Database, record: RequestRecord) =>
  db.transaction(record.account, (stores) => stores.requests.save(record))

const receive = (db: Database, id: string, receivedAt = start) =>
  db.transaction('stripe', (stores) =>
    stores.inbox.receive({ id, type: 'invoice.paid', customer: `cus_${id}`, receivedAt }),
  )

const claim = (db: Database, scope: string, key: string, at = start) =>
  db.transaction(scope, (stores) => stores.idempotency.claim(scope, key, 'hash', at))

export function journalsConformance(open: Open): void {
  describe('requests', () => {
    it('are open once a user and feature, until they are answered', async () => {
      const db = await open()
      await save(db, request)
      expect(await db.read.requests.findOpen('acme', 'bob', 'seats')).toEqual(request)
      expect(await db.read.requests.findOpen('acme', 'eve', 'seats')).toBeNull()
      const granted: RequestRecord = {
        ...request,
        status: 'granted',
        answeredAt: start + 1,
        answeredBy: 'ada',
        reply: 'Sure',
      }
      await save(db, granted)
      expect(await db.read.requests.findOpen('acme', 'bob', 'seats')).toBeNull()
      expect(await db.read.requests.find('acme', 'rq_1')).toEqual(granted)
      expect(await db.read.requests.find('other', 'rq_1')).toBeNull()
    })

    it('are listed newest first, of everyone or of one user', async () => {
      const db = await open()
      for (const n of [1, 3, 2]) await save(db, { ...request, id: `rq_${n}`, createdAt: start + n })
      await save(db, { ...request, id: 'rq_eve', user: 'eve' })
      const listed = async (user: string | null) => (await db.read.requests.list('acme', user)).map(({ id }) => id)
      expect(await listed(null)).toEqual(['rq_3', 'rq_2', 'rq_1', 'rq_eve'])
      expect(await listed('eve')).toEqual(['rq_eve'])
    })
  })

  describe('requests to the vendor', () => {
    it('are the open ones of admins whose account pays by invoice or for no plan of ours, the oldest first', async () => {
      const db = await open()
      const own = async (account: string, rest: Partial<SubscriptionRecord>) => {
        await db.transaction(account, async ({ accounts }) => {
          await accounts.saveSubscription(subscription({ account, id: `sub_${account}`, byInvoice: true, ...rest }))
          for (const [id, role] of [
            ['bob', 'admin'],
            ['eve', 'member'],
          ] as const)
            await accounts.saveUser({ account, id, role, email: null, name: null, locale: null, entities: [] }, start)
        })
        await save(db, { ...request, account, id: `rq_${account}` })
      }
      await own('later', {})
      await save(db, { ...request, account: 'later', id: 'rq_member', user: 'eve' })
      await save(db, { ...request, account: 'later', id: 'rq_done', feature: 'sso', status: 'granted' })
      await own('by_card', { byInvoice: false })
      await own('other', { byInvoice: false, plan: null })
      await own('ended', { status: 'canceled' })
      await own('first', {})
      await save(db, { ...request, account: 'first', id: 'rq_first', createdAt: start - 1 })
      const listed = await db.read.requests.listForVendor({ roles: ['owner', 'admin'], everywhere: false })
      expect(listed.map(({ id }) => id)).toEqual(['rq_first', 'rq_later', 'rq_other'])
      expect(listed[1]).toEqual({ ...request, account: 'later', id: 'rq_later' })
      const everywhere = await db.read.requests.listForVendor({ roles: ['admin'], everywhere: true })
      expect(everywhere.map(({ id }) => id)).toEqual(['rq_first', 'rq_by_card', 'rq_ended', 'rq_later', 'rq_other'])
    })

    it('are untold until they are heard of, again when they change, and not before the next try', async () => {
      const db = await open()
      await db.transaction('acme', ({ accounts }) =>
        accounts.saveUser(
          { account: 'acme', id: 'bob', role: 'admin', email: null, name: null, locale: null, entities: [] },
          start,
        ),
      )
      const whose = { roles: ['admin'], everywhere: true }
      const untold = async (now: number) =>
        (await db.read.requests.untold(whose, now, 10)).map(({ id, updatedAt }) => [id, updatedAt - start])
      const save = (more: Partial<RequestRecord>) =>
        db.transaction('acme', ({ requests }) => requests.save({ ...request, ...more }))
      await save({ id: 'rq_gone', status: 'withdrawn' })
      await save({ updatedAt: start })
      expect(await untold(start), 'what was taken back before anybody heard of it is none').toEqual([['rq_1', 0]])
      await db.transaction('acme', ({ requests }) => requests.putOff({ ...request, updatedAt: start }, start + 10))
      expect([await untold(start + 9), await untold(start + 10)]).toEqual([[], [['rq_1', 0]]])
      await save({ updatedAt: start + 1, quantity: 9 })
      expect(await untold(start + 1), 'a change is told at once').toEqual([['rq_1', 1]])
      await db.transaction('acme', ({ requests }) => requests.heard({ ...request, updatedAt: start }))
      expect(await untold(start + 2), 'what was heard of was older').toEqual([['rq_1', 1]])
      await db.transaction('acme', ({ requests }) => requests.heard({ ...request, updatedAt: start + 1 }))
      expect(await untold(start + 99)).toEqual([])
      await save({ updatedAt: start + 3, status: 'withdrawn' })
      expect(await untold(start + 99)).toEqual([['rq_1', 3]])
    })
  })

  describe('the inbox', () => {
    it('takes an event once, however often it is sent', async () => {
      const db = await open()
      const sent = await Promise.all(Array.from({ length: 6 }, () => receive(db, 'evt_1')))
      expect(sent.filter(Boolean)).toHaveLength(1)
      await db.transaction('stripe', (stores) => stores.inbox.done('evt_1', start))
      expect(await receive(db, 'evt_1')).toBe(false)
      expect(await db.read.inbox.pending(10)).toEqual([])
    })

    it('gives what is not done yet, oldest first', async () => {
      const db = await open()
      for (const n of [3, 1, 2]) await receive(db, `evt_${n}`, start + n)
      await db.transaction('stripe', (stores) => stores.inbox.done('evt_1', start))
      expect(await db.read.inbox.pending(10)).toEqual([
        { id: 'evt_2', customer: 'cus_evt_2' },
        { id: 'evt_3', customer: 'cus_evt_3' },
      ])
      expect(await db.read.inbox.pending(1)).toHaveLength(1)
    })
  })

  describe('idempotency keys', () => {
    it('are claimed by one request, of its own scope', async () => {
      const db = await open()
      const claims = await Promise.all(Array.from({ length: 6 }, () => claim(db, 'acme', 'key')))
      expect(claims.filter((kept) => kept === null)).toHaveLength(1)
      expect(claims.find((kept) => kept !== null)).toMatchObject({
        request: 'hash',
        status: null,
        body: null,
        at: start,
      })
      expect(await claim(db, 'other', 'key')).toBeNull()
    })

    it('keep the first reply', async () => {
      const db = await open()
      await claim(db, 'acme', 'key')
      await db.transaction('acme', (stores) => stores.idempotency.keep('acme', 'key', { status: 201, body: '{"a":1}' }))
      expect(await claim(db, 'acme', 'key', start + 1)).toMatchObject({ status: 201, body: '{"a":1}', at: start })
    })

    it('are free again when released or forgotten', async () => {
      const db = await open()
      await claim(db, 'acme', 'key')
      await db.transaction('acme', (stores) => stores.idempotency.release('acme', 'key'))
      expect(await claim(db, 'acme', 'key', start + 5)).toBeNull()
      await db.transaction('acme', (stores) => stores.idempotency.forgetBefore(start + 5))
      expect(await claim(db, 'acme', 'key')).not.toBeNull()
      await db.transaction('acme', (stores) => stores.idempotency.forgetBefore(start + 6))
      expect(await claim(db, 'acme', 'key')).toBeNull()
    })
  })
}
