import type { Move } from './model.ts'

/**
 * Where a counter stands. It is a function of the set of events that moved it, whatever order they came in: the newest level
 * by time (of two at one instant the one with the greater id), and on top what was added at that instant or later; at
 * least the highest peak; and one for each different key.
 */
export interface Tally {
  used: number
  /** Time of the newest level; 0 when there was none. */
  levelAt: number
  /** Time of the newest addition. */
  lastAt: number
}

/**
 * The tally after one more event, for what can be told without the others: null when they have to be counted again, as a
 * level came in from before additions that are counted already, or from the same instant as another. A key that is not the
 * first of its kind moves nothing and is not given here.
 */
export function advance(tally: Tally, { add, level, peak, key }: Omit<Move, 'feature'>, time: number): Tally | null {
  const { used, levelAt, lastAt } = tally
  if (level !== null) {
    if (time < levelAt) return tally
    if (time === levelAt || time <= lastAt) return null
    return { ...tally, used: level, levelAt: time }
  }
  if (peak !== undefined) return { ...tally, used: Math.max(used, peak) }
  if (key !== undefined) return { ...tally, used: used + 1 }
  // What was added before the newest level is part of it.
  return { used: time < levelAt ? used : used + (add ?? 0), levelAt, lastAt: Math.max(lastAt, time) }
}

/** Which of two levels holds: the newer one, of one instant that with the greater id, byte by byte as databases compare. */
export const laterLevel = (a: { id: string; time: number }, b: { id: string; time: number }): boolean =>
  a.time > b.time || (a.time === b.time && Buffer.compare(Buffer.from(a.id), Buffer.from(b.id)) > 0)

/** The ids under which an event is stored that moves `count` counters: a row for each, the first under its own id. */
export const partIds = (id: string, count: number): string[] =>
  // Ids made by callers hold no line break before their last part, so none is another's.
  Array.from({ length: count }, (_, index) => (index === 0 ? id : `${id}\n${index}`))

/** The most counters that one event moves. */
export const mostParts = 16
