import { createApi } from '../support/api.ts'
import { type Bench, pair } from './pair.ts'
import { startServer } from './server.ts'

/** One event a request, acknowledged after its commit is on the disk, against an echo that stores nothing. */
export const ingestBench: Bench = {
  title: 'POST /v1/events, one event a request, durable, against a bare Hono POST echo',
  async run(say) {
    const [ours, baseline] = [await startServer('softgate'), await startServer('bare')]
    try {
      const host = createApi(fetch, `${ours.url}/v1`, ours.secretKey)
      await host.ok('PUT', '/accounts/acme', { name: 'Acme', plan: 'enterprise' })
      const time = new Date().toISOString()
      const headers = { authorization: `Bearer ${ours.secretKey}`, 'content-type': 'application/json' }
      // Ids ascend, as the ones that clients make by the time do.
      const body = (slice: number) =>
        JSON.stringify({
          events: [
            { id: `01930000-${slice}-%n`, account: 'acme', name: 'run', feature: 'automations', value: 1, time },
          ],
        })
      return await pair(
        {
          server: ours,
          target: (slice) => ({ url: `${ours.url}/v1/events`, method: 'POST', headers, body: body(slice) }),
        },
        {
          server: baseline,
          target: (slice) => ({ url: `${baseline.url}/`, method: 'POST', headers, body: body(slice) }),
        },
        0.65,
        say,
      )
    } finally {
      await Promise.all([ours.stop(), baseline.stop()])
    }
  },
}
