import type { Facts } from '@softgate/sdk/contract'
import type { Database } from 'better-sqlite3'
import {
  type CountedEvent,
  countIn,
  type DayPart,
  type DayTally,
  dayParts,
  emptyDay,
  splitValue,
  takeOut,
  tallyDay,
} from '../../metering/days.ts'
import type { CounterRow, Move, Op } from '../../metering/model.ts'
import { dayEventsSql, splitsSql } from '../recount.ts'
import type { Counter } from './ingest.ts'

/** An event as its row says it. */
export interface StoredEvent extends CountedEvent {
  properties: string | null
}

/** The rolled-up days of one batch, each row written once. */
export interface Days {
  /** Counts a move on a day of its counter, which is as it was before; the event is stored. */
  count(counter: Counter, move: Move, at: Pick<Op, 'time' | 'day'>): void
  /** Takes an event out that counts no more; `without` is stored, but not counted yet. */
  takeBack(counter: Counter, event: StoredEvent & { day: number }, without: string): void
  save(): void
}

/** What is to be added to a row, or, once it had to be read, what is to be written. */
export interface DayRow extends DayTally {
  of: CounterRow
  day: number
  part: DayPart
  read: boolean
  moved: boolean
}

export function prepareDays(db: Database): () => Days {
  const name =
    'account = ? and feature = ? and scope = ? and property = ? and day = ? and period = ? and value = ? and key = ?'
  const read = db.prepare<unknown[], DayTally>(
    `select added, level, level_at as "levelAt", last_at as "lastAt", peak from usage_days where ${name}`,
  )
  const add = db.prepare(
    `update usage_days set added = added + ?, level = level + ?, last_at = max(last_at, ?) where ${name}`,
  )
  const write = db.prepare(
    'insert into usage_days (account, feature, scope, property, day, period, value, key, added, level, level_at, last_at, peak) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do update set added = excluded.added, level = excluded.level, level_at = excluded.level_at, last_at = excluded.last_at, peak = excluded.peak',
  )
  const readEvents = db.prepare<unknown[], StoredEvent>(dayEventsSql)
  const readSplits = db.prepare<unknown[], string>(splitsSql).pluck()
  const named = ({ account, feature, scope, period }: CounterRow, day: number) => ({
    1: account,
    2: feature,
    3: scope,
    4: period,
    5: day,
  })
  /** Reads what is stored of a row; what the batch has added so far comes on top. */
  const load = (row: DayRow): void => {
    if (row.read) return
    row.read = true
    const { of, day, part } = row
    const stored = read.get(of.account, of.feature, of.scope, part.property, day, of.period, part.value, part.key)
    if (!stored) return
    const { added, lastAt } = row
    row.added = stored.added + added
    row.level = stored.level === null ? null : stored.level + added
    row.levelAt = stored.levelAt
    row.lastAt = Math.max(stored.lastAt, lastAt)
    row.peak = stored.peak
  }
  const recount = (row: DayRow, without = ''): void => {
    const { property, value } = row.part
    const isIn = ({ id, properties }: StoredEvent): boolean =>
      id !== without && (property === '' || splitValue(valuesIn(properties)[property]) === value)
    Object.assign(row, tallyDay(readEvents.all(named(row.of, row.day)).filter(isIn)))
  }

  return () => {
    const rows: DayRow[] = []

    const rowOf = (counter: Counter, day: number, part: DayPart): DayRow => {
      const { row: of, last, days } = counter
      const { property, value, key } = part
      const isWhole = property === '' && key === ''
      // Most events of a batch count where the one before did, and are not split.
      if (isWhole && last?.day === day) return last
      const name = isWhole ? day : `${day}\n${property}\n${value}\n${key}`
      const known = days?.get(name)
      if (known) return known
      const row = { ...emptyDay, of, day, part, read: false, moved: false }
      rows.push(row)
      if (isWhole && !last) counter.last = row
      else counter.days = (days ?? new Map()).set(name, row)
      return row
    }

    const save = (): void => {
      for (const row of rows) {
        if (!row.moved) continue
        row.moved = false
        const { of, day, part, added, lastAt, level, levelAt, peak } = row
        const { account, feature, scope, period } = of
        const { property, value, key } = part
        const isThere =
          !row.read &&
          add.run(added, added, lastAt, account, feature, scope, property, day, period, value, key).changes === 1
        if (isThere) {
          Object.assign(row, emptyDay)
          continue
        }
        row.read = true
        write.run(account, feature, scope, property, day, period, value, key, added, level, levelAt, lastAt, peak)
      }
    }

    return {
      count(counter, move, { time, day }) {
        // What was added since the newest level of the counter was added since that of the day: no need to look.
        const rises = move.level === null && move.peak === undefined && time >= counter.levelAt
        for (const part of dayParts(move)) {
          const row = rowOf(counter, day, part)
          row.moved = true
          if (!rises) load(row)
          if (!countIn(row, move, time)) recount(row)
        }
      },
      takeBack(counter, event, without) {
        save() // the splits of this batch are among those that are read
        const values = valuesIn(event.properties)
        const splits = readSplits
          .all(named(counter.row, event.day))
          .map((property) => ({ property, value: splitValue(values[property]) }))
        for (const part of dayParts({ key: event.key ?? '', splits })) {
          const row = rowOf(counter, event.day, part)
          row.moved = true
          load(row)
          if (!takeOut(row, event)) recount(row, without)
        }
      },
      save,
    }
  }
}

const valuesIn = (properties: string | null): Facts => (properties === null ? {} : JSON.parse(properties))
