import { describe, expect, it } from 'vitest'
import type { Crossing } from '../../../server/src/metering/model.ts'
import { type Delivery, isFor, type OutcomeRecord } from '../../../server/src/prompts/model.ts'
import type { Database } from '../../../server/src/store/database.ts'
import type { Fire, Look } from '../../../server/src/triggers/model.ts'
import { addition, type Open, start } from '../setting.ts'

const delivery: Delivery = {
  account: 'acme',
  id: 'dl_1',
  fire: 'fi_1',
  user: 'ada',
  scope: '',
  to: 'own',
  prompt: 'more-seats',
  variant: 'plain',
  placement: 'dialog',
  feature: 'seats',
  quantity: 1,
  offer: {
    id: 'of_1',
    kind: 'add',
    title: 'More seats',
    price: { amount: 1_000, currency: 'usd' },
    interval: 'month',
    quantity: { min: 1, max: 10, step: 1, default: 1 },
    unit: 'seat',
  },
  at: start,
}

const dismissed: OutcomeRecord = {
  account: 'acme',
  delivery: 'dl_1',
  about: '',
  user: 'ada',
  outcome: 'dismissed',
  prompt: 'more-seats',
  feature: 'seats',
  scope: 'user',
  until: null,
  at: start,
}

const fire: Fire = {
  account: 'acme',
  id: 'fi_1',
  trigger: 'seats-blocked',
  expansion: 'seats',
  status: 'fired',
  user: 'ada',
  scope: '',
  to: 'own',
  feature: 'seats',
  cause: 'ev_1',
  explain: [{ code: 'condition', facts: { plan: 'starter', used: 5 }, rule: 'seats.used >= 5' }],
  at: start,
}

const deliver = (db: Database, record: Delivery) =>
  db.transaction(record.account, (stores) => stores.prompts.deliver(record))
const record = (db: Database, outcome: OutcomeRecord) =>
  db.transaction(outcome.account, (stores) => stores.prompts.recordOutcome(outcome))
const fired = (db: Database, rest: Partial<Fire>) =>
  db.transaction('acme', (stores) => stores.triggers.record({ ...fire, ...rest }))

