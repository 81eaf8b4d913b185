import type pg from 'pg'
import { dayParts } from '../../metering/days.ts'
import type { CounterRow, Crossing, Op, OpStatus, Written } from '../../metering/model.ts'

/*
 * One conditional consumption. The event is inserted only if the counter moved; an id that is there already breaks the
 * primary key and takes the whole statement back, so that nothing counts twice.
 */
const statement = `
with moved as (
  insert into counters as c (account, feature, scope, period, used, held, level_at, last_at)
  select $1::text, $5::text, $13::text, $6::bigint, $7::bigint, 0, 0, $8::bigint where $7::bigint <= $11::bigint
  on conflict (account, feature, scope, period) do update
    set used = c.used + excluded.used, last_at = greatest(c.last_at, excluded.last_at)
    where c.used + c.held + excluded.used <= $11::bigint and c.level_at <= $8::bigint
  returning used
), stored as (
  insert into events (account, id, "user", name, feature, scope, period, "add", time, day, received_at, properties)
  select $1::text, $2::text, $3::text, $4::text, $5::text, $13::text, $6::bigint, $7::bigint, $8::bigint, $14::bigint,
    $9::bigint, $10::jsonb from moved
), days as (
  insert into usage_days as d (account, feature, scope, property, day, period, value, key, added, level_at, last_at)
  select $1::text, $5::text, $13::text, property, $14::bigint, $6::bigint, value, '', $7::bigint, 0, $8::bigint
  from moved, unnest($15::text[], $16::text[]) as s(property, value) order by property, value
  on conflict (account, feature, scope, property, day, period, value, key) do update
    set added = d.added + excluded.added, level = d.level + excluded.added,
      last_at = greatest(d.last_at, excluded.last_at)
), passed as (
  insert into crossings (account, feature, scope, period, mark, event, used, at)
  select $1::text, $5::text, $13::text, $6::bigint, mark, $2::text, moved.used, $9::bigint
  from moved, unnest($12::bigint[]) as k(mark)
  where mark <= moved.used and mark > moved.used - $7::bigint on conflict do nothing returning mark
)
select used, array(select mark from passed order by mark) as marks from moved`

const uniqueViolation = '23505'

/** Counts one op if its bound allows, in a commit of its own. */
export async function consume(pool: pg.Pool, op: Op, written: Written): Promise<OpStatus> {
  const { account, feature, scope = '', period } = op
  if (feature === null) return 'refused'
  if (await isStored(pool, op)) return 'duplicate'
  try {
    const { rows } = await pool.query({ name: 'softgate_consume', text: statement, values: valuesOf(op) })
    const [moved] = rows
    // Where the same id was counted meanwhile and took the last unit, this is its repetition and no refusal.
    if (!moved) return (await isStored(pool, op)) ? 'duplicate' : (await isEarly(pool, op)) ? 'early' : 'refused'
    const counter: CounterRow = { account, feature, scope, period, used: Number(moved.used) }
    const crossings = moved.marks.map(
      (mark: unknown): Crossing => ({ ...counter, mark: Number(mark), event: op.id, at: op.receivedAt }),
    )
    written.counters.push(counter)
    written.crossings.push(...crossings)
    return 'accepted'
  } catch (error) {
    if ((error as { code?: string }).code === uniqueViolation) return 'duplicate'
    throw error
  }
}

const valuesOf = (op: Op): unknown[] => [
  op.account,
  op.id,
  op.user,
  op.name,
  op.feature,
  op.period,
  op.add ?? 0,
  op.time,
  op.receivedAt,
  op.properties && JSON.stringify(op.properties),
  op.bound,
  op.marks,
  op.scope ?? '',
  op.day,
  dayParts(op).map(({ property }) => property),
  dayParts(op).map(({ value }) => value),
]

async function isStored(pool: pg.Pool, op: Op): Promise<boolean> {
  const text = 'select 1 from events where account = $1 and id = $2'
  const { rowCount } = await pool.query({ name: 'softgate_is_stored', text, values: [op.account, op.id] })
  return rowCount === 1
}

/** Whether only the time of an op was in its way; where it is not, there was no room. */
async function isEarly(
  pool: pg.Pool,
  { account, feature, scope = '', period, time, add, bound }: Op,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `select 1 from counters where account = $1 and feature = $2 and scope = $3 and period = $4
     and level_at > $5 and used + held + $6 <= $7`,
    [account, feature, scope, period, time, add, bound],
  )
  return rowCount === 1
}
