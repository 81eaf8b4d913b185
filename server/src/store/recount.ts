import type { SummedDays } from '../metering/days.ts'
import type { Tally } from '../metering/tally.ts'

/** What names a counter in a statement: its columns, or its parameters. */
type Name = readonly [account: string, feature: string, scope: string, period: string]

const parameters: Name = ['$1', '$2', '$3', '$4']

const isIn = ([account, feature, scope, period]: Name): string =>
  `account = ${account} and feature = ${feature} and scope = ${scope} and period = ${period}`

/** Its different keys, of which `uniques` is told. */
const keysOf = (name: Name): string =>
  `select key, sum(added) as events from usage_days where ${isIn(name)} and property = '' and key > '' group by key having sum(added) > 0`

const tellSql = (days: 'usage' | 'usage_days', name: Name, keys: string): string => `
with mine as (
  select day, added, level, level_at, last_at, peak from ${days}
  where ${isIn(name)} and property = '' and key = ''
), newest as (
  select day, level, level_at from mine where level is not null order by level_at desc limit 1
)
select coalesce((select level from newest), 0) as level, coalesce((select level_at from newest), 0) as level_at,
  coalesce(sum(added) filter (where not exists (select 1 from newest where newest.day >= mine.day)), 0) as added,
  coalesce(max(last_at), 0) as last_at, max(peak) as peak,
  (select count(*) from (${keys}) as k) as keys
from mine`

/**
 * Tells a counter from its days, which are in the table or view `days`, for both dialects. Parameters are the account, feature, scope and period of the counter. Of
 * events only those of a day are ever counted again, so that older ones need not be kept.
 */
export const recountSql = (days: 'usage' | 'usage_days'): string =>
  tellSql(days, parameters, `select 1 from uniques where ${isIn(parameters)} and events > 0`)

/** The same with its keys told from the days too, which takes longer. */
export const examineSql = (days: 'usage' | 'usage_days', name: Name = parameters): string =>
  tellSql(days, name, keysOf(name))

/** Tells the keys of a counter from its days anew; the parameters of both are those above. */
export const forgetKeysSql = `delete from uniques where ${isIn(parameters)}`
export const tellKeysSql = `
insert into uniques (account, feature, scope, period, key, events)
select $1, $2, $3, $4, key, events from (${keysOf(parameters)}) as k`

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

/**
 * The events that a counter counted on one day, for PostgreSQL: account, feature, scope, period and day. No zone is as much as
 * a day from UTC, which bounds the search.
 */
export const dayEventsSql = `
select id, "add", level, peak, key, time, properties from events
where account = $1 and feature = $2 and scope = $3 and period = $4 and day = $5 and taken_by is null
  and time >= $5 - 86400000 and time < $5 + 172800000`

/** The properties by which a day of a counter is split, for both dialects; parameters are the same. */
export const splitsSql = `
select distinct property from usage_days
where account = $1 and feature = $2 and scope = $3 and property > '' and period = $4 and day = $5`

/**
 * The row in which a day of a counter is joined with others, as of what never starts again it may be, or else its own; parameters
 * are account, feature, scope, period and the day.
 */
export const rowOfDaySql = `
select day, first, level, level_at, last_at from usage_days
where account = $1 and feature = $2 and scope = $3 and property = '' and day >= $5 and period = $4 and value = '' and key = ''
  and coalesce(first, day) <= $5
order by first is null limit 1`

/** As either driver gives it. */
export type RowOfDay = Record<'day' | 'level_at' | 'last_at', number | string> &
  Record<'first' | 'level', number | string | null>

export const toSummed = ({ day, level, level_at, last_at }: RowOfDay): SummedDays => ({
  day: Number(day),
  level: level === null ? null : Number(level),
  levelAt: Number(level_at),
  lastAt: Number(last_at),
})
