import { createSoftgate, listen } from '@softgate/server'
import teamflow from '../../examples/teamflow/softgate.config.ts'
import type { ProcessOptions } from './server.ts'

/** What `startProcess` runs: one server on the given database and Stripe. */
const options = JSON.parse(process.argv[2] ?? '{}') as ProcessOptions
const { database, stripeUrl, now, secretKey, config = teamflow, sweepMs } = options
const startedAt = performance.now()

const softgate = await createSoftgate({
  config,
  database,
  secretKeys: [secretKey],
  ...(sweepMs !== undefined && { sweepMs }),
  ...(stripeUrl && {
    stripe: { secretKey: 'sk_test_local', apiUrl: stripeUrl, webhookSecret: 'whsec_unused', maxNetworkRetries: 0 },
  }),
  clock: {
    now: () => Math.floor(now + performance.now() - startedAt),
    after(ms, fn) {
      const timer = setTimeout(fn, ms)
      return () => clearTimeout(timer)
    },
  },
})
const { url } = await listen(softgate.app, { port: 0 })
process.stdout.write(`${url}\n`)
