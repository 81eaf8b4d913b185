import type { Database } from 'better-sqlite3'
import type { SummedDays } from '../../metering/days.ts'
import type { CounterRow } from '../../metering/model.ts'
import { type RowOfDay, rowOfDaySql, toSummed } from '../recount.ts'

/** Finds the row in which a day of a counter that never starts again is joined with others; null where it is in none. */
export type JoinedWith = (
  of: Pick<CounterRow, 'account' | 'feature' | 'scope' | 'period'>,
  day: number,
) => SummedDays | null

export function prepareJoined(db: Database): JoinedWith {
  const read = db.prepare<unknown[], RowOfDay>(rowOfDaySql)
  return ({ account, feature, scope, period }, day) => {
    const row = period === 0 ? read.get({ 1: account, 2: feature, 3: scope, 4: period, 5: day }) : undefined
    return row && row.first !== null ? toSummed(row) : null
  }
}
