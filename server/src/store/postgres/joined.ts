import type pg from 'pg'
import type { SummedDays } from '../../metering/days.ts'
import { type RowOfDay, rowOfDaySql, toSummed } from '../recount.ts'
import type { CounterDay } from './days.ts'

/**
 * The row in which a day is known by its sum only: of a counter that never starts again, joined with others, and where its events
 * are `gone`, its own; null where there is none.
 */
export async function summedIn(
  client: pg.PoolClient,
  { account, feature, scope, period, day }: CounterDay,
  gone = false,
): Promise<SummedDays | null> {
  if (period !== 0 && !gone) return null
  const { rows } = await client.query<RowOfDay>(rowOfDaySql, [account, feature, scope, period, day])
  const [row] = rows
  return row && (row.first !== null || gone) ? toSummed(row) : null
}
