import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { createApi } from '../support/api.ts'
import { start } from '../support/harness.ts'
import { canMountMemory, mountMemory } from '../support/mount.ts'
import { checkFile, createClient, startOn } from './client.ts'

const megabyte = 1_048_576

test.skipIf(!canMountMemory)(
  'a full disk: nothing is acknowledged that is not stored, reading goes on, and all is well when there is room again',
  async () => {
    const disk = mountMemory(24 * megabyte)
    const file = join(disk, 'softgate.db')
    const server = await startOn(file)
    const client = await createClient(server)
    const ballast = join(disk, 'ballast')
    const fill = () => {
      try {
        writeFileSync(ballast, Buffer.alloc(24 * megabyte))
      } catch (error) {
        expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
      }
    }
    await client.pour(server, 20, fill)
    const api = createApi(fetch, `${server.url}/v1`, server.secretKey)
    const time = new Date(start).toISOString()
    const event = { id: 'while-full', account: 'acme', name: 'run', feature: 'automations', value: 1, time }
    const refused = await api('POST', '/events', { events: [event] })
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await api.refused('PUT', '/accounts/acme', { name: 'Acme' })).toMatchObject({ status: 503 })
    const seen = await api.ok<Decision>('POST', '/check', { account: 'acme', feature: 'automations' })
    expect(seen.used).toBeGreaterThan(0)
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
