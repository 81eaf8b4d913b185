import { load, type Target } from './load.ts'
import { type Bench, median, overHttp, pair } from './pair.ts'
import { type Server, spent, startServer, withServers } from './server.ts'
import { eventOf, post } from './writes.ts'

const batch = 1_000
const eventsPerAccount = 100
const mebi = 1_024 * 1_024

/** Accounts of the empty database: so many that a commit moves as many counters there as in the grown one. */
const fewAccounts = 1_000

/** Whether a full database is as fast as an empty one: both take one event a request, for accounts drawn by chance. */
export const growthBench: Bench = {
  title: 'POST /v1/events on a database that has grown, against an empty one',
  run: ({ say, events }) =>
    withServers([startServer('softgate'), startServer('softgate')], async (grown, empty) => {
      const accounts = Math.max(1, events / eventsPerAccount)
      await makeAccounts(empty, fewAccounts)
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
      const result = await pair([one(grown, accounts), one(empty, fewAccounts)], { goal: 0.8, say })
      const checks: { grown: number; empty: number }[] = []
      for (let slice = 0; slice < 5; slice++)
        checks.push({ grown: await checkP99(grown, accounts), empty: await checkP99(empty, fewAccounts) })
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

/** A connection may be closed for its idleness just when it is used again: sending the same ids anew is safe. */
async function send({ url, method, headers, body }: Target, attempts = 3): Promise<void> {
  try {
    const response = await fetch(url, { method, headers, ...(body !== undefined && { body }) })
    const text = await response.text()
    if (!response.ok) throw new Error(`${url}: ${response.status} ${text}`)
  } catch (error) {
    if (!(error instanceof TypeError) || attempts === 1) throw error
    await send({ url, method, headers, ...(body !== undefined && { body }) }, attempts - 1)
  }
}

/** Sends the targets, some at a time. */
async function sendAll(targets: Iterable<Target>, together: number): Promise<void> {
  const queue = targets[Symbol.iterator]()
  const worker = async (): Promise<void> => {
    for (let next = queue.next(); !next.done; next = queue.next()) await send(next.value)
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
