import type { Facts } from '@softgate/sdk/contract'
import type pg from 'pg'
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
import { dayEventsSql, splitsSql } from '../recount.ts'
import { arrayOf } from './arrays.ts'
import { type CounterName, locking } from './counters.ts'
import type { Part } from './parts.ts'

/** The day of a counter that an event counts on. */
export interface CounterDay extends CounterName {
  day: number
}

/** An event that counts no more, and the rows of its day that it counted in. */
export interface TakenEvent extends CountedEvent {
  on: CounterDay
  parts: readonly DayPart[]
}

/** Days under the lock of a transaction. */
export interface Days {
  /** Counts a stored part; the events named in `ahead` are stored, but not counted yet. */
  count(part: Part, ahead: ReadonlySet<string>): Promise<void>
  takeBack(event: TakenEvent, ahead: ReadonlySet<string>): Promise<void>
  save(): Promise<void>
}

interface Row extends DayTally {
  on: CounterDay
  part: DayPart
  moved: boolean
}

const columns = ['account', 'feature', 'scope', 'property', 'day', 'period', 'value', 'key'] as const
const names = columns.join(', ')
const list = `unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[])
  as n(${names})`

const keyOf = ({ on, part }: Pick<Row, 'on' | 'part'>): string =>
  JSON.stringify(columns.map((name) => ({ ...on, ...part })[name]))
const arraysOf = (rows: readonly Pick<Row, 'on' | 'part'>[]): string[] =>
  columns.map((name) => arrayOf(rows, ({ on, part }) => ({ ...on, ...part })[name]))

/** The day that a part counts on; null for what counts nothing. */
export const dayOf = ({ op, move }: Part): CounterDay | null =>
  move.feature === null
    ? null
    : { account: op.account, feature: move.feature, scope: move.scope ?? '', period: move.period, day: op.day }

/** The properties by which a day of a counter is split. */
export async function splitsOf(client: pg.PoolClient, on: CounterDay): Promise<string[]> {
  const { rows } = await client.query(splitsSql, valuesOf(on))
  return rows.map(({ property }) => property)
}

/** Locks the rows that parts will count in and events are taken out of, in one order whoever asks. */
export async function lockDays(
  client: pg.PoolClient,
  parts: readonly Part[],
  taken: readonly TakenEvent[],
): Promise<Days> {
  const wanted = [
    ...parts.flatMap((part) => {
      const on = dayOf(part)
      return on ? dayParts(part.move).map((one) => ({ on, part: one })) : []
    }),
    ...taken.flatMap(({ on, parts: own }) => own.map((part) => ({ on, part }))),
  ]
  const rows = new Map<string, Row>()
  for (const one of wanted) rows.set(keyOf(one), { ...one, ...emptyDay, moved: false })
  const arrays = arraysOf([...rows.values()])
  const made = client.query(
    `insert into usage_days (${names}, added, level_at, last_at) select ${names}, 0, 0, 0 from ${list}
     order by ${names} ${locking(names)}`,
    arrays,
  )
  const read = client.query(`select d.* from usage_days d join ${list} using (${names})`, arrays)
  const [, { rows: stored }] = await Promise.all([made, read])
  for (const { added, level, level_at, last_at, peak, ...name } of stored) {
    const row = rows.get(
      JSON.stringify(columns.map((column) => (/day|period/.test(column) ? Number(name[column]) : name[column]))),
    )
    if (!row) continue
    const tally = { added: Number(added), levelAt: Number(level_at), lastAt: Number(last_at) }
    Object.assign(row, tally, { level: toNumber(level), peak: toNumber(peak) })
  }

  const rowsOf = (on: CounterDay, all: readonly DayPart[]): Row[] =>
    all.flatMap((part) => rows.get(keyOf({ on, part })) ?? [])

  const recount = async (row: Row, ahead: ReadonlySet<string>): Promise<void> => {
    const { property, value } = row.part
    const { rows: events } = await client.query(dayEventsSql, valuesOf(row.on))
    const isIn = ({ id, properties }: { id: string; properties: Facts | null }): boolean =>
      !ahead.has(id) && (property === '' || splitValue(properties?.[property]) === value)
    Object.assign(row, tallyDay(events.filter(isIn).map(toEvent)))
  }

  return {
    async count(part, ahead) {
      const on = dayOf(part)
      for (const row of on ? rowsOf(on, dayParts(part.move)) : []) {
        row.moved = true
        if (!countIn(row, part.move, part.op.time)) await recount(row, ahead)
      }
    },
    async takeBack(event, ahead) {
      for (const row of rowsOf(event.on, event.parts)) {
        row.moved = true
        if (!takeOut(row, event)) await recount(row, ahead)
      }
    },
    async save() {
      const moved = [...rows.values()].filter((row) => row.moved)
      for (const row of moved) row.moved = false
      if (moved.length === 0) return
      await client.query(
        `update usage_days d set added = n.added, level = n.level, level_at = n.level_at, last_at = n.last_at, peak = n.peak
         from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[], $8::text[],
           $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[])
           as n(${names}, added, level, level_at, last_at, peak)
         where ${columns.map((name) => `d.${name} = n.${name}`).join(' and ')}`,
        [
          ...arraysOf(moved),
          arrayOf(moved, ({ added }) => added),
          arrayOf(moved, ({ level }) => level),
          arrayOf(moved, ({ levelAt }) => levelAt),
          arrayOf(moved, ({ lastAt }) => lastAt),
          arrayOf(moved, ({ peak }) => peak),
        ],
      )
    },
  }
}

const valuesOf = ({ account, feature, scope, period, day }: CounterDay): unknown[] => [
  account,
  feature,
  scope,
  period,
  day,
]

/** The driver gives 64-bit integers as text. */
const toNumber = (value: string | null): number | null => (value === null ? null : Number(value))

/** The row of an event as the driver gives it. */
export const toEvent = (
  row: Record<'add' | 'level' | 'peak' | 'time', string | null> & { id: string; key: string | null },
): CountedEvent => ({
  id: row.id,
  add: toNumber(row.add),
  level: toNumber(row.level),
  peak: toNumber(row.peak),
  key: row.key,
  time: Number(row.time),
})
