import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision, EventsAnswer } from '@softgate/sdk/contract'
import { listen } from '@softgate/server'
import { expect, test } from 'vitest'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import { cleanup } from '../support/cleanup.ts'
import { done } from '../support/cli.ts'
import { freshFolder } from '../support/folder.ts'
import { day, type Harness, openHarness, secretKey } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'
import { freshSqlite } from '../support/sqlite.ts'

const used = async ({ host }: Harness, account: string) =>
  (await host.ok<Decision>('POST', '/check', { account, feature: 'automations' })).used

/** So many characters of four bytes each, which no database makes smaller. */
const long = (length: number, seed: number): string =>
  Array.from({ length }, (_, i) => String.fromCodePoint(0x20000 + ((seed + i * i * 7919) % 40_000))).join('')

for (const [where, fresh] of [
  ['SQLite', freshSqlite],
  ['PostgreSQL', freshPostgres],
] as const)
  test(`${where}: CloudEvents of the longest names are told apart, and come back from an export`, async () => {
    const folder = freshFolder()
    const config = { ...teamflow, retention: { ...teamflow.retention, export: folder } }
    const harness = await openHarness({ config, database: await fresh() })
    const account = long(64, 1)
    await harness.host.ok('PUT', `/accounts/${encodeURIComponent(account)}`, { plan: 'starter' })
    const time = new Date(harness.clock.now()).toISOString()
    const cloud = (source: string, id: string, value: number, more: object = {}) => ({
      ...{ specversion: '1.0', id, source, type: 'ran', subject: account, time },
      data: { feature: 'automations', value, ...more },
    })
    const report = async (type: string, body: unknown) =>
      (await harness.host<EventsAnswer>('POST', '/events', body, { 'content-type': type })).body
    const source = long(500, 2)
    const batch = [
      cloud(source, long(128, 3), 1),
      cloud(source, long(128, 4), 10),
      cloud('/short', 'a', 100),
      cloud(source, long(128, 5), 1_000, { replaces: long(128, 3) }),
      cloud('/new\nline', 'b', 10_000),
      { ...cloud('/short', 'c', 10_000), time: 'today' },
    ]
    for (const known of [0, 4])
      expect(await report('Application/CloudEvents-Batch+JSON; charset=utf-8', batch)).toMatchObject({
        accepted: 4 - known,
        duplicates: known,
        rejected: [
          { index: 4, code: 'invalid_event', detail: expect.stringMatching(/^source: /) },
          { index: 5, code: 'invalid_event', detail: 'time: must be an RFC 3339 instant' },
        ],
      })
    expect(await used(harness, account)).toBe(1_110)

    await harness.clock.advance(101 * day)
    await harness.softgate.services.sweep()
    const other = await openHarness({ database: await fresh() })
    await other.host.ok('PUT', `/accounts/${encodeURIComponent(account)}`, { plan: 'starter' })
    const server = await listen(other.softgate.app, { port: 0 })
    cleanup(() => server.close())
    for (const file of readdirSync(folder)) {
      const args = ['import', join(folder, file), '--url', server.url]
      const { code, text } = await done(folder, args, { SOFTGATE_SECRET_KEY: secretKey })
      expect([code, text]).toEqual([0, expect.stringContaining(' 0 rejected')])
    }
    expect(await used(other, account)).toBe(1_110)
    expect([...harness.failures, ...other.failures]).toEqual([])
  })
