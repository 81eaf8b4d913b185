import type { Database } from 'better-sqlite3'
import { fitsOut } from '../../metering/days.ts'
import type { Op } from '../../metering/model.ts'
import { mostParts, partIds } from '../../metering/tally.ts'
import type { Counter, CounterOf, Recount } from './counter.ts'
import type { Days } from './days.ts'
import type { JoinedWith } from './joined.ts'
import type { StoredEvent } from './strung.ts'

interface Part extends StoredEvent {
  feature: string | null
  scope: string
  period: number
  day: number
  taken_by: string | null
}

interface Counting {
  counterOf: CounterOf
  recount: Recount
  days: Days
}

/** Prepares what an event does that stands in for another one. */
export function prepareReplacing(db: Database, joinedWith: JoinedWith) {
  const places = partIds('', mostParts).map(() => '?')
  const readParts = db.prepare<unknown[], Part>(
    `select id, feature, scope, period, "add", level, peak, key, time, day, properties, taken_by from events where account = ? and id in (${places.join()})`,
  )
  const take = db.prepare('update events set taken_by = ? where account = ? and id = ?')
  const keepPlace = db.prepare(
    "insert into events (account, id, name, scope, period, time, day, received_at, taken_by) values (?, ?, '', '', 0, ?, ?, ?, ?)",
  )
  const fill = db.prepare(
    'update events set name = ?, "user" = ?, replaces = ?, properties = ?, time = ?, day = ? where account = ? and id = ? and name = \'\' and taken_by is not null',
  )
  const dropKey = db
    .prepare(
      'update uniques set events = events - 1 where account = ? and feature = ? and scope = ? and period = ? and key = ? returning events',
    )
    .pluck()
  const forgetKeys = db.prepare('delete from uniques where account = ? and feature = ? and events = 0')

  const isTold = (account: string, part: Part): boolean => {
    const { feature, scope, period, day } = part
    const joined = feature !== null && joinedWith({ account, feature, scope, period }, day)
    return !joined || fitsOut(joined, part)
  }

  return {
    /** Stores an event whose place was kept, as it was replaced before it came; false when it is a mere repetition. */
    fillPlace: ({ account, id, name, user, replaces, properties, time, day }: Op): boolean =>
      fill.run(name, user, replaces?.id, properties && JSON.stringify(properties), time, day, account, id).changes ===
      1,

    /**
     * Takes back what the replaced event counted and gives where its counters stood before; null when it is too old for
     * that, or cannot be told from what it is joined with. One that has not come yet will find its place taken.
     */
    takeBack(
      { account, id: by, day: today, receivedAt }: Op,
      { id, since, seen }: NonNullable<Op['replaces']>,
      { counterOf, recount, days }: Counting,
    ): Map<Counter, number> | null {
      const parts = readParts.all(account, ...partIds(id, mostParts))
      const before = new Map<Counter, number>()
      if (parts.length === 0 && seen) return null
      if (parts.length === 0) keepPlace.run(account, id, receivedAt, today, receivedAt, by)
      if (parts.some((part) => part.time < since || (part.taken_by === null && !isTold(account, part)))) return null
      for (const part of parts.filter((one) => one.taken_by === null)) {
        take.run(by, account, part.id)
        if (part.feature === null) continue
        const { feature, scope, period } = part
        const counter = counterOf(account, feature, scope, period)
        before.set(counter, counter.used)
        counter.moved = true
        if (part.key !== null) dropKey.run(account, feature, scope, period, part.key)
        days.takeBack(counter, part)
        Object.assign(counter, recount(counter))
        forgetKeys.run(account, feature)
      }
      return before
    },
  }
}
