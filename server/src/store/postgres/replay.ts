import type pg from 'pg'
import { countIn, type DayTally, emptyDay, fits, type SummedDays } from '../../metering/days.ts'
import { marksPassed } from '../../metering/marks.ts'
import type { Crossing, Move, Op, OpStatus, Written } from '../../metering/model.ts'
import { advance, partIds } from '../../metering/tally.ts'
import { type Counter, type CounterName, lockCounters, nameOf, recount, saveCounters } from './counters.ts'
import { type Days, lockDays } from './days.ts'
import { summedIn } from './joined.ts'
import { countKeys, insertParts, type Part } from './parts.ts'
import type { Placed } from './placed.ts'
import { takeBack } from './replacing.ts'
import { inTransaction, type Last } from './transaction.ts'

/** The counters that an op moves, each with the row it is stored under. */
export function partsOf(op: Op): Part[] {
  const moves: readonly Move[] = [op, ...(op.more ?? [])]
  const ids = partIds(op.id, moves.length)
  return moves.map((move, index) => ({ op, move, id: ids[index] ?? op.id, name: index === 0 ? op.name : '' }))
}

export const counterOf = ({ op, move }: Part): CounterName[] =>
  move.feature === null
    ? []
    : [{ account: op.account, feature: move.feature, scope: move.scope ?? '', period: move.period }]

/**
 * Stores the ops that more than add, in one commit: locks the counters that move and replays the batch over them in its own
 * order. Those that replace others come after, each in a commit of its own.
 */
export async function replay(pool: pg.Pool, placed: readonly Placed[], written: Written): Promise<void> {
  for (let left = placed.filter(({ op }) => !op.replaces); left.length > 0; ) {
    const { fresh, done, joined } = await inTransaction(pool, (client, last) => replayAsNew(client, left, last))
    left = done ? [] : fresh
    for (const { place } of joined) written.statuses[place] = 'joined'
    if (!done) continue
    for (const { place } of fresh) written.statuses[place] = 'accepted'
    written.counters.push(...done.moved.map(({ row }) => row))
    written.crossings.push(...done.crossings)
  }
  for (const { op, place } of placed.filter((one) => one.op.replaces)) {
    const done = await inTransaction(pool, (client, last) => replace(client, op, last))
    written.statuses[place] = done.status
    written.counters.push(...done.moved.map(({ row }) => row))
    written.crossings.push(...done.crossings)
  }
}

/** Those that cannot be told from days of which the events are not all there; each is looked at as if those before it counted. */
async function untoldAmong(client: pg.PoolClient, parts: readonly Part[]): Promise<Part[]> {
  const untold: Part[] = []
  const known = new Map<string, SummedDays & DayTally>()
  for (const part of parts) {
    const { op, move } = part
    const { old, day, time } = op
    const [of] = old ? counterOf(part) : []
    if (!of) continue
    const found = await summedIn(client, { ...of, day }, old === 'gone')
    if (!found && old === 'joined') continue
    const key = `${nameOf(of)} ${found?.day ?? day}`
    const row = known.get(key) ?? { ...emptyDay, day, ...found }
    known.set(key, row)
    if (fits(row, { add: move.add, level: move.level, day, time })) countIn(row, move, time)
    else untold.push(part)
  }
  return untold
}

interface Counted {
  moved: Counter[]
  crossings: Crossing[]
}

/**
 * Counts all ops as if each were new, in two journeys; where one is known, nothing is done, not even an empty counter made,
 * and the others are told.
 */
async function replayAsNew(
  client: pg.PoolClient,
  placed: Placed[],
  last: Last,
): Promise<{ fresh: Placed[]; done: Counted | null; joined: Placed[] }> {
  const parts = placed.flatMap(({ op }) => partsOf(op))
  const [stored, counters, days, known] = await Promise.all([
    insertParts(client, parts),
    lockCounters(client, parts.flatMap(counterOf)),
    lockDays(client, parts, []),
    countKeys(client, parts),
  ])
  const untold = new Set((await untoldAmong(client, parts)).map(({ op }) => op))
  const unknown = placed.filter(({ op }) => stored.has(JSON.stringify([op.account, op.id])))
  const fresh = unknown.filter(({ op }) => !untold.has(op))
  const joined = unknown.filter(({ op }) => untold.has(op))
  if (fresh.length === placed.length)
    return { fresh, done: await count(client, { parts, counters, days, known, before: new Map() }, last), joined }
  last(client.query('rollback'))
  return { fresh, done: null, joined }
}

