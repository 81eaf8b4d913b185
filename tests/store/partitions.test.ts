import pg from 'pg'
import { describe, expect, it } from 'vitest'
import type { PastEvent } from '../../server/src/metering/model.ts'
import type { Database } from '../../server/src/store/database.ts'
import { cleanup } from '../support/cleanup.ts'
import { freshPostgres } from '../support/postgres.ts'
import { addition, open, start, today, used } from './setting.ts'

const day = 86_400_000
/** UUIDv7 that begin alike are made within 49.7 days; the start lies in the time of `019b`. */
const span = 2 ** 32

let count = 0
/** A UUIDv7 made at an instant. */
function idAt(time: number): string {
  const hex = time.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${String(++count).padStart(12, '0')}`
}

/** Made, timed, received and counted at an instant. */
const at = (time: number, id = idAt(time)) =>
  addition(1, { id, time, receivedAt: time, day: today + Math.floor((time - start) / day) * day })

async function setUp() {
  const url = await freshPostgres()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  cleanup(() => client.end())
  const db = await open({ url })
  return {
    url,
    db,
    /** How many events lie in each partition that has some. */
    async lie(): Promise<Record<string, number>> {
      const text = 'select tableoid::regclass::text as name, count(*)::int from events group by 1 order by 1'
      return Object.fromEntries((await client.query(text)).rows.map((row) => [row.name, row.count]))
    },
    async partitions(): Promise<string[]> {
      const text = "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'events'::regclass"
      return (await client.query(text)).rows.map(({ name }) => name).sort()
    },
  }
}

const forgetAll = async (
  db: Database,
  before: number,
  leaving: ((events: readonly PastEvent[]) => Promise<void>) | null,
) => {
  while ((await db.forgetEvents(before, leaving)) > 0);
}

describe('the events of PostgreSQL', () => {
  it('get their partitions ahead of time, from whichever node is first', async () => {
    const { url, db, lie, partitions } = await setUp()
    const other = await open({ url, instance: 'node-2' })
    await Promise.all([db.makeRoom(start), other.makeRoom(start), other.makeRoom(start)])
    const shared = ['events_high', 'events_low', 'events_rest', 'events_ulid']
    expect(await partitions()).toEqual(['events_019b', 'events_019c', ...shared])
    await db.makeRoom(start + 30 * day)
    expect(await partitions()).toContain('events_019d')
    await db.writeOps([at(start), at(start + span), at(start + 20 * day, 'evt_1')])
    expect(await lie()).toEqual({ events_019b: 1, events_019c: 1, events_high: 1 })
  })

  it('lie with those whose ids were made when theirs was, also where they came before the partition', async () => {
    const { db, lie } = await setUp()
    const [early, late] = [at(start), at(start + span - day)]
    await db.writeOps([early, late, at(start + 4 * span)])
    expect(await lie()).toEqual({ events_rest: 3 })
    await Promise.all([db.makeRoom(start), ...Array.from({ length: 20 }, () => db.writeOps([at(start)]))])
    expect(await lie()).toEqual({ events_019b: 21, events_019c: 1, events_rest: 1 })
    expect((await db.writeOps([early, late])).statuses).toEqual(['duplicate', 'duplicate'])
    expect(await used(db, 'exports')).toBe(23)
  })

  it('count once for all 35 days in which an id may come again, whatever partitions come and go', async () => {
    const { db } = await setUp()
    const ulid = '01KEZXW1MBDQ3G2NV0XQTZ7SKR'
    const ops = [at(start), at(start, 'evt_1'), at(start, ulid), at(start, '0f8fad5b-d9cb-469f-a165-70867728950e')]
    await db.makeRoom(start)
    await db.writeOps([...ops, at(start - 90 * day)])
    for (const days of [1, 20, 34]) {
      const now = start + days * day
      await db.makeRoom(now)
      await forgetAll(db, now - 70 * day, null)
      const again = ops.map((op) => ({ ...op, receivedAt: now }))
      const statuses = ['duplicate', 'duplicate', 'duplicate', 'duplicate']
      expect([(await db.writeOps(again)).statuses, (await db.writeOps(again)).statuses]).toEqual([statuses, statuses])
    }
    expect(await used(db, 'exports')).toBe(5)
  })

  it('go with their whole partition, once nothing in it is young', async () => {
    const { db, lie, partitions } = await setUp()
    await db.makeRoom(start)
    const late = { ...at(start), receivedAt: start + 30 * day }
    await db.writeOps([at(start), late, at(start + span), at(start, 'evt_1')])
    await forgetAll(db, start + 29 * day, null)
    expect(await lie()).toEqual({ events_019b: 2, events_019c: 1 })
    await forgetAll(db, start + 31 * day, null)
    expect(await partitions()).not.toContain('events_019b')
    expect([await lie(), await used(db, 'exports')]).toEqual([{ events_019c: 1 }, 4])
    expect((await db.writeOps([at(start)])).statuses).toEqual(['accepted'])
  })

  it('are handed on before their partition goes, where that is wanted', async () => {
    const { db, lie, partitions } = await setUp()
    await db.makeRoom(start)
    const old = [at(start), at(start + day)]
    await db.writeOps([...old, at(start + span)])
    const failing = db.forgetEvents(start + span, () => Promise.reject(new Error('the disk is full')))
    await expect(failing).rejects.toThrow('the disk is full')
    const gone: string[] = []
    await forgetAll(db, start + span, async (events) => {
      gone.push(...events.map(({ id }) => id))
    })
    expect(gone).toEqual(old.map(({ id }) => id))
    expect([await lie(), (await partitions()).includes('events_019b')]).toEqual([{ events_019c: 1 }, false])
  })
})
