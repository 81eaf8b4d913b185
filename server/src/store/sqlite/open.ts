import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import BetterSqlite from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { migrate } from 'drizzle-orm/better-sqlite3/migrator'
import { drizzle as drizzleProxy } from 'drizzle-orm/sqlite-proxy'
import type { Op } from '../../metering/model.ts'
import type { Database } from '../database.ts'
import type { Db } from '../db.ts'
import { forgetUse } from '../forget-use.ts'
import { sqliteKit } from '../kit.ts'
import { checkBeginning, migrationsFolder } from '../migrations.ts'
import { createStores } from '../stores.ts'
import { defineTables } from '../tables.ts'
import { createTurns } from '../turns.ts'
import { openChannel } from './channel.ts'
import { examineUse } from './examine.ts'
import { prepareForget } from './forget.ts'
import { preparePragmas } from './pragmas.ts'

const tables = defineTables(sqliteKit)

/**
 * Opens a SQLite file, bringing its tables up to date. One connection on its own thread writes, one here reads; batches of
 * events and transactions take turns, so neither ever waits on the other's lock.
 */
export async function openSqlite(file: string, options: { inlineWriter?: boolean } = {}): Promise<Database> {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file
  mkdirSync(dirname(path), { recursive: true })
  migrateFile(path)
  const channel = await openChannel(path, options.inlineWriter ?? false)
  const reader = new BetterSqlite(path, { readonly: true })
  reader.pragma('busy_timeout = 5000')
  // Drizzle types its dialects apart; the kit keeps to what both share, so one type serves (see kit.ts).
  const write = drizzleProxy((sql, params, method) => channel.query({ sql, params, method })) as unknown as Db
  const read = drizzle(keepingStatements(reader)) as unknown as Db
  const turns = createTurns()
  const run = (sql: string) => channel.query({ sql, params: [], method: 'run' })
  const written = createStores(write, tables)
  // What a transaction counts goes the way of every event, in the middle of the transaction.
  const count = async (op: Op) => {
    const { statuses, crossings } = await channel.ingest([op])
    if (statuses[0] === 'accepted') return crossings
    throw new Error(`${op.id} was counted before`)
  }
  const stores = { ...written, reservations: { ...written.reservations, count } }
  const transaction = <T>(work: () => Promise<T>): Promise<T> =>
    turns(async () => {
      await run('begin immediate')
      try {
        const result = await work()
        await run('commit')
        return result
      } catch (error) {
        await run('rollback').catch(() => {}) // a failed commit has already rolled back
        throw error
      }
    })
  const close = async () => {
    await turns(async () => {})
    reader.close()
    await channel.close()
  }
  let closed: Promise<void> | undefined

  return {
    dialect: 'sqlite',
    read: createStores(read, tables),
    transaction: (_account, work) => transaction(() => work(stores)),
    writeOps: (ops) => turns(() => channel.ingest(ops)),
    makeRoom: async () => {},
    forgetEvents: prepareForget(reader, (sql, params) => turns(() => channel.query({ sql, params, method: 'run' }))),
    forgetUse: (old) => transaction(() => forgetUse(write, tables, old)),
    examineUse: (after, kept) => examineUse(path, after, kept),
    recountUse: (drift) => turns(() => channel.mend(drift)),
    onForeignChange: async () => {},
    announce: () => {},
    ping: async () => {
      reader.prepare('select 1').get()
    },
    close: () => (closed ??= close()),
  }
}

const mostStatements = 500

/** A connection that prepares each text once. Drizzle prepares for every query, which costs more than to answer it. */
function keepingStatements(db: BetterSqlite.Database): BetterSqlite.Database {
  const kept = new Map<string, BetterSqlite.Statement>()
  const prepare = (text: string): BetterSqlite.Statement => {
    const known = kept.get(text)
    if (known) return known.raw(false)
    if (kept.size >= mostStatements) kept.clear()
    const made = db.prepare(text)
    kept.set(text, made)
    return made
  }
  return new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return prepare
      const value = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

function migrateFile(path: string): void {
  const db = new BetterSqlite(path)
  try {
    preparePragmas(db)
    const folder = migrationsFolder('sqlite')
    checkBeginning(firstMigration(db), folder)
    migrate(drizzle(db), { migrationsFolder: folder })
  } finally {
    db.close()
  }
}

/** Drizzle's own record of what has run. */
function firstMigration(db: BetterSqlite.Database): string | undefined {
  const known = db.prepare("select 1 from sqlite_master where name = '__drizzle_migrations'").get()
  if (known === undefined) return undefined
  const row = db
    .prepare<[], { hash: string }>('select hash from __drizzle_migrations order by created_at limit 1')
    .get()
  return row?.hash
}
