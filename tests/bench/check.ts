import { mintToken } from '@softgate/sdk/host'
import { createApi } from '../support/api.ts'
import { type Bench, pair } from './pair.ts'
import { startServer } from './server.ts'

/** A check with a user token, answered from a real snapshot, against the cheapest thing Hono can do. */
export const checkBench: Bench = {
  title: 'POST /v1/check, token verified, real snapshot, against a bare Hono GET',
  async run(say) {
    const [ours, baseline] = [await startServer('softgate'), await startServer('bare')]
    try {
      const host = createApi(fetch, `${ours.url}/v1`, ours.secretKey)
      await host.ok('PUT', '/accounts/acme', { name: 'Acme', plan: 'starter' })
      const { token } = mintToken({ secretKey: ours.secretKey, account: 'acme', user: 'priya', now: Date.now() })
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      return await pair(
        {
          server: ours,
          target: () => ({ url: `${ours.url}/v1/check`, method: 'POST', headers, body: '{"feature":"automations"}' }),
        },
        { server: baseline, target: () => ({ url: `${baseline.url}/`, method: 'GET', headers: {} }) },
        0.85,
        say,
      )
    } finally {
      await Promise.all([ours.stop(), baseline.stop()])
    }
  },
}
