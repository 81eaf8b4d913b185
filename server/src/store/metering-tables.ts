import type { Facts } from '@softgate/sdk/contract'
import { sql } from 'drizzle-orm'
import type { Kit } from './kit.ts'

const dayColumns = (k: Kit) => ({
  account: k.text('account').notNull(),
  feature: k.text('feature').notNull(),
  scope: k.text('scope').notNull(),
  property: k.text('property').notNull(),
  day: k.int('day').notNull(),
  period: k.int('period').notNull(),
  value: k.text('value').notNull(),
  key: k.text('key').notNull(),
  added: k.int('added').notNull(),
  level: k.int('level'),
  levelAt: k.int('level_at').notNull(),
  lastAt: k.int('last_at').notNull(),
  peak: k.int('peak'),
})

/**
 * What each counter counted day by day, written with it: all of it, what each value of a property has of it (`property`,
 * `value`), and each of its keys, of which `added` is the number of events. A counter can be told from its days.
 */
const defineDays = (k: Kit) =>
  k.table(
    'usage_days',
    {
      ...dayColumns(k),
      /** Where days are joined, the first of them; `day` is the last. */
      first: k.int('first'),
      /** The event that was counted last. */
      ...k.rowOf('newest'),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.feature, t.scope, t.property, t.day, t.period, t.value, t.key] })],
  )

/** The tables of what is counted; see `tables.ts`. */
export const defineMeteringTables = (k: Kit, days = defineDays(k)) => ({
  /** An event that moves several counters has a row for each; all but the first have no name, see `partIds`. */
  events: k.table(
    'events',
    {
      ...k.row(),
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      user: k.text('user'),
      name: k.text('name').notNull(),
      feature: k.text('feature'),
      scope: k.text('scope').notNull(),
      period: k.int('period').notNull(),
      add: k.int('add'),
      level: k.int('level'),
      peak: k.int('peak'),
      key: k.text('key'),
      time: k.int('time').notNull(),
      /** Midnight UTC of the date that it counts on. */
      day: k.int('day').notNull(),
      receivedAt: k.int('received_at').notNull(),
      properties: k.json<Facts>('properties'),
      replaces: k.text('replaces'),
      /** The event that replaced it: it counts no more. Such a row without a name keeps the place of one not yet seen. */
      takenBy: k.text('taken_by'),
      /** The event that its counter counted before it on its day. */
      ...k.rowOf('before'),
    },
    (t) => [
      k.arrivalKey('events_by_id', t.account, t.id),
      ...k.byUse('events_by_use', t.account, t.feature, t.time),
      ...k.byArrival('events_by_arrival', t.receivedAt),
    ],
  ),
  counters: k.table(
    'counters',
    {
      account: k.text('account').notNull(),
      feature: k.text('feature').notNull(),
      scope: k.text('scope').notNull(),
      period: k.int('period').notNull(),
      used: k.int('used').notNull(),
      /** Units reserved, those whose time is over among them until someone needs them. */
      held: k.int('held').notNull(),
      levelAt: k.int('level_at').notNull(),
      lastAt: k.int('last_at').notNull(),
      ...k.newestDay(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.feature, t.scope, t.period] })],
  ),
  days,
  /** The same for reading: on SQLite a counter keeps its newest day itself. */
  usage: k.allDays(days, dayColumns(k)),
  /** Units set aside for what is under way. Counts until `expiresAt`, whether it is still here or not. */
  holds: k.table(
    'holds',
    {
      account: k.text('account').notNull(),
      id: k.text('id').notNull(),
      user: k.text('user'),
      feature: k.text('feature').notNull(),
      scope: k.text('scope').notNull(),
      period: k.int('period').notNull(),
      quantity: k.int('quantity').notNull(),
      expiresAt: k.int('expires_at').notNull(),
    },
    (t) => [
      k.primaryKey({ columns: [t.account, t.id] }),
      k.index('holds_by_counter').on(t.account, t.feature, t.scope, t.period),
    ],
  ),
  /** The different keys of a counter that tells them apart, and how many events have each. */
  uniques: k.table(
    'uniques',
    {
      account: k.text('account').notNull(),
      feature: k.text('feature').notNull(),
      scope: k.text('scope').notNull(),
      period: k.int('period').notNull(),
      key: k.text('key').notNull(),
      events: k.int('events').notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.account, t.feature, t.scope, t.period, t.key] })],
  ),
  crossings: k.table(
    'crossings',
    {
      account: k.text('account').notNull(),
      feature: k.text('feature').notNull(),
      scope: k.text('scope').notNull(),
      period: k.int('period').notNull(),
      mark: k.int('mark').notNull(),
      event: k.text('event').notNull(),
      used: k.int('used').notNull(),
      at: k.int('at').notNull(),
      consumedAt: k.int('consumed_at'),
    },
    (t) => [
      k.primaryKey({ columns: [t.account, t.feature, t.scope, t.period, t.mark, t.event] }),
      k.index('crossings_pending').on(t.account).where(sql`consumed_at is null`),
    ],
  ),
})
