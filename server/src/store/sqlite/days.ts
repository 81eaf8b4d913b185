import type { Facts } from '@softgate/sdk/contract'
import type { Database } from 'better-sqlite3'
import {
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
import { splitsSql } from '../recount.ts'
import type { Counter, DayRow } from './counter.ts'
import { prepareStrung, type StoredEvent } from './strung.ts'

/** The rolled-up days of one batch, each row written once. */
export interface Days {
  /** What a counter counted on a day, or on those that are joined until then; null for a day after its newest one. */
  whole(counter: Counter, day: number): DayRow | null
  /** Counts a move on a day of its counter, which will be saved; the event is stored in `row`, behind `newest`. */
  count(counter: Counter, move: Move, at: Pick<Op, 'time' | 'day'> & { row: number }): void
  /** Takes an event out that counts no more. */
  takeBack(counter: Counter, event: StoredEvent & { day: number }): void
  /** Writes all but the newest day of each counter, which goes with the counter. */
  save(): void
}

/** The newest day of a counter, as its row has it. */
export interface StoredDay {
  day: number | null
  day_added: number
  day_level: number | null
  day_level_at: number
  day_last_at: number
  day_peak: number | null
  day_newest: number | null
}

const whole: DayPart = { property: '', value: '', key: '' }

export const newestDay = (of: CounterRow, stored: StoredDay): DayRow | null =>
  stored.day === null
    ? null
    : {
        of,
        day: stored.day,
        part: whole,
        added: stored.day_added,
        level: stored.day_level,
        levelAt: stored.day_level_at,
        lastAt: stored.day_last_at,
        peak: stored.day_peak,
        newest: stored.day_newest,
        stored: false,
        read: true,
        moved: false,
      }

export function prepareDays(db: Database): () => Days {
  const name =
    'account = ? and feature = ? and scope = ? and property = ? and day = ? and period = ? and value = ? and key = ?'
  const read = db.prepare<unknown[], DayTally & Pick<DayRow, 'newest'>>(
    `select added, level, level_at as "levelAt", last_at as "lastAt", peak, newest from usage_days where ${name}`,
  )
  const add = db.prepare(
    `update usage_days set added = added + ?, level = level + ?, last_at = max(last_at, ?) where ${name}`,
  )
  const insert = db.prepare(
    'insert into usage_days (added, level, level_at, last_at, peak, newest, account, feature, scope, property, day, period, value, key) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
  )
  const write = db.prepare(
    `update usage_days set added = ?, level = ?, level_at = ?, last_at = ?, peak = ?, newest = ? where ${name}`,
  )
  const strung = prepareStrung(db)
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
    row.newest = stored.newest
    row.stored = true
  }

  const isNewer = ({ today }: Counter, day: number): boolean => today === null || day > today.day

  return () => {
    const rows: DayRow[] = []

    const rowOf = (counter: Counter, day: number, part: DayPart): DayRow => {
      const { row: of, today } = counter
      const { property, value, key } = part
      const isWhole = property === '' && key === ''
      if (isWhole && today?.day === day) return today
      const row = { ...emptyDay, of, day, part, newest: null, stored: false, read: false, moved: false }
      if (isWhole && isNewer(counter, day)) {
        if (today) keep(counter, today.day, { ...today, moved: true })
        counter.today = { ...row, read: true }
        return counter.today
      }
      const name = isWhole ? day : `${day}\n${property}\n${value}\n${key}`
      return counter.days?.get(name) ?? keep(counter, name, row)
    }
    const keep = (counter: Counter, name: number | string, row: DayRow): DayRow => {
      rows.push(row)
      counter.days ??= new Map()
      counter.days.set(name, row)
      return row
    }

    const wholeOf = (counter: Counter, day: number): DayRow => {
      const row = rowOf(counter, day, whole)
      load(row)
      return row
    }

    const recount = (row: DayRow, counter: Counter): void => {
      const { property, value } = row.part
      const isIn = ({ properties }: StoredEvent): boolean =>
        property === '' || splitValue(valuesIn(properties)[property]) === value
      const { newest } = wholeOf(counter, row.day)
      Object.assign(row, tallyDay([...strung(row.of, row.day, newest)].filter(isIn)))
    }

    const save = (): void => {
      for (const row of rows) {
        if (!row.moved) continue
        row.moved = false
        const { of, day, part, added, lastAt, level, levelAt, peak, newest, stored } = row
        const { account, feature, scope, period } = of
        const { property, value, key } = part
        const names = [account, feature, scope, property, day, period, value, key]
        if (stored) write.run(added, level, levelAt, lastAt, peak, newest, ...names)
        else if (!row.read && add.run(added, added, lastAt, ...names).changes === 1) Object.assign(row, emptyDay)
        else {
          insert.run(added, level, levelAt, lastAt, peak, newest, ...names)
          row.read = true
          row.stored = true
        }
      }
    }

    return {
      whole: (counter, day) => (isNewer(counter, day) ? null : wholeOf(counter, day)),
      count(counter, move, { time, day, row: event }) {
        // What was added since the newest level of the counter was added since that of the day: no need to look.
        const rises = move.level === null && move.peak === undefined && time >= counter.levelAt
        if (move.key === undefined) wholeOf(counter, day).newest = event
        for (const part of dayParts(move)) {
          const row = rowOf(counter, day, part)
          row.moved = true
          if (!rises) load(row)
          if (!countIn(row, move, time)) recount(row, counter)
        }
      },
      takeBack(counter, event) {
        save() // the splits of this batch are among those that are read
        const values = valuesIn(event.properties)
        const splits = readSplits
          .all(named(counter.row, event.day))
          .map((property) => ({ property, value: splitValue(values[property]) }))
        for (const part of dayParts({ key: event.key ?? '', splits })) {
          const row = rowOf(counter, event.day, part)
          row.moved = true
          load(row)
          if (!takeOut(row, event)) recount(row, counter)
        }
      },
      save,
    }
  }
}

const valuesIn = (properties: string | null): Facts => (properties === null ? {} : JSON.parse(properties))
