import { type DayPart, dayParts } from '../../metering/days.ts'
import type { Op, Written } from '../../metering/model.ts'
import { arrayOf } from './arrays.ts'
import { risingStatement } from './batch-statements.ts'
import type { KeptConnection } from './kept-connection.ts'

/**
 * Smaller batches run prepared. PostgreSQL soon plans a prepared statement for ten rows whatever it is given, and its nested
 * loops then cost a batch of a thousand ten times what a fresh plan does.
 */
const preparedUpTo = 100

interface Row {
  account: string
  feature: string
  scope: string
  /** The driver gives 64-bit integers as text. */
  period: string
  used: string
  /** Of a crossing; null where the row says where a counter stands. */
  event: string | null
  mark: string | null
  at: string | null
}

/** Stores ops that only add, in one commit; fails, and stores nothing, where an id is known or an addition too late. */
export async function rise(kept: KeptConnection, ops: readonly Op[], written: Written): Promise<void> {
  const name = ops.length <= preparedUpTo && { name: 'softgate_rising' }
  const { rows } = await kept.query<Row>({ ...name, text: risingStatement, values: sumUp(ops) })
  for (const { event, mark, at, ...row } of rows) {
    const counter = { ...row, period: Number(row.period), used: Number(row.used) }
    if (event === null) written.counters.push(counter)
    else written.crossings.push({ ...counter, mark: Number(mark), event, at: Number(at) })
  }
}

/** What a batch adds to one counter, or to one row of its days. */
interface Sum extends DayPart {
  account: string
  feature: string
  scope: string
  period: number
  day: number
  added: number
  lastAt: number
}

interface CounterSum extends Sum {
  nth: number
  marks: Set<number>
}

const whole: DayPart = { property: '', value: '', key: '' }

const add = (sum: Sum, { add, time }: Op): void => {
  sum.added += add ?? 0
  if (time > sum.lastAt) sum.lastAt = time
}

function sumUp(ops: readonly Op[]): unknown[] {
  const counters = new Map<string, CounterSum>()
  const days = new Map<string, Sum>()
  // Of each op the place of its counter, and what the batch has added to that so far; a mere signal has none.
  const places: number[] = []
  const soFar: number[] = []
  for (const op of ops) {
    const { account, feature, scope = '', period, day, marks, time } = op
    if (feature === null) {
      places.push(0)
      soFar.push(0)
      continue
    }
    const start = { account, feature, scope, period, day, added: 0, lastAt: time }
    const name = `${account.length} ${feature.length} ${account}${feature}${period} ${scope}`
    const counter = counters.get(name) ?? { ...start, ...whole, nth: counters.size + 1, marks: new Set<number>() }
    counters.set(name, counter)
    add(counter, op)
    for (const mark of marks) counter.marks.add(mark)
    places.push(counter.nth)
    soFar.push(counter.added)
    for (const part of dayParts(op)) {
      const key = `${counter.nth} ${day} ${part.property.length} ${part.property}${part.value}`
      const sum = days.get(key) ?? { ...start, ...part }
      days.set(key, sum)
      add(sum, op)
    }
  }
  return [
    ...eventArrays(ops),
    arrayOf(places, Number),
    arrayOf(soFar, Number),
    ...sumArrays([...counters.values()]),
    ...markArrays([...counters.values()]),
    ...dayArrays([...days.values()]),
    ops.reduce((first, { time }) => Math.min(first, time), Number.MAX_SAFE_INTEGER),
  ]
}

/** In the order of the statement's parameters. */
const eventArrays = (ops: readonly Op[]): string[] => [
  arrayOf(ops, (op) => op.account),
  arrayOf(ops, (op) => op.id),
  arrayOf(ops, (op) => op.user),
  arrayOf(ops, (op) => op.name),
  arrayOf(ops, (op) => op.feature),
  arrayOf(ops, (op) => op.scope ?? ''),
  arrayOf(ops, (op) => op.period),
  arrayOf(ops, (op) => op.add),
  arrayOf(ops, (op) => op.time),
  arrayOf(ops, (op) => op.day),
  arrayOf(ops, (op) => op.receivedAt),
  arrayOf(ops, (op) => op.properties && JSON.stringify(op.properties)),
]

const sumArrays = (sums: readonly Sum[]): string[] => [
  arrayOf(sums, (sum) => sum.account),
  arrayOf(sums, (sum) => sum.feature),
  arrayOf(sums, (sum) => sum.scope),
  arrayOf(sums, (sum) => sum.period),
  arrayOf(sums, (sum) => sum.added),
  arrayOf(sums, (sum) => sum.lastAt),
]

function markArrays(sums: readonly CounterSum[]): string[] {
  const marks = sums.flatMap((sum) => [...sum.marks].map((mark) => ({ sum, mark })))
  return [
    arrayOf(marks, ({ sum }) => sum.account),
    arrayOf(marks, ({ sum }) => sum.feature),
    arrayOf(marks, ({ sum }) => sum.scope),
    arrayOf(marks, ({ sum }) => sum.period),
    arrayOf(marks, ({ sum }) => sum.added),
    arrayOf(marks, ({ mark }) => mark),
    arrayOf(marks, ({ sum }) => sum.nth),
  ]
}

const dayArrays = (sums: readonly Sum[]): string[] => [
  ...sumArrays(sums),
  arrayOf(sums, (sum) => sum.property),
  arrayOf(sums, (sum) => sum.value),
  arrayOf(sums, (sum) => sum.day),
]
