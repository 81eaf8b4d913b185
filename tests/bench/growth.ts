import { load, type Target } from './load.ts'
import { type Bench, median, overHttp, pair } from './pair.ts'
import { type Server, spent, startServer, withServers } from './server.ts'
import { eventOf, post } from './writes.ts'

const batch = 1_000
const eventsPerAccount = 100
const mebi = 1_024 * 1_024

/** Whether a full database is as fast as an empty one: both take one event a request, for accounts drawn by chance. */
export const growthBench: Bench = {
  title: 'POST /v1/events on a database that has grown, against an empty one',
  run: ({ say, events }) =>
    withServers([startServer('softgate'), startServer('softgate')], async (grown, empty) => {
      const accounts = Math.max(1, events / eventsPerAccount)
      await makeAccounts(empty, 1)
      const before = await spent(grown)
      await makeAccounts(grown, accounts)
      for (let share = 0; share < 10; share++) {
        const start = performance.now()
        await fill(grown, { from: (share * events) / 10, count: events / 10, accounts })
        const rate = (events * 100) / (performance.now() - start)
        say(`${(share + 1) * 10} %: ${Math.round(rate)} events/s, ${Math.round((await spent(grown)).rss / mebi)} MiB`)
      }
      const one = (server: Server, count: number) =>
        overHttp(server, (slice) => ({
          ...post(server, '/v1/events', JSON.stringify({ events: [eventOf(`0199${slice}-%n`, 'a%a')] })),
          accounts: count,
        }))
      const result = await pair([one(grown, accounts), one(empty, 1)], { goal: 0.8, say })
      const checks: { grown: number; empty: number }[] = []
      for (let slice = 0; slice < 5; slice++)
        checks.push({ grown: await checkP99(grown, accounts), empty: await checkP99(empty, 1) })
      return {
        ...result,
        events,
        accounts,
        checkP99: median(checks.map((row) => row.grown)),
        checkP99Empty: median(checks.map((row) => row.empty)),
        mebibytes: Math.round((await spent(grown)).rss / mebi),
        mebibytesEmpty: Math.round(before.rss / mebi),
      }
    }),
}

const checkP99 = async (server: Server, accounts: number): Promise<number> =>
  (await load({ ...post(server, '/v1/check', '{"account":"a%a","feature":"automations"}'), accounts }, { seconds: 2 }))
    .p99

/** Sends what `bodies` gives, some at a time. */
async function sendAll(targets: Iterable<Target>, together: number): Promise<void> {
  const queue = targets[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      const { url, method, headers, body } = next.value
      const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
      if (!response.ok) throw new Error(`${url}: ${response.status} ${await response.text()}`)
      await response.arrayBuffer()
    }
  }
  await Promise.all(Array.from({ length: together }, worker))
}

const makeAccounts = (server: Server, count: number): Promise<void> =>
  sendAll(
    (function* () {
      for (let n = 0; n < count; n++)
        yield { ...post(server, `/v1/accounts/a${n}`, '{"plan":"business"}'), method: 'PUT' as const }
    })(),
    32,
  )

const fill = (
  server: Server,
  { from, count, accounts }: { from: number; count: number; accounts: number },
): Promise<void> =>
  sendAll(
    (function* () {
      for (let at = from; at < from + count; at += batch) {
        const size = Math.min(batch, from + count - at)
        const events = Array.from({ length: size }, (_, n) =>
          eventOf(`0190-${String(at + n).padStart(9, '0')}`, `a${((at + n) * 7_919) % accounts}`),
        )
        yield post(server, '/v1/events', JSON.stringify({ events }))
      }
    })(),
    4,
  )
