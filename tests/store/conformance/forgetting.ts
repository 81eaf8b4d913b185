import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Op, PastEvent, Written } from '../../../server/src/metering/model.ts'
import type { Database } from '../../../server/src/store/database.ts'
import { addition, driftsIn, level, type Open, op, start, today, used } from '../setting.ts'

const day = 86_400_000

/** Received, timed and counted so many days after the start. */
const on = (n: number) => ({ time: start + n * day, day: today + n * day, receivedAt: start + n * day })

/** No day is compared with its events. */
const nothing = { events: start * 2, days: 0 }

type Past = { feature: 'sum' | 'level'; n: number } & ({ add: number } | { level: number })
const pastEvent: fc.Arbitrary<Past> = fc.oneof(
  fc.record({ feature: fc.constantFrom('sum' as const, 'level' as const), n: fc.nat(12), add: fc.nat(9) }),
  fc.record({ feature: fc.constant('level' as const), n: fc.nat(12), level: fc.nat(9) }),
)
/** Of its day, at an instant of its own. */
const at = ({ n, ...move }: Past, place: number) => ({ ...move, ...on(n), time: start + n * day + place })

/** The newest level, and what was added from then on. */
function comesTo(events: readonly Op[]): number {
  const levels = events.filter((one) => one.level !== null).sort((a, b) => a.time - b.time)
  const newest = levels.at(-1)
  return events.reduce(
    (sum, { add, time }) => (time >= (newest?.time ?? 0) ? sum + (add ?? 0) : sum),
    newest?.level ?? 0,
  )
}

async function forgetAll(db: Database, before: number): Promise<PastEvent[]> {
  const gone: PastEvent[] = []
  const leaving = async (events: readonly PastEvent[]) => {
    gone.push(...events)
  }
  while ((await db.forgetEvents(before, leaving)) > 0);
  return gone
}

