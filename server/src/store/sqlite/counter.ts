import type { DayPart, DayTally } from '../../metering/days.ts'
import type { CounterRow } from '../../metering/model.ts'
import type { Tally } from '../../metering/tally.ts'

/** A counter within a batch, read when the batch first needs it and written once at its end. */
export interface Counter extends Tally {
  row: CounterRow
  held: number
  /** Its row; null until it is stored. */
  at: number | null
  moved: boolean
  /** Its newest day, which is stored with it, and others that the batch is about; see `days.ts`. */
  today: DayRow | null
  days: Map<number | string, DayRow> | null
}

/** What is to be added to a row, or, once it had to be read, what is to be written. */
export interface DayRow extends DayTally {
  of: CounterRow
  day: number
  part: DayPart
  /** Of all that the counter counted on the day: the row of the newest event, see `Strung`. */
  newest: number | null
  /** Whether it is known to be stored. */
  stored: boolean
  read: boolean
  moved: boolean
}

/** Finds the counter of a batch, by what names it. */
export type CounterOf = (account: string, feature: string, scope: string, period: number) => Counter

/** Tells a counter from its days. */
export type Recount = (counter: Counter) => Tally
