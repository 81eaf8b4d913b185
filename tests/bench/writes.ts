import type { Target } from './load.ts'
import { type Bench, overHttp, pair, type Result, type Side } from './pair.ts'
import { withPostgres } from './postgres.ts'
import { rawSqlite } from './raw-sqlite.ts'
import { openAccount } from './reads.ts'
import { type Server, startServer, withServers } from './server.ts'

const time = new Date().toISOString()

export const post = ({ url, secretKey }: Server, path: string, body: string): Target => ({
  url: url + path,
  method: 'POST',
  headers: { authorization: `Bearer ${secretKey}`, 'content-type': 'application/json' },
  body,
})

/** Ids ascend, as the ones that clients make by the time do; `%n` becomes another number in each request. */
const idOf = (slice: number, n = ''): string => `0193${String(slice).padStart(4, '0')}-%n${n}`

export const eventOf = (id: string, account = 'acme') => ({
  id,
  account,
  name: 'run',
  feature: 'automations',
  value: 1,
  time,
})
const events = (slice: number, count = 1): string =>
  JSON.stringify({
    events: Array.from({ length: count }, (_, n) =>
      eventOf(idOf(slice, count === 1 ? '' : `-${String(n).padStart(3, '0')}`)),
    ),
  })

export const ingestTarget = (server: Server, slice: number): Target => post(server, '/v1/events', events(slice))
const ingest = (server: Server): Side => overHttp(server, (slice) => ingestTarget(server, slice))

/** One event a request against an echo that stores nothing. */
const againstEcho = (ours: Server, bare: Server, goal: number, say: (line: string) => void): Promise<Result> =>
  pair([ingest(ours), overHttp(bare, (slice) => post(bare, '/', events(slice)))], { goal, say })

/** Each event is acknowledged after its commit is on the disk. */
export const ingestBench: Bench = {
  title: 'POST /v1/events, one event a request, durable, crossings found, against a bare Hono POST echo',
  run: ({ say }) =>
    withServers([startServer('softgate'), startServer('bare')], async (ours, bare) => {
      await openAccount(ours, 'business')
      return againstEcho(ours, bare, 0.65, say)
    }),
}

export const ingestPgBench: Bench = {
  title: 'POST /v1/events on PostgreSQL, one event a request, against a bare Hono POST echo',
  run: ({ say }) =>
    withPostgres((database) =>
      withServers([startServer('softgate', database), startServer('bare')], async (ours, bare) => {
        await openAccount(ours, 'business')
        return againstEcho(ours, bare, 0.5, say)
      }),
    ),
}

const batch = 100

export const ingestBatchBench: Bench = {
  title: 'POST /v1/events, 100 events a request, against raw better-sqlite3: the same rows, 100 a transaction',
  run: ({ say }) =>
    withServers([startServer('softgate')], async (ours) => {
      await openAccount(ours, 'business')
      const over = overHttp(ours, (slice) => post(ours, '/v1/events', events(slice, batch)), batch)
      const raw = await rawSqlite(batch)
      try {
        return await pair([over, raw], { goal: 0.65, unit: 'events/s', say })
      } finally {
        await raw.close()
      }
    }),
}

export const consumeBench: Bench = {
  title: 'POST /v1/consume, durable, one hot account, against POST /v1/events with one event',
  run: ({ say }) =>
    withServers([startServer('softgate'), startServer('softgate')], async (ours, other) => {
      for (const server of [ours, other]) await openAccount(server, 'enterprise')
      const body = (slice: number) => JSON.stringify({ id: idOf(slice), account: 'acme', feature: 'automations' })
      return pair([overHttp(ours, (slice) => post(ours, '/v1/consume', body(slice))), ingest(other)], {
        goal: 0.8,
        say,
      })
    }),
}
