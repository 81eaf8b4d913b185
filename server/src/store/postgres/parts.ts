import type pg from 'pg'
import type { Move, Op } from '../../metering/model.ts'
import { arrayOf } from './arrays.ts'

/** One counter that an op moves, and the row of the event table that says so. */
export interface Part {
  op: Op
  move: Move
  id: string
  name: string
}

/** Stores the parts that are new and gives their accounts and ids. */
export async function insertParts(client: pg.PoolClient, parts: readonly Part[]): Promise<Set<string>> {
  if (parts.length === 0) return new Set()
  const { rows } = await client.query(
    `insert into events (account, id, "user", name, feature, scope, period, "add", level, peak, key, time, day,
       received_at, properties, replaces)
     select account, id, "user", name, feature, scope, period, "add", level, peak, key, time, day, received_at,
       properties::jsonb, replaces
     from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
       $9::bigint[], $10::bigint[], $11::text[], $12::bigint[], $13::bigint[], $14::bigint[], $15::text[], $16::text[])
       as i(account, id, "user", name, feature, scope, period, "add", level, peak, key, time, day, received_at, properties,
         replaces)
     order by account, id on conflict do nothing returning account, id`,
    [
      arrayOf(parts, ({ op }) => op.account),
      arrayOf(parts, ({ id }) => id),
      arrayOf(parts, ({ op }) => op.user),
      arrayOf(parts, ({ name }) => name),
      arrayOf(parts, ({ move }) => move.feature),
      arrayOf(parts, ({ move }) => move.scope ?? ''),
      arrayOf(parts, ({ move }) => move.period),
      arrayOf(parts, ({ move }) => move.add),
      arrayOf(parts, ({ move }) => move.level),
      arrayOf(parts, ({ move }) => move.peak ?? null),
      arrayOf(parts, ({ move }) => move.key ?? null),
      arrayOf(parts, ({ op }) => op.time),
      arrayOf(parts, ({ op }) => op.day),
      arrayOf(parts, ({ op }) => op.receivedAt),
      arrayOf(parts, ({ op }) => op.properties && JSON.stringify(op.properties)),
      arrayOf(parts, ({ op }) => op.replaces?.id ?? null),
    ],
  )
  return new Set(rows.map(({ account, id }) => JSON.stringify([account, id])))
}

/** Counts the keys of the parts, and gives a test for those whose key their counter had before. */
export async function countKeys(client: pg.PoolClient, parts: readonly Part[]): Promise<(part: Part) => boolean> {
  const keyed = parts.filter(({ move }) => move.key !== undefined)
  const nameOf = ({ op, move }: Part): string =>
    JSON.stringify([op.account, move.feature, move.scope ?? '', move.period, move.key])
  if (keyed.length === 0) return () => false
  const { rows } = await client.query(
    `insert into uniques as u (account, feature, scope, period, key, events)
     select account, feature, scope, period, key, count(*)
     from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[]) as n(account, feature, scope, period, key)
     group by account, feature, scope, period, key order by account, feature, scope, period, key
     on conflict (account, feature, scope, period, key) do update set events = u.events + excluded.events
     returning account, feature, scope, period, key, events`,
    [
      arrayOf(keyed, ({ op }) => op.account),
      arrayOf(keyed, ({ move }) => move.feature),
      arrayOf(keyed, ({ move }) => move.scope ?? ''),
      arrayOf(keyed, ({ move }) => move.period),
      arrayOf(keyed, ({ move }) => move.key),
    ],
  )
  const firsts = new Map<string, Part>()
  for (const part of keyed) if (!firsts.has(nameOf(part))) firsts.set(nameOf(part), part)
  const added = new Map<string, number>()
  for (const part of keyed) added.set(nameOf(part), (added.get(nameOf(part)) ?? 0) + 1)
  const fresh = new Set<Part>()
  for (const { account, feature, scope, period, key, events } of rows) {
    const name = JSON.stringify([account, feature, scope, Number(period), key])
    const first = firsts.get(name)
    if (first && Number(events) === added.get(name)) fresh.add(first)
  }
  return (part) => part.move.key !== undefined && !fresh.has(part)
}
