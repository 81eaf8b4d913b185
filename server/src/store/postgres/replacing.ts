import type { Facts } from '@softgate/sdk/contract'
import type pg from 'pg'
import { dayParts, fitsOut, splitValue } from '../../metering/days.ts'
import type { Op } from '../../metering/model.ts'
import { mostParts, partIds } from '../../metering/tally.ts'
import { splitsOf, type TakenEvent, toEvent } from './days.ts'
import { summedIn } from './joined.ts'

/**
 * Marks what an op replaces as taken back and gives what that one had counted; `late` when it is too old for that,
 * `known` when the op itself is a repetition. An event that was itself replaced before it came (`fresh` is false then) takes
 * its kept place, and what it replaces is taken back all the same.
 */
export async function takeBack(
  client: pg.PoolClient,
  op: Op,
  fresh: boolean,
): Promise<TakenEvent[] | 'late' | 'known'> {
  const { account, id: by, replaces } = op
  if (!replaces || (!fresh && !(await fillPlace(client, op)))) return 'known'
  const parts = await readParts(client, op, replaces)
  if (fresh && parts.some((part) => Number(part.time) < replaces.since)) return 'late'
  if (fresh && replaces.seen && parts.length === 0) return 'late'
  const open = parts.filter((part) => part.taken_by === null)
  if (fresh && (await areJoined(client, account, open))) return 'late'
  const ids = open.map((part) => part.id)
  await client.query('update events set taken_by = $1 where account = $2 and id = any($3)', [by, account, ids])
  const counted = open.flatMap((part) => (part.feature === null ? [] : [{ ...part, feature: part.feature }]))
  const taken: TakenEvent[] = []
  for (const part of counted) {
    const { feature, scope, key, properties } = part
    const period = Number(part.period)
    const on = { account, feature, scope, period, day: Number(part.day) }
    const splits = (await splitsOf(client, on)).map((property) => ({
      property,
      value: splitValue(properties?.[property]),
    }))
    taken.push({ ...toEvent(part), on, parts: dayParts({ key: key ?? '', splits }) })
    if (key === null) continue
    const values = [account, feature, scope, period, key]
    const where = 'where account = $1 and feature = $2 and scope = $3 and period = $4 and key = $5'
    await client.query(`update uniques set events = events - 1 ${where}`, values)
    await client.query(`delete from uniques ${where} and events = 0`, values)
  }
  return taken
}

async function fillPlace(client: pg.PoolClient, op: Op): Promise<boolean> {
  const { rowCount } = await client.query(
    `update events set name = $3, "user" = $4, replaces = $5, properties = $6::jsonb, time = $7, day = $8
     where account = $1 and id = $2 and name = '' and taken_by is not null`,
    [
      op.account,
      op.id,
      op.name,
      op.user,
      op.replaces?.id,
      op.properties && JSON.stringify(op.properties),
      op.time,
      op.day,
    ],
  )
  return rowCount === 1
}

/** Whether what these events counted cannot be told from days that are joined with theirs. */
async function areJoined(client: pg.PoolClient, account: string, parts: readonly StoredPart[]): Promise<boolean> {
  for (const part of parts) {
    const { feature, scope } = part
    if (feature === null) continue
    const day = Number(part.day)
    const joined = await summedIn(client, { account, feature, scope, period: Number(part.period), day })
    if (joined && !fitsOut(joined, { ...toEvent(part), day })) return true
  }
  return false
}

type StoredPart = Parameters<typeof toEvent>[0] & {
  feature: string | null
  scope: string
  period: string
  day: string
  properties: Facts | null
  taken_by: string | null
}

/**
 * The rows of the replaced event, locked; where it has not come yet, its place is kept, so that it counts nothing when it does,
 * but not where it must have been seen.
 */
async function readParts(
  client: pg.PoolClient,
  { account, id: by, day, receivedAt }: Op,
  { id, seen }: NonNullable<Op['replaces']>,
): Promise<StoredPart[]> {
  const kept =
    seen ||
    client.query(
      `insert into events (account, id, name, scope, period, time, day, received_at, taken_by)
     values ($1, $2, '', '', 0, $3, $5, $3, $4) on conflict do nothing`,
      [account, id, receivedAt, by, day],
    )
  const locked = client.query(
    `select id, feature, scope, period, "add", level, peak, key, time, day, properties, taken_by from events where account = $1 and id = any($2)
     order by id for update`,
    [account, partIds(id, mostParts)],
  )
  const [, { rows }] = await Promise.all([kept, locked])
  return rows
}
