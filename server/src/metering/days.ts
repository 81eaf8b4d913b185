import type { Scalar } from '@softgate/sdk/contract'
import { digestOf } from '../kernel/hash.ts'
import type { Move } from './model.ts'
import { laterLevel } from './tally.ts'

/** What a row of a day counts: all that a counter counted, what one value of a property has of it, or one of its keys. */
export interface DayPart {
  /** Empty for all. */
  property: string
  /** See `Split`; empty for all. */
  value: string
  /** Empty where no keys are told apart. */
  key: string
}

/** Where such a row stands: a function of the set of events that moved its counter on that day. */
export interface DayTally {
  /** The sum of the additions; of a key the number of events that have it. */
  added: number
  /** The newest level and what was added since; null where none was stated. */
  level: number | null
  /** Time of the newest level; 0 when there was none. */
  levelAt: number
  /** Time of the newest addition. */
  lastAt: number
  peak: number | null
}

export const emptyDay: Readonly<DayTally> = { added: 0, level: null, levelAt: 0, lastAt: 0, peak: null }

/** Longer texts are told apart by their digest: they name rows, and PostgreSQL takes no name above some two thousand bytes. */
export const longestName = 200

/** A text that may be a name: itself, or its beginning and a digest of all of it. */
export const nameFor = (text: string): string =>
  text.length <= longestName ? text : `${text.slice(0, longestName / 2).replace(/\p{Cs}$/u, '')}… ${digestOf(text)}`

/** A property's value as a `Split` names it. */
export const splitValue = (value: Scalar | undefined): string =>
  value === undefined || value === null ? 'null' : JSON.stringify(nameFor(String(value)))

/** The value that a `Split` names; null for nothing. */
export const readSplit = (value: string): string | null => JSON.parse(value)

const whole: readonly DayPart[] = [{ property: '', value: '', key: '' }]

/** The rows of a day that a move counts in. */
export const dayParts = ({ key = '', splits }: Pick<Move, 'key' | 'splits'>): readonly DayPart[] =>
  key === '' && splits === undefined
    ? whole
    : [{ property: '', value: '', key }, ...(splits ?? []).map((split) => ({ ...split, key }))]

/** Counts a move in; false, and nothing is changed, where the day's events have to be counted again (see `advance`). */
export function countIn(day: DayTally, { add, level, peak, key }: Omit<Move, 'feature'>, time: number): boolean {
  if (key !== undefined) day.added += 1
  else if (peak !== undefined) day.peak = Math.max(day.peak ?? peak, peak)
  else if (level !== null) {
    if (time < day.levelAt) return true
    if (time === day.levelAt || time <= day.lastAt) return false
    day.level = level
    day.levelAt = time
  } else if (add !== null) {
    day.added += add
    if (day.level !== null && time >= day.levelAt) day.level += add
    day.lastAt = Math.max(day.lastAt, time)
  }
  return true
}

/** What is stored of an event that counted. */
export interface CountedEvent {
  id: string
  add: number | null
  level: number | null
  peak: number | null
  key: string | null
  time: number
}

/** Takes an event out again; false, and nothing is changed, where the day's other events have to be counted again. */
export function takeOut(day: DayTally, { add, level, peak, key, time }: CountedEvent): boolean {
  if (key !== null) day.added -= 1
  else if (level !== null || peak !== null) return false
  else if (add !== null) {
    day.added -= add
    if (day.level !== null && time >= day.levelAt) day.level -= add
  }
  return true
}

/** What a row and a later one come to together. */
export const joinDays = (a: DayTally, b: DayTally): DayTally => ({
  added: a.added + b.added,
  level: b.level ?? (a.level === null ? null : a.level + b.added),
  levelAt: Math.max(a.levelAt, b.levelAt),
  lastAt: Math.max(a.lastAt, b.lastAt),
  peak: a.peak === null || b.peak === null ? (a.peak ?? b.peak) : Math.max(a.peak, b.peak),
})

/** A row of which the events are not all there: several days that are joined in it, or a day that is long ago; by its last day. */
export interface SummedDays extends Pick<DayTally, 'level' | 'levelAt' | 'lastAt'> {
  day: number
}

/** Whether one more event of such days, which are known by their sum only, can be counted beside or in their row. */
export function fits(
  { day, level, levelAt, lastAt }: SummedDays,
  event: Pick<CountedEvent, 'add' | 'level' | 'time'> & { day: number },
): boolean {
  const { time } = event
  // Peaks and keys stand for themselves; of two levels the older one counts nothing, nor does what was added before one.
  if ((event.add === null && event.level === null) || (level !== null && time < levelAt)) return true
  if (event.level === null) return level === null || event.day === day
  return event.day === day && time > Math.max(levelAt, lastAt)
}

/** Whether one of these events can be taken out again: the rest of them cannot be counted anew. */
export const fitsOut = (joined: SummedDays, event: CountedEvent & { day: number }): boolean =>
  event.level === null && event.peak === null && fits(joined, event)

/** The one of two events that states the level. */
export const newerLevel = (best: CountedEvent | null, event: CountedEvent): CountedEvent | null =>
  event.level !== null && (best === null || laterLevel(event, best)) ? event : best

/** A row that tells no keys apart, before its events are counted over again; `newest` is the one that states its level. */
export const dayOver = (newest: CountedEvent | null): DayTally => ({
  ...emptyDay,
  level: newest?.level ?? null,
  levelAt: newest?.time ?? 0,
})

/** Counts one of the events over again. */
export function countOver(day: DayTally, { add, peak, time }: CountedEvent): void {
  if (peak !== null) day.peak = Math.max(day.peak ?? peak, peak)
  if (add === null) return
  day.added += add
  if (day.level !== null && time >= day.levelAt) day.level += add
  day.lastAt = Math.max(day.lastAt, time)
}

/** Counts the events of a row that tells no keys apart from the start; goes over them twice. */
export function tallyDay(events: Iterable<CountedEvent>): DayTally {
  let newest: CountedEvent | null = null
  for (const event of events) newest = newerLevel(newest, event)
  const day = dayOver(newest)
  for (const event of events) countOver(day, event)
  return day
}

/** What a day shows: where its level stood, else its peak, else what was added. */
export const figureOf = ({ added, level, peak }: Pick<DayTally, 'added' | 'level' | 'peak'>): number =>
  level ?? peak ?? added
