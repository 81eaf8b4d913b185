/** Stores the events that are new; `moves` are those of them that count, in the order of the batch. */
const store = `
with input as (
  select * from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
    $9::bigint[], $10::bigint[], $11::text[])
    with ordinality as i(account, id, "user", name, feature, period, "add", level, time, received_at, properties, place)
), fresh as (
  insert into events (account, id, "user", name, feature, "add", level, time, received_at, properties)
  select account, id, "user", name, feature, "add", level, time, received_at, properties::jsonb from input
  order by account, id on conflict do nothing returning account, id
), moves as (
  select i.* from input i join fresh using (account, id) where i.feature is not null
)`

/** What the statements give back: the new events, the counters after the commit, the crossings. */
const answer = `
select 'event' as row, account, id as a, null as b, null::bigint as c, null::bigint as d, null::bigint as e, null::bigint as f
  from fresh
union all select 'counter', account, feature, null, period, used, null, null from result
union all select 'crossing', account, feature, event, period, mark, used, at from passed`

/**
 * For batches that only add: each counter takes its sum, so it needs no look at what was there, and no other node can get
 * between. Which op passed a mark is worked out for the few counters that passed one.
 */
export const risingStatement = `${store}, change as (
  select account, feature, period, sum("add")::bigint as added from moves group by account, feature, period
), result as (
  insert into counters as c (account, feature, period, used, level_at)
  select account, feature, period, added, 0 from change order by account, feature, period
  on conflict (account, feature, period) do update set used = c.used + excluded.used
  returning account, feature, period, used
), reached as (
  select r.account, r.feature, r.period, r.used - h.added as base, k.mark
  from result r join change h using (account, feature, period)
    join unnest($12::text[], $13::text[], $14::bigint[]) as k(account, feature, mark) using (account, feature)
  where r.used - h.added < k.mark and k.mark <= r.used
), steps as (
  select account, feature, period, id, received_at, "add", sum("add") over
    (partition by account, feature, period order by place)::bigint as added
  from moves where (account, feature, period) in (select account, feature, period from reached)
), passed as (
  insert into crossings (account, feature, period, mark, event, used, at)
  select s.account, s.feature, s.period, r.mark, s.id, r.base + s.added, s.received_at
  from steps s join reached r using (account, feature, period)
  where r.base + s.added - s."add" < r.mark and r.mark <= r.base + s.added
  on conflict do nothing returning account, feature, period, mark, event, used, at
)${answer}`

/**
 * For all others: locks the counters that move (`old`, keys sorted), replays the batch over them in its own order (`aimed`
 * to `steps`: a level counts if none before it is newer, additions count on top of the last level), moves each counter once
 * and records every mark that a step passed.
 *
 * A counter that another node made after this statement began is not in `old`: inserting it breaks its primary key, which
 * takes the whole statement back.
 */
export const replayStatement = `${store}, old as (
  select c.account, c.feature, c.period, c.used, c.level_at
  from counters c join (select distinct account, feature, period from moves) m using (account, feature, period)
  order by c.account, c.feature, c.period for update of c
), aimed as (
  select m.*, o.used is not null as known, coalesce(o.used, 0) as base,
    greatest(coalesce(o.level_at, 0), coalesce(max(m.time) filter (where m.level is not null) over whole, 0)) as level_at,
    m.level is not null and m.time >= greatest(coalesce(o.level_at, 0),
      coalesce(max(m.time) filter (where m.level is not null) over earlier, 0)) as wins
  from moves m left join old o using (account, feature, period)
  window whole as (partition by account, feature, period),
    earlier as (partition by account, feature, period order by place rows between unbounded preceding and 1 preceding)
), runs as (
  select *, count(*) filter (where wins) over (partition by account, feature, period order by place) as run from aimed
), sums as (
  select *, coalesce(max(level) filter (where wins) over (partition by account, feature, period, run), base)
    + coalesce(sum("add") over (partition by account, feature, period, run order by place), 0)::bigint as used
  from runs
), steps as (
  select *, lag(used, 1, base) over (partition by account, feature, period order by place) as before from sums
), result as (
  select distinct on (account, feature, period) account, feature, period, used, level_at, known
  from steps order by account, feature, period, place desc
), changed as (
  update counters c set used = r.used, level_at = r.level_at from result r
  where r.known and c.account = r.account and c.feature = r.feature and c.period = r.period
), made as (
  insert into counters (account, feature, period, used, level_at)
  select account, feature, period, used, level_at from result where not known order by account, feature, period
), passed as (
  insert into crossings (account, feature, period, mark, event, used, at)
  select s.account, s.feature, s.period, k.mark, s.id, s.used, s.received_at
  from steps s join unnest($12::text[], $13::text[], $14::bigint[]) as k(account, feature, mark) using (account, feature)
  where s.before < k.mark and k.mark <= s.used
  on conflict do nothing returning account, feature, period, mark, event, used, at
)${answer}`
