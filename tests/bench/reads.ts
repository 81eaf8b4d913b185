import { mintToken } from '@softgate/sdk/host'
import { createApi } from '../support/api.ts'
import type { Target } from './load.ts'
import { type Bench, overHttp, pair } from './pair.ts'
import { type Server, startServer, withServers } from './server.ts'

const json = { 'content-type': 'application/json' }

/** Makes the account that is asked about; gives the headers of one of its users. */
export async function openAccount({ url, secretKey }: Server, plan: string): Promise<Target['headers']> {
  const host = createApi(fetch, `${url}/v1`, secretKey)
  await host.ok('PUT', '/accounts/acme', { name: 'Acme', plan })
  const { token } = mintToken({ secretKey, account: 'acme', user: 'priya', now: Date.now() })
  return { authorization: `Bearer ${token}` }
}

export const checkTarget = ({ url }: Server, headers: Target['headers']): Target => ({
  url: `${url}/v1/check`,
  method: 'POST',
  headers: { ...headers, ...json },
  body: '{"feature":"automations"}',
})

const againstGet = (
  title: string,
  goal: number,
  target: (server: Server, headers: Target['headers']) => Target,
): Bench => ({
  title: `${title}, against a bare Hono GET`,
  run: ({ say }) =>
    withServers([startServer('softgate'), startServer('bare')], async (ours, bare) => {
      const headers = await openAccount(ours, 'starter')
      const get: Target = { url: `${bare.url}/`, method: 'GET', headers: {} }
      return pair([overHttp(ours, () => target(ours, headers)), overHttp(bare, () => get)], { goal, say })
    }),
})

/** A check with a user token, answered from a real snapshot, against the cheapest thing Hono can do. */
export const checkBench = againstGet('POST /v1/check, token verified, real snapshot', 0.85, checkTarget)

/** A user's whole state. */
export const stateBench = againstGet('GET /v1/state, 40 features', 0.75, ({ url }, headers) => ({
  url: `${url}/v1/state`,
  method: 'GET',
  headers,
}))
