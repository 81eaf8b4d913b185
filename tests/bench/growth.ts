import { statSync } from 'node:fs'
import { type Clock, createSoftgate, systemClock } from '@softgate/server'
import { config } from './config.ts'
import { grow } from './grow.ts'
import { checkP99s } from './latency.ts'
import { type Bench, overHttp, pair } from './pair.ts'
import { type Server, spent, startServer, withServers } from './server.ts'
import { eventOf, post } from './writes.ts'

const eventsPerAccount = 100
const mebi = 1_024 * 1_024

/** Accounts of the empty database: few, but so many that hardly two events of a commit are of one. */
const fewAccounts = 1_000

/** Whether a full database is as fast as an empty one: both take one event a request, for accounts drawn by chance. */
export const growthBench: Bench = {
  title: 'POST /v1/events on a database that has grown, against an empty one',
  async run({ say, events }) {
    const accounts = Math.max(1, events / eventsPerAccount)
    const files = [await grow({ events, accounts }, say), await grow({ events: 0, accounts: fewAccounts })]
    try {
      const [full = '', bare = ''] = files.map(({ file }) => file)
      const dailyMs = await sweepOnce(full)
      await sweepOnce(bare)
      const fileMebibytes = Math.round(statSync(full).size / mebi)
      return await withServers([startServer('softgate', full), startServer('softgate', bare)], async (grown, empty) => {
        const one = (server: Server, count: number) =>
          overHttp(server, (slice) => ({
            ...post(server, '/v1/events', JSON.stringify({ events: [eventOf(`0199${slice}-%n`, 'a%a')] })),
            accounts: count,
          }))
        const firstMs = await meet(grown, accounts)
        await meet(empty, fewAccounts)
        const result = await pair([one(grown, accounts), one(empty, fewAccounts)], { goal: 0.8, say })
        const { p99, busy } = await checkP99s([
          { server: grown, accounts },
          // Among as many accounts as in the empty database: what the size of the database does, without that of the memory.
          { server: grown, accounts: fewAccounts },
          { server: empty, accounts: fewAccounts },
        ])
        return {
          ...result,
          events,
          accounts,
          fileMebibytes,
          firstMs,
          dailyMs,
          checkP99: p99[0],
          checkP99Few: p99[1],
          checkP99Empty: p99[2],
          busyCheckP99: busy[0],
          busyCheckP99Few: busy[1],
          busyCheckP99Empty: busy[2],
          mebibytes: Math.round((await spent(grown)).rss / mebi),
          mebibytesEmpty: Math.round((await spent(empty)).rss / mebi),
        }
      })
    } finally {
      for (const { remove } of files) remove()
    }
  },
}

/** Does what is done once a day, which would else be done while we measure; gives how long that took, ms. */
async function sweepOnce(database: string): Promise<number> {
  const start = performance.now()
  const secretKeys = ['sg_test_benchmarkbenchmarkbenchmark']
  const sweepMs = 86_400_000
  let done = (): void => {}
  const swept = new Promise<void>((resolve) => {
    done = resolve
  })
  const clock: Clock = {
    ...systemClock,
    after(ms, fn) {
      // The next sweep is arranged once the first is over.
      if (ms === sweepMs) done()
      return systemClock.after(ms, fn)
    },
  }
  const softgate = await createSoftgate({ config, database, secretKeys, sweepMs, clock })
  await swept
  await softgate.close()
  return Math.round(performance.now() - start)
}

/** Brings an event of each account, so that none has to be read from now on; gives how long that took for each, ms. */
async function meet(server: Server, accounts: number): Promise<number> {
  const start = performance.now()
  for (let at = 0; at < accounts; at += 1_000) {
    const count = Math.min(1_000, accounts - at)
    const events = Array.from({ length: count }, (_, n) => eventOf(`0198-${at + n}`, `a${at + n}`))
    const { url, method, headers, body = '' } = post(server, '/v1/events', JSON.stringify({ events }))
    const response = await fetch(url, { method, headers, body })
    if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
  }
  return Number(((performance.now() - start) / accounts).toFixed(2))
}
