import { existsSync } from 'node:fs'
import BetterSqlite from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { openChannel } from '../../server/src/store/sqlite/channel.ts'
import { preparePragmas } from '../../server/src/store/sqlite/pragmas.ts'
import { cleanup } from '../support/cleanup.ts'
import { freshSqlite } from '../support/sqlite.ts'
import { storeConformance } from './conformance.ts'
import { addition, op, open, start, today, used } from './setting.ts'

const day = 86_400_000
const user = { account: 'acme', id: 'ada', email: null, name: null, role: null, locale: null, entities: [] }

storeConformance('SQLite, writing on its own thread', () => open({ url: freshSqlite() }))

describe('a SQLite file', () => {
  it('is opened so that a commit survives a power cut', async () => {
    const db = new BetterSqlite(freshSqlite())
    cleanup(() => db.close())
    preparePragmas(db)
    expect(db.pragma('synchronous', { simple: true })).toBe(2)
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal')
  })

  it('has the same settings on the connection that writes', async () => {
    const file = freshSqlite()
    await open({ url: file })
    const channel = await openChannel(file, false)
    cleanup(() => channel.close())
    const read = async (name: string) =>
      (await channel.query({ sql: `pragma ${name}`, params: [], method: 'all' })).rows
    expect(await read('synchronous')).toEqual([[2]])
    expect(await read('journal_mode')).toEqual([['wal']])
  })

  it('whose tables another line of versions made is refused, and left as it is', async () => {
    const file = freshSqlite()
    await (await open({ url: file })).close()
    const db = new BetterSqlite(file)
    cleanup(() => db.close())
    db.exec("update __drizzle_migrations set hash = 'another', created_at = 1")
    const run = db.prepare('select * from __drizzle_migrations')
    const before = run.all()
    await expect(open({ url: file })).rejects.toThrow('cannot take over from')
    expect(run.all()).toEqual(before)
  })

  it('keeps its days when they are laid side by side, and then reads them by their key alone', async () => {
    const file = freshSqlite()
    const before = await open({ url: file })
    await before.writeOps([
      addition(7, { account: 'bolt', day: today - day }),
      addition(3, { day: today - 2 * day }),
      addition(5, { day: today - day }),
      addition(9),
    ])
    await before.close()
    // As it was made first.
    const old = new BetterSqlite(file)
    old.exec(`create table held as select * from usage_days;
      drop table usage_days;
      create table usage_days as select * from held;
      drop table held;
      delete from __drizzle_migrations where rowid = 2`)
    old.close()

    const db = await open({ url: file })
    const days = { added: ['exports'], levels: [], from: today - 2 * day, until: today }
    expect(await db.read.metering.usedBy(['acme', 'bolt'], days)).toEqual([
      { account: 'acme', feature: 'exports', used: 8 },
      { account: 'bolt', feature: 'exports', used: 7 },
    ])
    const now = new BetterSqlite(file)
    cleanup(() => now.close())
    const [plan] = now.prepare("explain query plan select added from usage_days where account = 'acme'").all()
    expect(plan).toMatchObject({ detail: 'SEARCH usage_days USING PRIMARY KEY (account=?)' })
  })

  it('is not opened by a SQLite with the WAL-reset bug', () => {
    const answers = (version: string) => ({ prepare: () => ({ pluck: () => ({ get: () => version }) }) })
    const old = answers('3.51.2') as unknown as BetterSqlite.Database
    expect(() => preparePragmas(old)).toThrow('3.51.2 is too old')
  })

  it('shows the reader a commit at once', async () => {
    const db = await open({ url: freshSqlite() })
    for (let n = 1; n <= 50; n++) {
      await db.writeOps([addition(1)])
      expect(await used(db, 'exports')).toBe(n)
    }
  })

  it('holds everything that was asked before it was closed', async () => {
    const file = freshSqlite()
    const db = await open({ url: file })
    const asked = [
      ...Array.from({ length: 20 }, () => db.writeOps([addition(1)])),
      db.transaction('acme', (stores) => stores.accounts.saveUser(user, start)),
    ]
    await db.close()
    await Promise.all(asked)
    const again = await open({ url: file })
    expect(await used(again, 'exports')).toBe(20)
    expect(await again.read.accounts.findUser('acme', 'ada')).toEqual(user)
  })

  it('grows no more once the oldest events go, however long it runs', async () => {
    const file = freshSqlite()
    const db = await open({ url: file })
    const day = 86_400_000
    const pages = () => {
      const look = new BetterSqlite(file, { readonly: true })
      const count = Number(look.pragma('page_count', { simple: true }))
      look.close()
      return count
    }
    const sizes: number[] = []
    for (let n = 0; n < 360; n++) {
      const at = { time: start + n * day, receivedAt: start + n * day, day: today + n * day }
      const period = today + Math.floor(n / 30) * 30 * day
      await db.writeOps(
        Array.from({ length: 100 }, (_, k) =>
          addition(1, { ...at, period, account: `account-${k % 5}`, id: `${String(n).padStart(4, '0')}-${k}` }),
        ),
      )
      if (n % 30 !== 29) continue
      while ((await db.forgetEvents(start + (n - 60) * day, async () => {})) > 0);
      const accounts = Array.from({ length: 5 }, (_, k) => `account-${k}`)
      await db.forgetUse({ accounts, before: start + (n - 90) * day, keep: [] })
      sizes.push(pages())
    }
    expect(sizes.at(-1)).toBeLessThan((sizes[5] ?? 0) * 1.1)
  })

  it('counts a day again from its own events, though others have taken the rows of those that went', async () => {
    const db = await open({ url: freshSqlite() })
    const later = { receivedAt: start + 90_000 }
    await db.writeOps([addition(1), addition(2), addition(4)])
    while ((await db.forgetEvents(start + 1, async () => {})) > 0);
    await db.writeOps([addition(8, { account: 'other', ...later }), addition(16, { feature: 'seats', ...later })])
    await db.writeOps([addition(32, { time: start + 2, ...later }), addition(64, { time: start + 4, ...later })])
    await db.writeOps([op({ feature: 'exports', level: 100, time: start + 3, ...later })])
    expect(await used(db, 'exports')).toBe(164)
  })

  it('may be closed twice', async () => {
    const db = await open({ url: freshSqlite() })
    await Promise.all([db.close(), db.close()])
    await expect(db.writeOps([addition(1)])).rejects.toThrow()
  })

  it('is made with the folders above it, from a path or a file URL', async () => {
    const path = freshSqlite().replace('softgate.db', 'deeper/still/softgate.db')
    await open({ url: `file://${path}` })
    expect(existsSync(path)).toBe(true)
  })

  it('fails the calls that were under way when it will not open', async () => {
    await expect(open({ url: '/dev/null/softgate.db' })).rejects.toThrow()
  })
})
