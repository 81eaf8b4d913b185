import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { start } from '../support/harness.ts'
import { canMountMemory, mountMemory } from '../support/mount.ts'
import { freshPostgresIn } from '../support/postgres.ts'
import type { ServerProcess } from '../support/server.ts'
import { checkFile, createClient, startOn } from './client.ts'

const megabyte = 1_048_576

/** Takes what room a disk has left. */
function fill(ballast: string): void {
  try {
    writeFileSync(ballast, Buffer.alloc(64 * megabyte))
  } catch (error) {
    expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
  }
}

/** What a server on a full disk says: nothing is stored, and what is known is still told. */
async function checkFull(server: ServerProcess): Promise<void> {
  const api = createApi(fetch, `${server.url}/v1`, server.secretKey)
  const time = new Date(start).toISOString()
  const event = { id: 'while-full', account: 'acme', name: 'run', feature: 'automations', value: 1, time }
  const refused = await api('POST', '/events', { events: [event] })
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
  const seen = await api.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })
  expect(seen.used).toBeGreaterThan(0)
}

test.skipIf(!canMountMemory)(
  'SQLite on a full disk: nothing is acknowledged that is not stored, reading goes on, and all is well when there is room again',
  async () => {
    const disk = mountMemory(24 * megabyte)
    const file = join(disk, 'softgate.db')
    const server = await startOn(file)
    const client = await createClient(server)
    const ballast = join(disk, 'ballast')
    await client.pour(server, 20, () => fill(ballast))
    await checkFull(server)
    const api = createApi(fetch, `${server.url}/v1`, server.secretKey)
    expect(await api.refused('PUT', '/accounts/acme', { name: 'Acme' })).toMatchObject({ status: 503 })
    expect(server.log()).toContain('database or disk is full')

    rmSync(ballast)
    await client.judge(server)
    await client.pour(server, 20, () => server.kill())
    const again = await startOn(file)
    await client.judge(again)
    await again.kill()
    checkFile(file)
  },
)

test.skipIf(!canMountMemory)(
  'PostgreSQL on a full disk: nothing is acknowledged that is not stored, and all is well when there is room again',
  async () => {
    const disk = mountMemory(64 * megabyte)
    const database = await freshPostgresIn(disk)
    const server = await startOn(database)
    const client = await createClient(server)
    const ballast = join(disk, 'ballast')
    await client.pour(server, 20, () => fill(ballast))
    await checkFull(server)

    rmSync(ballast)
    await client.judge(server)
    await client.pour(server, 20, () => server.kill())
    const again = await startOn(database)
    await client.judge(again)
    await again.kill()
  },
)
