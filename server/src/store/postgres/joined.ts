import type pg from 'pg'
import type { JoinedDays } from '../../metering/days.ts'
import { joinedSql, toJoined } from '../recount.ts'
import type { CounterDay } from './days.ts'

/** The row in which a day of a counter that never starts again is joined with others; null where it is in none. */
export async function joinedWith(
  client: pg.PoolClient,
  { account, feature, scope, period, day }: CounterDay,
): Promise<JoinedDays | null> {
  if (period !== 0) return null
  const { rows } = await client.query(joinedSql, [account, feature, scope, day])
  return rows[0] ? toJoined(rows[0]) : null
}
