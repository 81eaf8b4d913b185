import type { Decision, EventsAnswer } from '@softgate/sdk/contract'
import BetterSqlite from 'better-sqlite3'
import { expect } from 'vitest'
import { createApi } from '../support/api.ts'
import { secretKey, start } from '../support/harness.ts'
import { type ServerProcess, startProcess } from '../support/server.ts'

const accounts = ['acme', 'birch', 'cedar']
const hands = 4
const most = 5

interface Batch {
  account: string
  ids: string[]
}

/** A client that keeps a journal of what it sent and of what it was told is stored: the judge of the server. */
export interface Client {
  /** Sends from several hands at once until as many batches were acknowledged as told, then does `then`, and goes on until refused. */
  pour(server: ServerProcess, batches: number, then: () => unknown): Promise<void>
  /**
   * Holds the server to the journal: all that was acknowledged is there, nothing that was not sent. Then sends what is unknown
   * again with the same ids, as clients do, and holds it to the exact number.
   */
  judge(server: ServerProcess): Promise<void>
  /** Batches acknowledged so far. */
  readonly acknowledged: number
}

/** Fails unless SQLite finds the file whole. */
export function checkFile(file: string): void {
  const db = new BetterSqlite(file)
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok')
  db.close()
}

/** A server on the database, at the instant all tests begin. */
export const startOn = (database: string): Promise<ServerProcess> => startProcess({ database, now: start, secretKey })

export async function createClient(server: ServerProcess): Promise<Client> {
  const api = ({ url }: ServerProcess) => createApi(fetch, `${url}/v1`, secretKey)
  for (const account of accounts) await api(server).ok('PUT', `/accounts/${account}`, { plan: 'professional' })
  const stored: Batch[] = []
  let unknown: Batch[] = []
  let made = 0

  const send = (server: ServerProcess, { account, ids }: Batch) => {
    const time = new Date(start).toISOString()
    const events = ids.map((id) => ({ id, account, name: 'run', feature: 'automations', value: 1, time }))
    return api(server)<EventsAnswer>('POST', '/events', { events })
  }
  const fresh = (): Batch => {
    const size = 1 + (made % most)
    const account = accounts[made % accounts.length] ?? 'acme'
    return { account, ids: Array.from({ length: size }, () => `event-${made++}`) }
  }
  const count = (batches: readonly Batch[], account: string): number =>
    batches.reduce((sum, batch) => sum + (batch.account === account ? batch.ids.length : 0), 0)
  const usedBy = async (server: ServerProcess, account: string): Promise<number> => {
    const { used } = await api(server).ok<Decision>('POST', '/check', { account, feature: 'automations' })
    return used ?? 0
  }

  return {
    get acknowledged() {
      return stored.length
    },
    async pour(server, batches, then) {
      const enough = stored.length + batches
      let done: unknown
      const hand = async (): Promise<void> => {
        for (;;) {
          const batch = fresh()
          // An answer that never came says nothing: the batch may be stored or not.
          const answer = await send(server, batch).catch(() => null)
          if (answer?.status !== 200) {
            unknown.push(batch)
            return
          }
          expect(answer.body).toEqual({ accepted: batch.ids.length, duplicates: 0, rejected: [] })
          stored.push(batch)
          if (stored.length >= enough) done ??= then()
        }
      }
      await Promise.all(Array.from({ length: hands }, hand))
      await done
    },
    async judge(server) {
      for (const account of accounts) {
        const used = await usedBy(server, account)
        expect(used, 'nothing acknowledged is lost').toBeGreaterThanOrEqual(count(stored, account))
        expect(used, 'nothing counts that was not sent').toBeLessThanOrEqual(count([...stored, ...unknown], account))
      }
      for (const batch of stored.slice(-hands)) {
        const { body } = await send(server, batch)
        expect(body, 'what was acknowledged is known').toEqual({
          accepted: 0,
          duplicates: batch.ids.length,
          rejected: [],
        })
      }
      for (const batch of unknown) {
        const { body } = await send(server, batch)
        expect(body.accepted + body.duplicates).toBe(batch.ids.length)
        // One request is one commit: all of it or none.
        expect(Math.min(body.accepted, body.duplicates), 'a batch is stored whole').toBe(0)
      }
      stored.push(...unknown)
      unknown = []
      for (const account of accounts)
        expect(await usedBy(server, account), 'each event counts once').toBe(count(stored, account))
    },
  }
}