interface Counting {
  parts: readonly Part[]
  counters: Map<string, Counter>
  days: Days
  /** Whether the counter of a part had its key before. */
  known(part: Part): boolean
  /** Where counters stood before something was taken back from them. */
  before: ReadonlyMap<Counter, number>
}

/** Moves the counters by each part in turn. */
async function count(
  client: pg.PoolClient,
  { parts, counters, days, known, before }: Counting,
  last: Last,
): Promise<Counted> {
  const crossings: Crossing[] = []
  const ahead = new Set(parts.map(({ id }) => id))
  for (const part of parts) {
    const { op, move, id } = part
    ahead.delete(id)
    const [name] = counterOf(part)
    const counter = name && counters.get(nameOf(name))
    if (!counter) continue
    const { used, row } = counter
    await days.count(part, ahead)
    if (!known(part)) {
      const tally = advance(counter, move, op.time)
      if (!tally) await days.save()
      Object.assign(counter, tally ?? (await recount(client, counter)))
    }
    counter.moved = true
    for (const mark of marksPassed(move, Math.max(used, before.get(counter) ?? 0), counter.used))
      crossings.push({ ...row, mark, event: op.id, used: counter.used, at: op.receivedAt })
  }
  const moved = [...counters.values()].filter((counter) => counter.moved)
  for (const counter of moved) counter.row.used = counter.used
  last(days.save())
  last(saveCounters(client, moved, crossings))
  return { moved, crossings }
}

interface Done extends Counted {
  status: OpStatus
}

/** Stores an event that stands in for another, whose counters it takes back first. */
async function replace(client: pg.PoolClient, op: Op, last: Last): Promise<Done> {
  const none = { moved: [], crossings: [] }
  const parts = partsOf(op)
  const [first] = parts
  const stored = first ? await insertParts(client, [first]) : new Set()
  const isTold = (await untoldAmong(client, parts)).length === 0
  const taken = isTold ? await takeBack(client, op, stored.size === 1) : stored.size === 1 ? 'joined' : 'known'
  if (taken === 'known') return { status: 'duplicate', ...none }
  if (taken === 'late' || taken === 'joined') {
    await client.query('delete from events where account = $1 and id = $2', [op.account, op.id])
    return { status: taken, ...none }
  }
  const own = stored.size === 1 ? parts : []
  const [, counters, days] = await Promise.all([
    insertParts(client, own.slice(1)),
    lockCounters(client, [...own.flatMap(counterOf), ...taken.map(({ on }) => on)]),
    lockDays(client, own, taken),
  ])
  const ahead = new Set(own.map(({ id }) => id))
  for (const event of taken) await days.takeBack(event, ahead)
  await days.save()
  const before = new Map<Counter, number>()
  for (const { on } of taken) {
    const counter = counters.get(nameOf(on))
    if (!counter) continue
    if (!before.has(counter)) before.set(counter, counter.used)
    Object.assign(counter, await recount(client, counter), { moved: true })
  }
  const known = await countKeys(client, own)
  return { status: 'accepted', ...(await count(client, { parts: own, counters, days, known, before }, last)) }
}

/** Counts an op that moves several counters, if the first one's bound allows. */
export async function consumeAll(pool: pg.Pool, op: Op, written: Written): Promise<OpStatus> {
  const done = await inTransaction(pool, async (client, last): Promise<Done> => {
    const none = { moved: [], crossings: [] }
    const parts = partsOf(op)
    const [first, ...more] = parts
    const stored = first ? await insertParts(client, [first]) : new Set()
    if (!first || stored.size === 0) return { status: 'duplicate', ...none }
    const counters = await lockCounters(client, parts.flatMap(counterOf))
    const [name] = counterOf(first)
    const own = name && counters.get(nameOf(name))
    const isOver = !own || (op.bound !== null && own.used + own.held + (op.add ?? 0) > op.bound)
    if (isOver || op.time < own.levelAt) {
      await client.query('delete from events where account = $1 and id = $2', [op.account, op.id])
      return { status: isOver ? 'refused' : 'early', ...none }
    }
    const [, days, known] = await Promise.all([
      insertParts(client, more),
      lockDays(client, parts, []),
      countKeys(client, parts),
    ])
    return { status: 'accepted', ...(await count(client, { parts, counters, days, known, before: new Map() }, last)) }
  })
  written.counters.push(...done.moved.map(({ row }) => row))
  written.crossings.push(...done.crossings)
  return done.status
}
