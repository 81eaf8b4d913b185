/**
 * Stores a batch that only adds, in one statement. Each counter takes its sum, so it needs no look at what was there, and no
 * other node can get between. Which op passed a mark is worked out for the few counters that passed one.
 *
 * What is older than the newest level of its counter is part of that level: where there is such an addition, the division
 * fails and takes the whole statement back. What holds of a counter then holds of its days.
 */
export const risingStatement = `
with input as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])
    with ordinality as i(account, id, "user", name, feature, scope, period, "add", time, day, received_at, properties, place)
), fresh as (
  insert into events (account, id, "user", name, feature, scope, period, "add", time, day, received_at, properties)
  select account, id, "user", name, feature, scope, period, "add", time, day, received_at, properties::jsonb from input
  order by account, id on conflict do nothing returning account, id
), moves as (
  select i.* from input i join fresh using (account, id) where i.feature is not null
), change as (
  select account, feature, scope, period, sum("add")::bigint as added, min(time) as first_at, max(time) as last_at
  from moves group by account, feature, scope, period
), result as (
  insert into counters as c (account, feature, scope, period, used, held, level_at, last_at)
  select account, feature, scope, period, added, 0, 0, last_at from change order by account, feature, scope, period
  on conflict (account, feature, scope, period) do update
    set used = c.used + excluded.used, last_at = greatest(c.last_at, excluded.last_at)
  returning account, feature, scope, period, used, level_at
), counted as (
  select account, feature, scope, '' as property, day, period, '' as value, "add", time from moves
  union all select m.account, m.feature, m.scope, s.property, m.day, m.period, s.value, m."add", m.time from moves m
    join unnest($17::bigint[], $18::text[], $19::text[]) as s(place, property, value) using (place)
), days as (
  insert into usage_days as d (account, feature, scope, property, day, period, value, key, added, level_at, last_at)
  select account, feature, scope, property, day, period, value, '', sum("add"), 0, max(time) from counted
  group by account, feature, scope, property, day, period, value
  order by account, feature, scope, property, day, period, value
  on conflict (account, feature, scope, property, day, period, value, key) do update
    set added = d.added + excluded.added, level = d.level + excluded.added,
      last_at = greatest(d.last_at, excluded.last_at)
), reached as (
  select r.account, r.feature, r.scope, r.period, r.used - h.added as base, k.mark
  from result r join change h using (account, feature, scope, period)
    join unnest($13::text[], $14::text[], $15::text[], $16::bigint[]) as k(account, feature, scope, mark)
    using (account, feature, scope)
  where r.used - h.added < k.mark and k.mark <= r.used
), steps as (
  select account, feature, scope, period, id, received_at, "add", sum("add") over
    (partition by account, feature, scope, period order by place)::bigint as added
  from moves where (account, feature, scope, period) in (select account, feature, scope, period from reached)
), passed as (
  insert into crossings (account, feature, scope, period, mark, event, used, at)
  select s.account, s.feature, s.scope, s.period, r.mark, s.id, r.base + s.added, s.received_at
  from steps s join reached r using (account, feature, scope, period)
  where r.base + s.added - s."add" < r.mark and r.mark <= r.base + s.added
  on conflict do nothing returning account, feature, scope, period, mark, event, used, at
)
select 'seen' as row, null as account, string_agg(place::text, ' ') as a, null as s, null as b, null::bigint as c,
  null::bigint as d, null::bigint as e, null::bigint as f
  from input i where not exists (select from fresh f where f.account = i.account and f.id = i.id) having count(*) > 0
union all select 'counter', account, feature, scope, null, period, used, 1 / (level_at <= first_at)::int, null
  from result join change using (account, feature, scope, period)
union all select 'crossing', account, feature, scope, event, period, mark, used, at from passed`

/** What fails where an addition is older than a level. */
export const divisionByZero = '22012'
