import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import BetterSqlite from 'better-sqlite3'
import { openSqlite } from '../../server/src/store/sqlite/open.ts'
import { preparePragmas } from '../../server/src/store/sqlite/pragmas.ts'
import { type Side, sliceSeconds } from './pair.ts'

/** The least that storing an event takes: its row and its counter in our tables, as durable, with nothing around them. */
export async function rawSqlite(batch: number): Promise<Side & { close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-bench-'))
  const file = join(folder, 'raw.db')
  await (await openSqlite(file)).close()
  const db = new BetterSqlite(file)
  preparePragmas(db)
  const insert = db.prepare(
    `insert into events (account, id, name, feature, scope, period, "add", time, day, received_at)
     values ('acme', ?, 'run', 'automations', '', 0, 1, ?, 0, ?)`,
  )
  const count = db.prepare(
    `insert into counters (account, feature, scope, period, used, held, level_at, last_at)
     values ('acme', 'automations', '', 0, 1, 0, 0, ?) on conflict do update set used = used + 1, last_at = excluded.last_at`,
  )
  let n = 0
  const now = Date.now()
  const store = db.transaction(() => {
    for (let i = 0; i < batch; i++) {
      insert.run(`01930000-${String(++n).padStart(9, '0')}`, now, now)
      count.run(now)
    }
  })
  return {
    async measure() {
      const [before, start] = [process.cpuUsage(), performance.now()]
      const first = n
      while (performance.now() - start < sliceSeconds * 1_000) store.immediate()
      const { user, system } = process.cpuUsage(before)
      const stored = n - first
      return {
        rate: (stored * 1_000) / (performance.now() - start),
        cpu: { main: (user + system) / stored, others: 0 },
      }
    },
    async close() {
      db.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
