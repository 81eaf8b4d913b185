import type pg from 'pg'
import type { Op, Written } from '../../metering/model.ts'

/*
 * One statement for a batch. It stores the events that are new (`fresh`), locks the counters they move (`old`, keys sorted),
 * replays the batch over them in its own order (`aimed` to `steps`: a level counts if none before it is newer, additions
 * count on top of the last level), moves each counter once and records every mark that a step passed.
 *
 * A counter that another node made after this statement began is not in `old`: inserting it breaks its primary key, which
 * takes the whole statement back, and the batch is run again.
 */
const statement = `
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
), old as (
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
)
select 'event' as row, account, id as a, null as b, null::bigint as c, null::bigint as d, null::bigint as e, null::bigint as f
  from fresh
union all select 'counter', account, feature, null, period, used, null, null from result
union all select 'crossing', account, feature, event, period, mark, used, at from passed`

/** Another node was faster: unique violation, deadlock, serialisation failure. Nothing was stored; trying again is safe. */
const raced = new Set(['23505', '40P01', '40001'])
const attempts = 8

/** Stores the ops of a batch that have no bound, in one commit. `placed` are distinct by account and id. */
export async function writeBatch(pool: pg.Pool, placed: { op: Op; place: number }[], written: Written): Promise<void> {
  const query = { name: 'softgate_batch', text: statement, values: valuesOf(placed.map(({ op }) => op)) }
  for (let attempt = 1; ; attempt++) {
    try {
      const { rows } = await pool.query(query)
      return readRows(rows, placed, written)
    } catch (error) {
      if (attempt === attempts || !raced.has((error as { code?: string }).code ?? '')) throw error
    }
  }
}

function valuesOf(ops: Op[]): unknown[] {
  const marks = new Map<string, [account: string, feature: string, mark: number]>()
  for (const { account, feature, marks: levels } of ops) {
    if (feature === null) continue
    for (const mark of levels) marks.set(JSON.stringify([account, feature, mark]), [account, feature, mark])
  }
  return [
    ops.map((op) => op.account),
    ops.map((op) => op.id),
    ops.map((op) => op.user),
    ops.map((op) => op.name),
    ops.map((op) => op.feature),
    ops.map((op) => op.period),
    ops.map((op) => op.add),
    ops.map((op) => op.level),
    ops.map((op) => op.time),
    ops.map((op) => op.receivedAt),
    ops.map((op) => op.properties && JSON.stringify(op.properties)),
    [...marks.values()].map(([account]) => account),
    [...marks.values()].map(([, feature]) => feature),
    [...marks.values()].map(([, , mark]) => mark),
  ]
}

interface Row {
  row: 'event' | 'counter' | 'crossing'
  account: string
  a: string
  b: string | null
  /** The driver gives 64-bit integers as text. */
  c: string | null
  d: string | null
  e: string | null
  f: string | null
}

function readRows(rows: Row[], placed: { op: Op; place: number }[], written: Written): void {
  const places = new Map(placed.map(({ op, place }) => [JSON.stringify([op.account, op.id]), place]))
  for (const { row, account, a, b, c, d, e, f } of rows) {
    if (row === 'event') written.statuses[places.get(JSON.stringify([account, a])) ?? -1] = 'accepted'
    else if (row === 'counter') written.counters.push({ account, feature: a, period: Number(c), used: Number(d) })
    else {
      const crossing = { account, feature: a, period: Number(c), mark: Number(d), event: b ?? '' }
      written.crossings.push({ ...crossing, used: Number(e), at: Number(f) })
    }
  }
}
