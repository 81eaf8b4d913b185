import type { Op, StillKept, UseDrift } from '../../server/src/metering/model.ts'
import type { Database } from '../../server/src/store/database.ts'
import { type DatabaseOptions, openDatabase } from '../../server/src/store/open.ts'
import { cleanup } from '../support/cleanup.ts'
import { createTestClock } from '../support/clock.ts'

export const start = Date.UTC(2026, 0, 15, 12)
/** Its day. */
export const today = Date.UTC(2026, 0, 15)

/** How a test gets a database: an empty one, opened and closed for it. */
export type Open = () => Promise<Database>

/** Opens a database and closes it when the test ends. */
export async function open(options: Pick<DatabaseOptions, 'url'> & Partial<DatabaseOptions>): Promise<Database> {
  const db = await openDatabase({ instance: 'node-1', clock: createTestClock(start), ...options })
  cleanup(() => db.close())
  return db
}

let ids = 0

/** An op of account `acme` that stores a mere signal, unless `rest` says what it counts. */
export const op = (rest: Partial<Op> = {}): Op => ({
  account: 'acme',
  id: `ev_${String(++ids).padStart(8, '0')}`,
  user: null,
  name: 'used',
  feature: null,
  period: 0,
  add: null,
  level: null,
  time: start,
  day: today,
  receivedAt: start,
  properties: null,
  marks: [],
  bound: null,
  ...rest,
})

export const addition = (add: number, rest: Partial<Op> = {}): Op => op({ feature: 'exports', add, ...rest })

export const level = (units: number, time: number, rest: Partial<Op> = {}): Op =>
  op({ feature: 'seats', level: units, time, ...rest })

/** What is stored as used of a feature; 0 where nothing was counted. */
export async function used(db: Database, feature: string, account = 'acme', period = 0, scope = ''): Promise<number> {
  const rows = await db.read.metering.counters(account, [{ feature, scope, from: period }])
  return rows.find((row) => row.period === period)?.used ?? 0
}

/** All counters and days that differ from what they are told from. */
export async function driftsIn(db: Database, kept: StillKept = { events: 0, days: 0 }): Promise<UseDrift[]> {
  const found: UseDrift[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const { drifts, next } = await db.examineUse(after ?? null, kept)
    found.push(...drifts)
    after = next
  }
  return found
}
