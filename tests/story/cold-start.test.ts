import type { EventsAnswer } from '@softgate/sdk/contract'
import { expect, test } from 'vitest'
import { openHarness } from '../support/harness.ts'

/** A server, events of a hundred accounts, and how often others have the thread meanwhile. */
async function setting() {
  const { host, clock, softgate } = await openHarness()
  const accounts = Array.from({ length: 100 }, (_, n) => `many-${n}`)
  const time = new Date(clock.now()).toISOString()
  const events = accounts.map((account, n) => {
    return { id: `first-${n}`, account, name: 'run', feature: 'automations', value: 1, time }
  })
  const turnsOf = async <T>(work: Promise<T>): Promise<{ answer: T; turns: number }> => {
    let [turns, isCounting] = [0, true]
    const count = () => {
      turns++
      if (isCounting) setImmediate(count)
    }
    setImmediate(count)
    const answer = await work
    isCounting = false
    return { answer, turns }
  }
  return { host, softgate, accounts, events, turnsOf }
}

test('a batch about many accounts that are not in memory lets others have the thread while it reads them', async () => {
  const { host, accounts, events, turnsOf } = await setting()
  for (const account of accounts) await host.ok('PUT', `/accounts/${account}`, { name: account })
  const { answer, turns } = await turnsOf(host.ok<EventsAnswer>('POST', '/events', { events }))
  expect(answer).toEqual({ accepted: accounts.length, duplicates: 0, rejected: [] })
  expect(turns).toBeGreaterThanOrEqual(accounts.length / 10)
})

test('accounts that do not exist are looked for once, however many a batch names', async () => {
  const { host, accounts, events, turnsOf } = await setting()
  await host.ok('PUT', '/accounts/many-50', { name: 'The only one' })
  const { answer, turns } = await turnsOf(host.ok<EventsAnswer>('POST', '/events', { events }))
  expect([answer.accepted, answer.rejected.length]).toEqual([1, accounts.length - 1])
  expect(new Set(answer.rejected.map(({ code }) => code))).toEqual(new Set(['account_unknown']))
  expect(turns).toBeLessThan(accounts.length / 2)
})

test('where accounts cannot be read, their batch is refused, and nothing else goes down', async () => {
  const { host, softgate, events } = await setting()
  await softgate.close()
  expect(await host.refused('POST', '/events', { events })).toMatchObject({ status: 500 })
})
