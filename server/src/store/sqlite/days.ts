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
import type { Move, Op } from '../../metering/model.ts'
import { dayEventsSql, splitsSql } from '../recount.ts'

/** The day of a counter that an event counts on. */
export interface CounterDay {
  account: string
  feature: string
  scope: string
  period: number
  day: number
}

/** An event as its row says it. */
export interface StoredEvent extends CountedEvent {
  properties: string | null
}

/** The rolled-up days of one batch: each row is read when the batch first needs it and written once. */
export interface Days {
  /** Counts a move of an op whose row is stored. */
  count(op: Op, move: Move, on: CounterDay): void
  /** Takes an event out that counts no more; `without` is stored, but not counted yet. */
  takeBack(event: StoredEvent, on: CounterDay, without: string): void
  save(): void
}

interface Row extends DayTally {
  part: DayPart
  on: CounterDay
  moved: boolean
}

export function prepareDays(db: Database): () => Days {
  const name =
    'account = ? and feature = ? and scope = ? and property = ? and day = ? and period = ? and value = ? and key = ?'
  const read = db.prepare<unknown[], DayTally>(
    `select added, level, level_at as "levelAt", last_at as "lastAt", peak from usage_days where ${name}`,
  )
  const write = db.prepare(
    'insert into usage_days (account, feature, scope, property, day, period, value, key, added, level, level_at, last_at, peak) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do update set added = excluded.added, level = excluded.level, level_at = excluded.level_at, last_at = excluded.last_at, peak = excluded.peak',
  )
  const readEvents = db.prepare<unknown[], StoredEvent>(dayEventsSql)
  const readSplits = db.prepare<unknown[], string>(splitsSql).pluck()
  const named = ({ account, feature, scope, period, day }: CounterDay) => ({
    1: account,
    2: feature,
    3: scope,
    4: period,
    5: day,
  })
  const keyOf = ({ on, part }: Row): unknown[] => [
    on.account,
    on.feature,
    on.scope,
    part.property,
    on.day,
    on.period,
    part.value,
    part.key,
  ]

  return () => {
    const rows = new Map<string, Row>()
    // Most events of a batch count where the one before did, and are not split.
    let last: Row | null = null

    const rowOf = (on: CounterDay, part: DayPart): Row => {
      const key = JSON.stringify([
        on.account,
        on.feature,
        on.scope,
        on.period,
        on.day,
        part.property,
        part.value,
        part.key,
      ])
      let row = rows.get(key)
      if (!row) {
        row = { ...emptyDay, part, on, moved: false }
        Object.assign(row, read.get(...keyOf(row)))
        rows.set(key, row)
      }
      return row
    }

    const recount = (row: Row, without = ''): void => {
      const { property, value } = row.part
      const isIn = ({ id, properties }: StoredEvent): boolean =>
        id !== without && (property === '' || splitValue(valuesOf(properties)[property]) === value)
      Object.assign(row, tallyDay(readEvents.all(named(row.on)).filter(isIn)))
    }

    const save = (): void => {
      for (const row of rows.values()) {
        if (!row.moved) continue
        row.moved = false
        write.run(...keyOf(row), row.added, row.level, row.levelAt, row.lastAt, row.peak)
      }
    }

    return {
      count({ time }, move, on) {
        const parts = dayParts(move)
        for (const part of parts) {
          const row: Row = last !== null && parts.length === 1 && isOf(last, on, part) ? last : rowOf(on, part)
          row.moved = true
          if (!countIn(row, move, time)) recount(row)
          last = row
        }
      },
      takeBack(event, on, without) {
        save() // the splits of this batch are among those that are read
        const values = valuesOf(event.properties)
        const splits = readSplits.all(named(on)).map((property) => ({ property, value: splitValue(values[property]) }))
        for (const part of dayParts({ key: event.key ?? '', splits })) {
          const row = rowOf(on, part)
          row.moved = true
          if (!takeOut(row, event)) recount(row, without)
        }
      },
      save,
    }
  }
}

const isOf = ({ on, part }: Row, wanted: CounterDay, { key, property }: DayPart): boolean =>
  on.day === wanted.day &&
  on.feature === wanted.feature &&
  on.account === wanted.account &&
  on.period === wanted.period &&
  on.scope === wanted.scope &&
  part.key === key &&
  part.property === property

const valuesOf = (properties: string | null): Facts => (properties === null ? {} : JSON.parse(properties))
