import { describe, expect, it } from 'vitest'
import type { Delivery, OutcomeRecord } from '../../../server/src/prompts/model.ts'
import type { Database } from '../../../server/src/store/database.ts'
import type { Fire } from '../../../server/src/triggers/model.ts'
import { type Open, start } from '../setting.ts'

const delivery: Delivery = {
  account: 'acme',
  id: 'dl_1',
  fire: 'fi_1',
  user: 'ada',
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

    it('are open for everyone since an instant, newest first, when they answer nobody in particular', async () => {
      const db = await open()
      const forAll = { ...delivery, user: null, offer: null }
      for (const n of [1, 3, 2]) await deliver(db, { ...forAll, id: `all-${n}`, at: start + n })
      await deliver(db, { ...delivery, at: start + 9 })
      const since = async (at: number) => (await db.read.prompts.open('acme', at)).map(({ id }) => id)
      expect(await since(start)).toEqual(['all-3', 'all-2', 'all-1'])
      expect(await since(start + 3)).toEqual(['all-3'])
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
      const last = () => db.read.prompts.lastDismissedAt('acme', ['more-seats'])
      await record(db, { ...dismissed, user: 'bob' })
      await record(db, { ...dismissed, at: start + 5 })
      expect(await last()).toBe(start + 5)
      await record(db, { ...dismissed, at: start + 9, until: start + 9 })
      expect(await last()).toBe(start)
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
      expect(await db.read.triggers.lastFiredAt('acme', 'seats')).toBeNull()
      await fired(db, { id: 'fi_2', at: start + 2 })
      await fired(db, { id: 'fi_1', at: start + 1 })
      await fired(db, { id: 'fi_3', at: start + 3, status: 'held_out' })
      await fired(db, { id: 'fi_4', at: start + 4, status: 'suppressed' })
      await fired(db, { id: 'fi_5', at: start + 5, expansion: 'tier' })
      expect(await db.read.triggers.lastFiredAt('acme', 'seats')).toBe(start + 2)
      expect(await db.read.triggers.lastFiredAt('other', 'seats')).toBeNull()
    })

    it('leave one look for later at a feature, which is due at its time and taken once', async () => {
      const db = await open()
      const look = { account: 'acme', trigger: 'ceiling', feature: 'seats', cause: 'ev_1', at: start + 10 }
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

    it('find the newest answer to a user’s own attempt, with its reasons', async () => {
      const db = await open()
      await fired(db, {})
      await fired(db, { id: 'fi_2', at: start + 5 })
      const attempt = { account: 'acme', trigger: 'seats-blocked', user: 'ada', feature: 'seats', since: start }
      const recent = (rest: Partial<typeof attempt>) => db.read.triggers.recentAttempt({ ...attempt, ...rest })
      expect(await recent({})).toEqual({ ...fire, id: 'fi_2', at: start + 5 })
      expect(await recent({ since: start + 6 })).toBeNull()
      expect(await recent({ user: 'bob' })).toBeNull()
      expect(await recent({ feature: 'exports' })).toBeNull()
    })
  })
}
