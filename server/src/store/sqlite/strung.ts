import type { Database } from 'better-sqlite3'
import type { CountedEvent } from '../../metering/days.ts'
import type { CounterRow } from '../../metering/model.ts'

/** An event as its row says it. */
export interface StoredEvent extends CountedEvent {
  properties: string | null
}

interface Row extends StoredEvent, Omit<CounterRow, 'used'> {
  day: number
  taken_by: string | null
  before: number | null
}

/** Goes over the events that a counter counted on one day, from the newest row on; ends with whether all of them are there. */
export type Strung = (
  of: Omit<CounterRow, 'used'>,
  day: number,
  newest: number | null,
) => Generator<StoredEvent, boolean>

/**
 * Each event names the one that its counter counted before it on its day: an index would cost a page for each account that a
 * commit is about. A row that was deleted since and taken anew is of another day or counter, or comes later than what names it.
 */
export function prepareStrung(db: Database): Strung {
  const read = db.prepare<[row: number], Row>(
    `select account, feature, scope, period, day, id, "add", level, peak, key, time, properties, taken_by, before
     from events where row = ?`,
  )
  return function* ({ account, feature, scope, period }, day, newest) {
    for (let row = newest, last = Number.POSITIVE_INFINITY; row !== null; ) {
      const event = row < last ? read.get(row) : undefined
      const isTheirs = event?.account === account && event.feature === feature && event.scope === scope
      if (!isTheirs || event.period !== period || event.day !== day) return false
      if (event.taken_by === null) yield event
      last = row
      row = event.before
    }
    return true
  }
}
