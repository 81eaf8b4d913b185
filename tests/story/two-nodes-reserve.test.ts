import type { Decision, ReserveAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import config from '../../examples/teamflow/softgate.config.ts'
import { createApi } from '../support/api.ts'
import { openHarness, secretKey } from '../support/harness.ts'
import { freshPostgres } from '../support/postgres.ts'

/** What Free gives of automations. */
const limit = 100

test('two nodes reserve, use, set free and consume at once: together they never pass the limit, and nothing is lost', async () => {
  const harness = await openHarness({ database: await freshPostgres(), config })
  const other = await harness.again()
  const apis = [harness.host, createApi((url, init) => other.app.request(url, init), '/v1', secretKey)]
  await harness.host.ok('PUT', '/accounts/acme', { plan: 'free' })
  const about = { account: 'acme', feature: 'automations' }
  const api = (n: number) => apis[n % 2] ?? harness.host
  const used = async (): Promise<number[]> =>
    Promise.all(apis.map(async (one) => (await one.ok<Decision>('POST', '/check', about)).used ?? 0))

  let counted = 0
  /** Reserves on one node and ends it on the other: used in part, set free, or left until its time is over. */
  const reserveAndEnd = async (n: number): Promise<boolean> => {
    const id = `hold-${n}`
    const { expiresAt } = await api(n).ok<ReserveAnswer>('POST', '/reserve', {
      id,
      ...about,
      quantity: 5,
      expiresIn: 60,
    })
    if (expiresAt === null) return false
    if (n % 3 === 0) {
      await api(n + 1).ok('POST', '/commit', { id, account: 'acme', quantity: 3 })
      counted += 3
    } else if (n % 3 === 1) await api(n + 1).ok('POST', '/release', { id, account: 'acme' })
    return true
  }
  const consume = async (n: number): Promise<boolean> => {
    const { allowed } = await api(n).ok<Decision>('POST', '/consume', { id: `use-${n}`, ...about, quantity: 4 })
    if (allowed) counted += 4
    return allowed
  }

  for (let round = 0; round < 3; round++) {
    const from = round * 24
    await Promise.all(Array.from({ length: 24 }, (_, n) => (n % 4 === 0 ? consume(from + n) : reserveAndEnd(from + n))))
    expect(counted).toBeLessThanOrEqual(limit)
    // What nobody ended is free again; the other node hears of it by its own clock.
    await harness.clock.advance(60_000)
    expect(await used()).toEqual([counted, counted])
  }
  for (let n = 1_000; counted < limit - 3; n++) await consume(n)
  expect((await Promise.all([2_000, 2_001, 2_002, 2_003].map(consume))).filter(Boolean)).toEqual([])
  expect(counted).toBeGreaterThan(limit - 4)
  expect(counted).toBeLessThanOrEqual(limit)
  expect(harness.failures).toEqual([])
})
