import type { EventsAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { openHarness } from '../support/harness.ts'

test('a batch about many accounts that are not in memory lets others have the thread while it reads them', async () => {
  const { host, clock } = await openHarness()
  const accounts = Array.from({ length: 100 }, (_, n) => `many-${n}`)
  for (const account of accounts) await host.ok('PUT', `/accounts/${account}`, { name: account })
  const time = new Date(clock.now()).toISOString()
  const events = accounts.map((account, n) => ({
    id: `first-${n}`,
    account,
    name: 'run',
    feature: 'automations',
    value: 1,
    time,
  }))
  let [turns, isCounting] = [0, true]
  const count = () => {
    turns++
    if (isCounting) setImmediate(count)
  }
  setImmediate(count)
  const answer = await host.ok<EventsAnswer>('POST', '/events', { events })
  isCounting = false
  expect(answer).toEqual({ accepted: accounts.length, duplicates: 0, rejected: [] })
  expect(turns).toBeGreaterThanOrEqual(accounts.length / 10)
})
