import type { Database, Transaction } from 'better-sqlite3'
import { fits } from '../../metering/days.ts'
import { marksPassed } from '../../metering/marks.ts'
import type { Crossing, Move, Op, OpStatus, Written } from '../../metering/model.ts'
import { advance, partIds } from '../../metering/tally.ts'
import { type Recounted, recountSql, toTally } from '../recount.ts'
import type { Counter, CounterOf, Recount } from './counter.ts'
import { newestDay, prepareDays, type StoredDay } from './days.ts'
import { prepareJoined } from './joined.ts'
import { prepareReplacing } from './replacing.ts'

interface StoredCounter extends StoredDay {
  at: number
  used: number
  held: number
  level_at: number
  last_at: number
}

/** Prepares the transaction that commits a batch: each op in turn, then every counter that moved. */
export function prepareIngest(db: Database): Transaction<(ops: readonly Op[]) => Written> {
  const insertEvent = db.prepare(
    'insert into events (account, id, "user", name, feature, scope, period, "add", level, peak, key, time, day, received_at, properties, replaces, before) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
  )
  const deleteEvent = db.prepare('delete from events where account = ? and id = ?')
  const saved = ['used', 'level_at', 'last_at', 'day', 'day_added', 'day_level', 'day_level_at', 'day_last_at']
  saved.push('day_peak', 'day_newest')
  const readCounter = db.prepare<unknown[], StoredCounter>(
    `select rowid as at, held, ${saved} from counters where account = ? and feature = ? and scope = ? and period = ?`,
  )
  const insertCounter = db.prepare(
    `insert into counters (account, feature, scope, period, held, ${saved}) values (?, ?, ?, ?, 0, ${saved.map(() => '?')})`,
  )
  // By its row: to find it by name once more would cost three pages, which among many accounts are in no processor's cache.
  const writeCounter = db.prepare(`update counters set ${saved.map((name) => `${name} = ?`)} where rowid = ?`)
  const insertCrossing = db.prepare(
    'insert into crossings (account, feature, scope, period, mark, event, used, at) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
  )
  const countKey = db
    .prepare(
      'insert into uniques (account, feature, scope, period, key, events) values (?, ?, ?, ?, ?, 1) on conflict do update set events = events + 1 returning events',
    )
    .pluck()
  const recountStatement = db.prepare<unknown[], Recounted>(recountSql('usage'))
  const daysOfBatch = prepareDays(db)
  const joinedWith = prepareJoined(db)
  const replacing = prepareReplacing(db, joinedWith)

  const insert = (op: Op, id: string, name: string, move: Move, before: number | null): number | null => {
    const { changes, lastInsertRowid } = insertEvent.run(
      op.account,
      id,
      op.user,
      name,
      move.feature,
      move.scope ?? '',
      move.period,
      move.add,
      move.level,
      move.peak ?? null,
      move.key ?? null,
      op.time,
      op.day,
      op.receivedAt,
      op.properties && JSON.stringify(op.properties),
      op.replaces?.id ?? null,
      before,
    )
    return changes === 1 ? Number(lastInsertRowid) : null
  }

  return db.transaction((ops: readonly Op[]): Written => {
    const counters = new Map<string, Counter>()
    const crossings: Crossing[] = []
    const days = daysOfBatch()
    const save = (counter: Counter): void => {
      const { row, used, levelAt, lastAt, at, today } = counter
      const { account, feature, scope, period } = row
      const own = [today?.day, today?.added, today?.level, today?.levelAt, today?.lastAt, today?.peak, today?.newest]
      if (at !== null) writeCounter.run(used, levelAt, lastAt, ...own, at)
      else {
        const { lastInsertRowid } = insertCounter.run(account, feature, scope, period, used, levelAt, lastAt, ...own)
        counter.at = Number(lastInsertRowid)
      }
    }
    const recount: Recount = (counter) => {
      const { account, feature, scope, period } = counter.row
      days.save()
      save(counter)
      return toTally(recountStatement.get({ 1: account, 2: feature, 3: scope, 4: period }) as Recounted)
    }

    let latest: Counter | null = null
    const isLatest = (account: string, feature: string, scope: string, period: number): boolean =>
      latest?.row.account === account &&
      latest.row.feature === feature &&
      latest.row.scope === scope &&
      latest.row.period === period
    const counterOf: CounterOf = (account, feature, scope, period) => {
      // The key is a good part of what counting costs, and many a batch is of one account.
      if (latest && isLatest(account, feature, scope, period)) return latest
      const key = JSON.stringify([account, feature, scope, period])
      let counter = counters.get(key)
      if (!counter) {
        const stored = readCounter.get(account, feature, scope, period)
        const { used = 0, held = 0, level_at: levelAt = 0, last_at: lastAt = 0 } = stored ?? {}
        const row = { account, feature, scope, period, used }
        const today = stored ? newestDay(row, stored) : null
        counter = { row, used, held, at: stored?.at ?? null, levelAt, lastAt, moved: false, today, days: null }
        counters.set(key, counter)
      }
      latest = counter
      return counter
    }

    /** Stores one move and gives its row; null when its id is known. */
    const store = (op: Op, id: string, name: string, move: Move): number | null => {
      const { feature, scope = '', period, key } = move
      const before =
        feature === null || key !== undefined
          ? null
          : (days.whole(counterOf(op.account, feature, scope, period), op.day)?.newest ?? null)
      return insert(op, id, name, move, before)
    }

    /** Counts one move that is stored in `stored`, and the marks that it passed from where use was before the event. */
    const count = (op: Op, move: Move, stored: number, before: ReadonlyMap<Counter, number> | null): void => {
      const { account, id: event, receivedAt: at, time, day } = op
      const { feature, scope = '', period } = move
      if (feature === null) return
      const counter = counterOf(account, feature, scope, period)
      const { row, used } = counter
      const repeated = move.key !== undefined && countKey.get(account, feature, row.scope, row.period, move.key) !== 1
      days.count(counter, move, { time, day, row: stored })
      if (!repeated) {
        const next = advance(counter, move, op.time) ?? recount(counter)
        counter.used = next.used
        counter.levelAt = next.levelAt
        counter.lastAt = next.lastAt
      }
      counter.moved = true
      for (const mark of marksPassed(move, Math.max(used, before?.get(counter) ?? 0), counter.used))
        crossings.push({ account, feature, scope: row.scope, period: row.period, mark, event, used: counter.used, at })
    }

    /** Whether a move can be counted without events that are not there any more. */
    const isTold = ({ account, day, time, old }: Op, move: Move): boolean => {
      const { feature, scope = '', period, add, level } = move
      if (feature === null) return true
      const counter = counterOf(account, feature, scope, period)
      const summed = joinedWith(counter.row, day)?.day ?? (old === 'gone' ? day : null)
      const row = summed === null ? null : days.whole(counter, summed)
      return row === null || fits(row, { add, level, day, time })
    }

    const write = (op: Op): OpStatus => {
      const stored = store(op, op.id, op.name, op)
      if (stored === null) return op.replaces ? replaceLate(op) : 'duplicate'
      if (op.bound !== null && op.feature !== null) {
        const { used, held, levelAt } = counterOf(op.account, op.feature, op.scope ?? '', op.period)
        const isOver = used + held + (op.add ?? 0) > op.bound
        if (isOver || op.time < levelAt) {
          deleteEvent.run(op.account, op.id)
          return isOver ? 'refused' : 'early'
        }
      }
      if (op.old && ![op, ...(op.more ?? [])].every((move) => isTold(op, move))) {
        deleteEvent.run(op.account, op.id)
        return 'joined'
      }
      let before: Map<Counter, number> | null = null
      if (op.replaces) {
        before = replacing.takeBack(op, op.replaces, { counterOf, recount, days })
        if (!before) {
          deleteEvent.run(op.account, op.id)
          return 'late'
        }
      }
      count(op, op, stored, before)
      if (op.more) {
        const ids = partIds(op.id, op.more.length + 1)
        for (const [index, move] of op.more.entries()) {
          const part = store(op, ids[index + 1] ?? op.id, '', move)
          if (part !== null) count(op, move, part, before)
        }
      }
      return 'accepted'
    }

    /** An event that was replaced before it came counts nothing itself, but what it replaces is taken back all the same. */
    const replaceLate = (op: Op): OpStatus => {
      if (!op.replaces || !replacing.fillPlace(op)) return 'duplicate'
      replacing.takeBack(op, op.replaces, { counterOf, recount, days })
      return 'accepted'
    }

    const statuses = ops.map(write)
    days.save()
    const moved = [...counters.values()].filter((counter) => counter.moved)
    for (const counter of moved) {
      counter.row.used = counter.used
      save(counter)
    }
    for (const c of crossings)
      insertCrossing.run(c.account, c.feature, c.scope, c.period, c.mark, c.event, c.used, c.at)
    return { statuses, counters: moved.map((counter) => counter.row), crossings }
  })
}
