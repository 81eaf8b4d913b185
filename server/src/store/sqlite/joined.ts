import type { Database } from 'better-sqlite3'
import type { JoinedDays } from '../../metering/days.ts'
import type { CounterRow } from '../../metering/model.ts'
import { type JoinedRow, joinedSql, toJoined } from '../recount.ts'

/** Finds the row in which a day of a counter that never starts again is joined with others; null where it is in none. */
export type JoinedWith = (of: Pick<CounterRow, 'account' | 'feature' | 'scope'>, day: number) => JoinedDays | null

export function prepareJoined(db: Database): JoinedWith {
  const read = db.prepare<unknown[], JoinedRow>(joinedSql)
  return ({ account, feature, scope }, day) => {
    const row = read.get({ 1: account, 2: feature, 3: scope, 4: day })
    return row ? toJoined(row) : null
  }
}
