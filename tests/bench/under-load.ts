import { load } from './load.ts'
import { type Bench, median } from './pair.ts'
import { checkTarget, openAccount } from './reads.ts'
import { startServer, withServers } from './server.ts'
import { ingestTarget } from './writes.ts'

const slices = 5

/** What a check has to wait when the same server takes in as many events as it can: both from 50 connections. */
export const checkUnderLoadBench: Bench = {
  title: 'p99 of POST /v1/check while POST /v1/events is saturated, against its p99 alone',
  run: ({ say }) =>
    withServers([startServer('softgate')], async (server) => {
      const check = checkTarget(server, await openAccount(server, 'business'))
      const rows: { ours: number; baseline: number }[] = []
      for (let slice = 0; slice <= slices; slice++) {
        const quiet = await load(check, { seconds: 2 })
        const [loaded, events] = await Promise.all([
          load(check, { seconds: 2 }),
          load(ingestTarget(server, slice), { seconds: 2 }),
        ])
        if (slice === 0) continue
        rows.push({ ours: loaded.p99, baseline: quiet.p99 })
        const rate = Math.round(events.requests / events.seconds)
        say(`${slice} of ${slices}: alone ${quiet.p99} ms, beside ${rate} events/s ${loaded.p99} ms`)
      }
      return {
        ratio: median(rows.map((row) => row.ours / row.baseline)),
        goal: 5,
        ours: median(rows.map((row) => row.ours)),
        baseline: median(rows.map((row) => row.baseline)),
        unit: 'ms, a ratio of at most',
      }
    }),
}
