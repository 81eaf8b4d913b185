import type { Tally } from '../metering/tally.ts'

/**
 * Counts a counter's events again, for both dialects: `ids` compares ids byte by byte, `only` leaves events out. Parameters
 * are the account, feature, scope and period of the counter.
 */
export const recountSql = ({ ids, only = '' }: { ids: string; only?: string }): string => `
with mine as (
  select id, "add", level, peak, key, time from events
  where account = $1 and feature = $2 and scope = $3 and period = $4 and taken_by is null ${only}
), newest as (
  select level, time from mine where level is not null order by time desc, ${ids} desc limit 1
)
select coalesce((select level from newest), 0) as level, coalesce((select time from newest), 0) as level_at,
  coalesce(sum("add") filter (where time >= coalesce((select time from newest), 0)), 0) as added,
  coalesce(max(time) filter (where "add" is not null), 0) as last_at,
  max(peak) as peak, count(distinct key) as keys
from mine`

/** The driver of PostgreSQL gives large numbers as text. */
export type Recounted = Record<'level' | 'level_at' | 'added' | 'last_at' | 'keys', number | string> & {
  peak: number | string | null
}

export function toTally({ level, level_at, added, last_at, peak, keys }: Recounted): Tally {
  const sum = Number(level) + Number(added)
  // What was taken back may leave less than nothing; only a peak that there was holds it up.
  const used = (peak === null ? sum : Math.max(sum, Number(peak))) + Number(keys)
  return { used, levelAt: Number(level_at), lastAt: Number(last_at) }
}