export function forgettingConformance(open: Open): void {
  describe('forgetting', () => {
    it('deletes the events received before an instant, whatever their time, and hands them on first', async () => {
      const db = await open()
      const imported = { ...on(-300), receivedAt: start + 9 * day }
      const old = addition(2, { ...on(0), user: 'sam', scope: 'entity:board', properties: { a: 1 }, more: [op()] })
      await db.writeOps([old, op({ ...on(1), name: 'seen' }), addition(3, on(9)), addition(4, imported)])
      const gone = await forgetAll(db, start + 2 * day)
      expect(gone.map(({ name }) => name).sort()).toEqual(['seen', 'used'])
      expect(gone.find(({ id }) => id === old.id)).toEqual({
        account: 'acme',
        id: old.id,
        user: 'sam',
        entity: 'board',
        name: 'used',
        feature: 'exports',
        value: 2,
        set: null,
        time: start,
        receivedAt: start,
        properties: { a: 1 },
        replaces: null,
      })
      expect(await db.forgetEvents(start + 2 * day, async () => {})).toBe(0)
      expect([await used(db, 'exports'), await used(db, 'exports', 'acme', 0, 'entity:board')]).toEqual([7, 2])
      expect(await db.read.metering.usageDays('acme', { features: ['exports'], from: 0 })).toHaveLength(2)
    })

    it('keeps the events where they cannot be handed on', async () => {
      const db = await open()
      await db.writeOps([addition(1)])
      const failing = db.forgetEvents(start + 1, () => Promise.reject(new Error('the disk is full')))
      await expect(failing).rejects.toThrow('the disk is full')
      expect(await forgetAll(db, start + 1)).toHaveLength(1)
    })

    it('takes any number of lots, while events come in', async () => {
      const db = await open()
      const batch = (n: number) => Array.from({ length: 1_000 }, () => addition(1, on(n)))
      for (let n = 0; n < 12; n++) await db.writeOps(batch(0))
      const [gone] = await Promise.all([forgetAll(db, start + day), db.writeOps(batch(5)), db.writeOps(batch(5))])
      expect(new Set(gone.map(({ id }) => id)).size).toBe(12_000)
      expect(await used(db, 'exports')).toBe(14_000)
      expect(await forgetAll(db, start + 9 * day)).toHaveLength(2_000)
    })

    it('leaves every counter as it was, also when a later event is corrected', async () => {
      const db = await open()
      const wrong = addition(5, { feature: 'seats', ...on(80) })
      await db.writeOps([
        level(3, start, on(0)),
        addition(1, { feature: 'seats', ...on(10) }),
        op({ feature: 'peak', peak: 9, ...on(0) }),
        op({ feature: 'people', key: 'ada', ...on(0) }),
        wrong,
        op({ feature: 'peak', peak: 4, ...on(80) }),
        op({ feature: 'people', key: 'bo', id: 'bo', ...on(80) }),
      ])
      await forgetAll(db, start + 50 * day)
      await db.forgetUse({ accounts: ['acme'], before: today + 50 * day, keep: [] })
      await db.writeOps([
        addition(2, { feature: 'seats', ...on(81), replaces: { id: wrong.id, since: 0 } }),
        op({ ...on(81), replaces: { id: 'bo', since: 0 } }),
      ])
      expect(await Promise.all(['seats', 'peak', 'people'].map((feature) => used(db, feature)))).toEqual([6, 9, 1])
      expect(await db.read.metering.levelsBefore('acme', { feature: 'seats', day: today + 60 * day })).toEqual([
        { value: '', level: 4 },
      ])
    })

    it('deletes the use of several accounts together, and keeps the sums of each', async () => {
      const db = await open()
      const accounts = ['acme', 'other', 'third']
      const use = accounts.flatMap((account, k) =>
        [0, 10, 60].flatMap((n) => [
          addition(k + 1, { account, feature: 'lasting', ...on(n) }),
          addition(1, { account, feature: 'calls', period: today + n * day, ...on(n) }),
        ]),
      )
      await db.writeOps(use)
      const forget = (ids: string[]) => db.forgetUse({ accounts: ids, before: today + 50 * day, keep: [] })
      await forget([])
      await forget(['acme', 'other'])
      const days = await Promise.all(
        accounts.map((account) => db.read.metering.usageDays(account, { features: ['lasting', 'calls'], from: 0 })),
      )
      const told = days.map((rows) => rows.map(({ feature, day: on, added }) => [feature, (on - today) / day, added]))
      const kept = (k: number) => [
        ['lasting', 10, 2 * k],
        ['calls', 60, 1],
        ['lasting', 60, k],
      ]
      expect(told.slice(0, 2)).toEqual([kept(1), kept(2)])
      expect(told[2]).toHaveLength(6)
      expect(await Promise.all(accounts.map((account) => used(db, 'lasting', account)))).toEqual([3, 6, 9])
    })

    it('deletes periods that are long over, but for features whose units roll over', async () => {
      const db = await open()
      const periods = [0, 30, 60].flatMap((n) =>
        ['calls', 'rolling'].map((feature) => addition(1, { feature, period: today + n * day, ...on(n) })),
      )
      await db.writeOps(periods)
      await db.forgetUse({ accounts: ['acme'], before: today + 50 * day, keep: ['rolling'] })
      const counters = (feature: string) =>
        db.read.metering.counters('acme', [{ feature, scope: '', from: 0 }]).then((rows) => rows.length)
      expect([await counters('calls'), await counters('rolling')]).toEqual([1, 3])
      const days = await db.read.metering.usageDays('acme', { features: ['calls'], from: 0 })
      expect(days.map((row) => row.day)).toEqual([today + 60 * day])
    })
  })

  describe('history from between days that are joined', () => {
    it('counts where it can be told from them, and is refused where it cannot: what counts is what all that counted comes to', async () => {
      const db = await open()
      // A level between what was added on a day of which the events are gone.
      const ofOneDay: Past[] = [1, 5].map((add) => ({ feature: 'level', n: 10, add }))
      const lateOnIt = [{ move: { feature: 'level' as const, n: 10, level: 9 }, corrects: null }]
      let run = 0
      let refused = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(pastEvent, { minLength: 1, maxLength: 8 }),
          fc.array(fc.record({ move: pastEvent, corrects: fc.option(fc.nat(7), { freq: 3 }) }), { maxLength: 8 }),
          fc.boolean(),
          fc.boolean(),
          async (before, after, forgets, together) => {
            const account = `joined-${++run}`
            const first = before.map((move, n) => op({ account, ...at(move, 2 * n) }))
            await db.writeOps(first)
            await db.forgetUse({ accounts: [account], before: today + 30 * day, keep: [] })
            if (forgets) await forgetAll(db, start + 99 * day)
            const counting = new Map(first.map((one) => [one.id, one]))
            const ops = after.map(({ move, corrects }, n) => {
              const wrong = corrects === null ? undefined : first[corrects]
              const replaces = wrong && { replaces: { id: wrong.id, since: 0, seen: true as const } }
              const old = forgets ? ('gone' as const) : ('joined' as const)
              return op({ account, ...at(move, 2 * n + 1), old, receivedAt: start + 200 * day, ...replaces })
            })
            const written: Written[] = together ? [await db.writeOps(ops)] : []
            if (!together) for (const one of ops) written.push(await db.writeOps([one]))
            for (const [n, status] of written.flatMap(({ statuses }) => statuses).entries()) {
              const one = ops[n]
              if (!one) continue
              expect(status).toMatch(one.replaces ? /accepted|late|joined/ : /accepted|joined/)
              if (status !== 'accepted') refused++
              else {
                if (one.replaces) counting.delete(one.replaces.id)
                counting.set(one.id, one)
              }
            }
            for (const feature of ['sum', 'level']) {
              const mine = [...counting.values()].filter((one) => one.feature === feature)
              expect(await used(db, feature, account)).toBe(comesTo(mine))
            }
            expect(await driftsIn(db, nothing)).toEqual([])
            // The next night joins what came in between.
            await db.forgetUse({ accounts: [account], before: today + 31 * day, keep: [] })
            expect(await driftsIn(db, nothing)).toEqual([])
            // Or every run would look at those of all before it.
            await db.transaction(account, ({ erasure }) => erasure.account(account))
          },
        ),
        { numRuns: 100, examples: [[ofOneDay, lateOnIt, true, false]] },
      )
      expect(refused).toBeGreaterThan(10)
    })

    it('is refused with a level between them, and counts where it goes on after them', async () => {
      const db = await open()
      const seats = (n: number, rest: object) => op({ feature: 'seats', ...on(n), old: 'joined', ...rest })
      await db.writeOps([0, 10, 20].map((n) => addition(2, { feature: 'seats', ...on(n) })))
      await db.forgetUse({ accounts: ['acme'], before: today + 30 * day, keep: [] })
      const between = await db.writeOps([seats(5, { level: 7 }), seats(5, { add: 1 }), seats(25, { level: 9 })])
      expect(between.statuses).toEqual(['joined', 'accepted', 'accepted'])
      expect(await used(db, 'seats')).toBe(9)
      const again = await db.writeOps([seats(22, { level: 3 }), seats(26, { add: 4 })])
      expect(again.statuses).toEqual(['accepted', 'accepted'])
      expect(await used(db, 'seats')).toBe(13)
    })
  })

  describe('a job', () => {
    it('is taken once until its time has come again, by whoever asks first', async () => {
      const db = await open()
      const claim = (now: number) => db.transaction('', ({ jobs }) => jobs.claim('tidy', now, day))
      expect(await Promise.all([claim(start), claim(start), claim(start)])).toContain(true)
      expect([await claim(start), await claim(start + day - 1), await claim(start + day)]).toEqual([false, false, true])
    })
  })
}
