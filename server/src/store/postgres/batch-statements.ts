/**
 * Stores a batch that only adds, in one statement. What each counter and each of its days takes was summed up before, which
 * holds only where every event is new: an id that is there already breaks the primary key and takes the whole statement
 * back. No counter is looked at first, so no other node can get between. Which op passed a mark is worked out where one was.
 *
 * What is older than the newest level of its counter is part of that level: where there is such an addition, the division
 * fails and takes the statement back too. What holds of a counter then holds of its days.
 */
export const risingStatement = `
with stored as (
  insert into events (account, id, "user", name, feature, scope, period, "add", time, day, received_at, properties)
  select account, id, "user", name, feature, scope, period, "add", time, day, received_at, properties::jsonb
  from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])
    as e(account, id, "user", name, feature, scope, period, "add", time, day, received_at, properties)
  order by account, id returning 1
), result as (
  insert into counters as c (account, feature, scope, period, used, held, level_at, last_at)
  select account, feature, scope, period, added, 0, 0, last_at
  from unnest($15::text[], $16::text[], $17::text[], $18::bigint[], $19::bigint[], $20::bigint[])
    as s(account, feature, scope, period, added, last_at)
  where (select count(*) from stored) > 0 order by account, feature, scope, period
  on conflict (account, feature, scope, period) do update
    set used = c.used + excluded.used, last_at = greatest(c.last_at, excluded.last_at)
  returning account, feature, scope, period, used, level_at
), days as (
  insert into usage_days as d (account, feature, scope, property, day, period, value, key, added, level_at, last_at)
  select account, feature, scope, property, day, period, value, '', added, 0, last_at
  from unnest($28::text[], $29::text[], $30::text[], $31::bigint[], $32::bigint[], $33::bigint[], $34::text[],
    $35::text[], $36::bigint[]) as s(account, feature, scope, period, added, last_at, property, value, day)
  order by account, feature, scope, property, day, period, value
  on conflict (account, feature, scope, property, day, period, value, key) do update
    set added = d.added + excluded.added, level = d.level + excluded.added,
      last_at = greatest(d.last_at, excluded.last_at)
), passed as (
  insert into crossings (account, feature, scope, period, mark, event, used, at)
  select account, feature, scope, period, mark, id, used - added + so_far, received_at
  from result join unnest($21::text[], $22::text[], $23::text[], $24::bigint[], $25::bigint[], $26::bigint[], $27::bigint[])
      as m(account, feature, scope, period, added, mark, nth) using (account, feature, scope, period)
    join unnest($2::text[], $8::bigint[], $11::bigint[], $13::bigint[], $14::bigint[])
      as e(id, "add", received_at, nth, so_far) using (nth)
  where used - added < mark and mark <= used
    and used - added + so_far - "add" < mark and mark <= used - added + so_far
  on conflict do nothing returning account, feature, scope, period, used, event, mark, at
)
select account, feature, scope, period, used, null as event, 1 / (level_at <= $37::bigint)::int as mark, null as at from result
union all select account, feature, scope, period, used, event, mark, at from passed`

/** What fails where an addition is older than a level. */
export const divisionByZero = '22012'

/** What fails where an id was there before. */
export const uniqueViolation = '23505'
