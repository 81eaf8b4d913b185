import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AccountRecord, emptyAccount } from '../../server/src/accounts/model.ts'
import { admit } from '../../server/src/metering/admit.ts'
import type { Op } from '../../server/src/metering/model.ts'
import { openSqlite } from '../../server/src/store/sqlite/open.ts'
import { config } from './config.ts'
import { eventOf } from './writes.ts'

const batch = 20_000
const day = 86_400_000
/** Days over which the events are spread. */
const days = 30

/** A database with accounts `a0`, `a1`, … and events of theirs in turn, a month of them, stored as the server stores them. */
export async function grow(
  { events, accounts }: { events: number; accounts: number },
  say: (line: string) => void = () => {},
): Promise<{ file: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'softgate-bench-'))
  const file = join(folder, 'bench.db')
  const now = Date.now()
  const db = await openSqlite(file, { inlineWriter: true })
  const known = Array.from({ length: accounts }, (_, n) => ({
    ...emptyAccount(`a${n}`, now - days * day),
    plan: 'business',
  }))
  await db.transaction('', async (stores) => {
    for (const account of known) await stores.accounts.save(account, now)
  })
  const opOf = (n: number): Op[] => {
    const time = now - Math.floor(((events - n) / events) * days * day)
    const account = known[(n * 7_919) % accounts] as AccountRecord
    const event = { ...eventOf(`0190-${String(n).padStart(9, '0')}`, account.id), time: new Date(time).toISOString() }
    const told = {
      catalog: config,
      account,
      subscription: null,
      marks: () => [],
      rest: () => 0,
      now: time,
      browser: false,
    }
    const admitted = admit(event, told)
    return 'op' in admitted ? [admitted.op] : []
  }
  let [told, start] = [0, performance.now()]
  for (let at = 0; at < events; at += batch) {
    const size = Math.min(batch, events - at)
    await db.writeOps(Array.from({ length: size }, (_, n) => opOf(at + n)).flat())
    const share = Math.floor((10 * (at + size)) / events)
    if (share === told) continue
    say(
      `${share * 10} %: ${Math.round(((events / 10) * (share - told) * 1_000) / (performance.now() - start))} events/s`,
    )
    told = share
    start = performance.now()
  }
  await db.close()
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) }
}