export function promptsConformance(open: Open): void {
  describe('deliveries', () => {
    it('come back by id and by fire, to their own account only', async () => {
      const db = await open()
      await deliver(db, delivery)
      expect(await db.read.prompts.find('acme', 'dl_1')).toEqual(delivery)
      expect(await db.read.prompts.findByFire('acme', 'fi_1')).toEqual(delivery)
      expect(await db.read.prompts.find('other', 'dl_1')).toBeNull()
      expect(await db.read.prompts.findByFire('acme', 'fi_2')).toBeNull()
    })

    const forAll = { ...delivery, user: null, to: 'both', offer: null } as const
    const reader = { user: 'ada', entities: ['red', 'blue'], admin: false }

    it('are open since an instant, newest first, when they answer nobody in particular', async () => {
      const db = await open()
      for (const n of [1, 3, 2]) await deliver(db, { ...forAll, id: `all-${n}`, at: start + n })
      await deliver(db, { ...delivery, at: start + 9 })
      const since = async (at: number) => (await db.read.prompts.open('acme', reader, at)).map(({ id }) => id)
      expect(await since(start)).toEqual(['all-3', 'all-2', 'all-1'])
      expect(await since(start + 3)).toEqual(['all-3'])
    })

    it('are open for those whom they are for, and nobody else', async () => {
      const db = await open()
      const scopes = ['', 'user:ada', 'user:bob', 'entity:red', 'entity:green']
      const audiences = ['own', 'admins', 'both'] as const
      const all = scopes.flatMap((scope) => audiences.map((to) => ({ ...forAll, id: `${scope} ${to}`, scope, to })))
      for (const one of all) await deliver(db, one)
      for (const entities of [[], ['red'], ['red', 'green']])
        for (const admin of [true, false]) {
          const someone = { user: 'ada', entities, admin }
          const told = (await db.read.prompts.open('acme', someone, start)).map(({ id }) => id)
          expect(told.sort()).toEqual(all.flatMap((one) => (isFor(one, someone) ? one.id : [])).sort())
        }
    })

    it('about someone are not crowded out by what an admin reads of others', async () => {
      const db = await open()
      await deliver(db, { ...forAll, id: 'own', scope: 'user:ada', to: 'own' })
      for (let n = 1; n <= 60; n++) await deliver(db, { ...forAll, id: `n${n}`, scope: `user:u${n}`, at: start + n })
      const told = await db.read.prompts.open('acme', { ...reader, admin: true }, start)
      expect([told.length, told.at(-1)?.id, told[0]?.id]).toEqual([51, 'own', 'n60'])
    })
  })

  describe('outcomes', () => {
    const silences = async (db: Database, user: string, now = start) =>
      (await db.read.prompts.silences('acme', user, now)).map(({ outcome, delivery: of }) => `${outcome} ${of}`)

    it('silence the user who dismissed, and everyone when it was for the account', async () => {
      const db = await open()
      await record(db, dismissed)
      expect([await silences(db, 'ada'), await silences(db, 'bob')]).toEqual([['dismissed dl_1'], []])
      await record(db, { ...dismissed, delivery: 'dl_2', scope: 'account' })
      expect(await silences(db, 'bob')).toEqual(['dismissed dl_2'])
    })

    it('silence until their time has passed', async () => {
      const db = await open()
      await record(db, { ...dismissed, outcome: 'snoozed', until: start + 10 })
      expect(await silences(db, 'ada', start + 9)).toEqual(['snoozed dl_1'])
      expect(await silences(db, 'ada', start + 10)).toEqual([])
    })

    it('are found by delivery, of one user', async () => {
      const db = await open()
      await record(db, { ...dismissed, outcome: 'shown' })
      await record(db, { ...dismissed, delivery: 'dl_2' })
      await record(db, { ...dismissed, user: 'bob' })
      const of = async (user: string, ...ids: string[]) =>
        (await db.read.prompts.outcomesOf('acme', user, ids)).map(({ outcome, delivery: id }) => `${outcome} ${id}`)
      expect(await of('ada', 'dl_1')).toEqual(['shown dl_1'])
      expect((await of('ada', 'dl_1', 'dl_2')).sort()).toEqual(['dismissed dl_2', 'shown dl_1'])
      expect(await of('ada')).toEqual([])
      expect(await of('bob', 'dl_2')).toEqual([])
    })

    it('tell when a prompt was last dismissed, past those that were taken back', async () => {
      const db = await open()
      await deliver(db, delivery)
      const asked = { account: 'acme', prompts: ['more-seats'], scope: '', party: 'own', since: start } as const
      const last = () => db.read.prompts.lastDismissedAt(asked)
      await record(db, { ...dismissed, user: 'bob' })
      await record(db, { ...dismissed, at: start + 5 })
      expect(await last()).toBe(start + 5)
      await record(db, { ...dismissed, at: start + 9, until: start + 9 })
      expect(await last()).toBe(start)
    })

    it('tell who declined: a user or an entity for itself, the account for all, and for the admins any of them', async () => {
      const db = await open()
      const said = async (id: string, rest: Partial<Delivery>, user: string, at: number, scope = 'user' as const) => {
        const made = { ...delivery, user: null, ...rest, id }
        await deliver(db, made)
        await record(db, { ...dismissed, delivery: id, about: made.scope, user, at, scope })
      }
      await said('d1', { scope: '', to: 'both' }, 'ada', start + 1)
      await said('d2', { scope: 'user:bob', to: 'both' }, 'bob', start + 2)
      await said('d3', { scope: 'user:bob', to: 'both' }, 'ada', start + 3)
      await said('d4', { scope: 'entity:red', to: 'own' }, 'eve', start + 4)
      const last = async (scope: string, party: 'own' | 'admins', since = start) => {
        const at = await db.read.prompts.lastDismissedAt({
          account: 'acme',
          prompts: ['more-seats'],
          scope,
          party,
          since,
        })
        return at === null ? null : at - start
      }
      expect(await last('', 'own')).toBe(1)
      expect(await last('user:ada', 'own')).toBe(1)
      expect(await last('user:bob', 'own')).toBe(2)
      expect(await last('user:eve', 'own')).toBeNull()
      expect(await last('entity:red', 'own')).toBe(4)
      expect(await last('entity:blue', 'own')).toBe(1)
      expect(await last('user:eve', 'admins')).toBe(3)
      expect(await last('user:bob', 'own', start + 3)).toBeNull()
    })

    it('of being shown or clicked silence nothing', async () => {
      const db = await open()
      await record(db, { ...dismissed, outcome: 'shown' })
      await record(db, { ...dismissed, outcome: 'clicked' })
      expect(await silences(db, 'ada')).toEqual([])
    })

    it.each([
      ['in order', [1, 2]],
      ['out of order', [2, 1]],
    ])('of a kind keep the newest, told %s', async (_, order) => {
      const db = await open()
      for (const n of order) await record(db, { ...dismissed, until: start + n * 100, at: start + n })
      const [kept, ...more] = await db.read.prompts.silences('acme', 'ada', start)
      expect([kept?.until, more]).toEqual([start + 200, []])
    })
  })

  describe('fires', () => {
    it('tell when a kind of expansion last fired, past those held out or suppressed', async () => {
      const db = await open()
      const seats = { account: 'acme', expansion: 'seats', scope: '', party: 'own', since: start } as const
      expect(await db.read.triggers.lastFiredAt(seats)).toBeNull()
      await fired(db, { id: 'fi_2', at: start + 2 })
      await fired(db, { id: 'fi_1', at: start + 1 })
      await fired(db, { id: 'fi_3', at: start + 3, status: 'held_out' })
      await fired(db, { id: 'fi_4', at: start + 4, status: 'suppressed' })
      await fired(db, { id: 'fi_5', at: start + 5, expansion: 'tier' })
      expect(await db.read.triggers.lastFiredAt(seats)).toBe(start + 2)
      expect(await db.read.triggers.lastFiredAt({ ...seats, since: start + 3 })).toBeNull()
      expect(await db.read.triggers.lastFiredAt({ ...seats, account: 'other' })).toBeNull()
    })

    it('tell who was asked: a user or an entity by itself or with all, and the admins by any of them', async () => {
      const db = await open()
      const all: Partial<Fire>[] = [
        { user: null, scope: '', to: 'both' },
        { user: null, scope: 'user:ada', to: 'own' },
        { user: null, scope: 'user:bob', to: 'admins' },
        { user: null, scope: 'entity:red', to: 'both' },
        { user: 'bob', scope: '', to: 'own' },
        { user: 'eve', scope: 'entity:blue', to: 'own' },
      ]
      for (const [n, rest] of all.entries()) await fired(db, { ...rest, id: `fi_${n}`, at: start + n })
      const last = async (scope: string, party: 'own' | 'admins') => {
        const at = await db.read.triggers.lastFiredAt({
          account: 'acme',
          expansion: 'seats',
          scope,
          party,
          since: start,
        })
        return at === null ? null : at - start
      }
      expect(await last('', 'own')).toBe(4)
      expect(await last('user:ada', 'own')).toBe(1)
      expect(await last('user:bob', 'own')).toBe(4)
      expect(await last('user:eve', 'own')).toBe(0)
      expect(await last('entity:red', 'own')).toBe(3)
      expect(await last('entity:blue', 'own')).toBe(5)
      expect(await last('user:eve', 'admins')).toBe(3)
    })

    it('say whether a passing of the same mark in the same period was answered, for each scope', async () => {
      const db = await open()
      const passing = addition(6, { marks: [5], scope: 'user:ada', period: 7 })
      const [crossing] = (await db.writeOps([passing])).crossings
      if (!crossing) throw new Error('no mark was passed')
      const one = { trigger: 'seats-blocked', expansion: 'seats' }
      const isAnswered = (rest: Partial<Crossing> = {}, by = one) =>
        db.read.triggers.hasAnswered(by, { ...crossing, event: 'another', ...rest })
      const answer = { ...fire, user: null, scope: 'user:ada', feature: crossing.feature, cause: crossing.event }
      await fired(db, { ...answer, id: 'fi_1', status: 'suppressed' })
      expect(await isAnswered()).toBe(false)
      await fired(db, { ...answer, id: 'fi_2', status: 'held_out' })
      expect(await isAnswered()).toBe(true)
      for (const other of [{ mark: 6 }, { period: 8 }, { scope: 'user:bob' }, { scope: '' }, { feature: 'seats' }])
        expect(await isAnswered(other)).toBe(false)
      expect(await isAnswered({}, { ...one, trigger: 'another' })).toBe(false)
    })

    it('leave one look for later at a feature, which is due at its time and taken once', async () => {
      const db = await open()
      const look = { account: 'acme', trigger: 'ceiling', scope: '', feature: 'seats', cause: 'ev_1', at: start + 10 }
      const keep = (rest: Partial<typeof look> = {}) =>
        db.transaction('acme', (stores) => stores.triggers.lookAgain({ ...look, ...rest }))
      await keep()
      await keep({ at: start + 20, cause: 'ev_2' })
      await keep({ feature: 'exports' })
      const due = (now: number) => db.read.triggers.looksDue(now, 9)
      const [exports, seats] = [
        { ...look, feature: 'exports' },
        { ...look, at: start + 20, cause: 'ev_2' },
      ]
      expect(await due(start + 9)).toEqual([])
      expect(await due(start + 10)).toEqual([exports])
      expect(await due(start + 20)).toEqual([exports, seats])
      const take = (one: typeof look) => db.transaction('acme', (stores) => stores.triggers.takeLook(one))
      expect([await take(look), await take(seats), await take(seats)]).toEqual([false, true, false])
      expect(await due(start + 20)).toEqual([exports])
      await keep({ at: start + 99 })
      await keep({ account: 'other' })
      expect(await db.read.triggers.looksOf('acme')).toEqual([exports, { ...look, at: start + 99 }])
    })

    it('leave a look for each scope', async () => {
      const db = await open()
      const look = { account: 'acme', trigger: 'ceiling', feature: 'seats', cause: 'ev_1', at: start }
      const looks = ['entity:red', 'user:ada', 'user:bob'].map((scope, n) => ({ ...look, scope, at: start + n }))
      await db.transaction('acme', async ({ triggers }) => {
        for (const one of looks) await triggers.lookAgain(one)
      })
      expect(await db.read.triggers.looksOf('acme')).toEqual(looks)
      const [red, ada, bob] = looks as [Look, Look, Look]
      expect(await db.transaction('acme', ({ triggers }) => triggers.takeLook(ada))).toBe(true)
      expect(await db.read.triggers.looksDue(start + 9, 9)).toEqual([red, bob])
    })

    it('find the newest answer to a user’s own attempt, with its reasons', async () => {
      const db = await open()
      await fired(db, {})
      await fired(db, { id: 'fi_2', at: start + 5 })
      const attempt = {
        account: 'acme',
        trigger: 'seats-blocked',
        user: 'ada',
        scope: '',
        feature: 'seats',
        since: start,
      }
      const recent = (rest: Partial<typeof attempt>) => db.read.triggers.recentAttempt({ ...attempt, ...rest })
      expect(await recent({})).toEqual({ ...fire, id: 'fi_2', at: start + 5 })
      expect(await recent({ since: start + 6 })).toBeNull()
      expect(await recent({ user: 'bob' })).toBeNull()
      expect(await recent({ feature: 'exports' })).toBeNull()
      expect(await recent({ scope: 'entity:red' })).toBeNull()
    })
  })
}
