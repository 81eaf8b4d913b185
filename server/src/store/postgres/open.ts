import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import pg from 'pg'
import type { Database } from '../database.ts'
import type { Db } from '../db.ts'
import { postgresKit } from '../kit.ts'
import { checkBeginning, migrationsFolder } from '../migrations.ts'
import { createStores } from '../stores.ts'
import { defineTables } from '../tables.ts'
import { examineUse, recountUse } from './examine.ts'
import { forgetEvents, forgetUseAlone } from './forget.ts'
import { writeOps } from './ingest.ts'
import { keepConnection } from './kept-connection.ts'
import { createListener, type ListenerOptions } from './listener.ts'
import { makePartitions } from './partitions.ts'

const tables = defineTables(postgresKit)

/** Opens a PostgreSQL database, bringing its tables up to date. Any number of processes may share it. */
export async function openPostgres({ url, instance, clock }: ListenerOptions): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: url,
    max: 10,
    pipeline: true,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
  })
  // An idle connection that breaks is replaced by the pool; without a listener the process would end.
  pool.on('error', () => {})
  try {
    await checkDurable(pool)
    await migrateUnderLock(url)
  } catch (error) {
    await pool.end()
    throw error
  }
  const db = drizzle(pool) as unknown as Db
  const listener = createListener({ url, instance, clock })
  const kept = keepConnection(pool)
  const close = async () => {
    await listener.stop()
    await kept.release()
    await pool.end()
  }
  let closed: Promise<void> | undefined

  return {
    dialect: 'postgres',
    read: createStores(db, tables),
    transaction: (account, work) =>
      db.transaction(async (tx) => {
        await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended(${account}, 0))`)
        return work(createStores(tx, tables))
      }),
    writeOps: (ops) => writeOps({ pool, kept }, ops),
    makeRoom: (now) => makePartitions(pool, now),
    forgetEvents: (before, leaving) => forgetEvents(pool, before, leaving),
    forgetUse: (old) => forgetUseAlone(db, tables, old),
    examineUse: (after, kept) => examineUse(pool, after, kept),
    recountUse: (drift) => recountUse(pool, drift),
    onForeignChange: (hearer) => listener.start(hearer),
    announce: (accounts) => listener.announce(pool, accounts),
    ping: async () => {
      await pool.query('select 1')
    },
    close: () => (closed ??= close()),
  }
}

/** With `synchronous_commit=off` a commit is told before it is on the disk, and a crash of the server loses it. */
async function checkDurable(pool: pg.Pool): Promise<void> {
  const { rows } = await pool.query<{ synchronous_commit: string }>('show synchronous_commit')
  if (rows[0]?.synchronous_commit !== 'off') return
  throw new Error(
    'PostgreSQL runs with synchronous_commit=off, which loses what was acknowledged when it crashes. Set it to on for this database or its user: alter database … set synchronous_commit = on.',
  )
}

/** Drizzle's migrator may not run twice at once, so starters wait for each other on a lock of the same connection. */
async function migrateUnderLock(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    await client.query("select pg_advisory_lock(hashtextextended('softgate migrations', 0))")
    const folder = migrationsFolder('postgres')
    checkBeginning(await firstMigration(client), folder)
    await migrate(drizzle(client), { migrationsFolder: folder })
  } finally {
    await client.end()
  }
}

/** Drizzle's own record of what has run. */
async function firstMigration(client: pg.Client): Promise<string | undefined> {
  const known = await client.query("select to_regclass('drizzle.__drizzle_migrations') is not null as there")
  if (!known.rows[0]?.there) return undefined
  const { rows } = await client.query<{ hash: string }>(
    'select hash from drizzle.__drizzle_migrations order by created_at limit 1',
  )
  return rows[0]?.hash
}
