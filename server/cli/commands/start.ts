import { setFlagsFromString } from 'node:v8'
import { defineCommand } from 'citty'
import type { Catalog } from '../../src/catalog/model.ts'
import { postRequests } from '../../src/gateways/webhook/post-requests.ts'
import { listen } from '../../src/http/listen.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { createSoftgate } from '../../src/softgate.ts'
import { closeOnSignal } from '../closing.ts'
import { portOf, run } from '../refuse.ts'
import { configArg, loadConfig, readSettings, requireSecretKeys, type Settings } from '../settings.ts'
import { v8Flag } from '../v8-flag.ts'

/** The backend by itself, for production. Without a Stripe key nothing can be bought; it never falls back to another. */
export const start = defineCommand({
  meta: { name: 'start', description: 'Run the backend' },
  args: {
    ...configArg,
    port: { type: 'string', default: process.env.PORT ?? '4242', description: 'The port to listen on' },
    host: { type: 'string', default: process.env.HOST ?? '127.0.0.1', description: 'The address to listen on' },
  },
  run: ({ args }) =>
    run(async () => {
      setFlagsFromString(v8Flag)
      const port = portOf(args.port)
      const settings = readSettings()
      const secretKeys = requireSecretKeys(settings)
      const config = await loadConfig(args.config)
      const softgate = await createSoftgate({
        config,
        database: settings.database,
        secretKeys,
        ...(settings.stripe && { stripe: settings.stripe }),
        ...(settings.requests && { onRequest: postRequests({ ...settings.requests, clock: systemClock }) }),
      })
      const server = await listen(softgate.app, { port, hostname: args.host })
      closeOnSignal(async () => {
        await server.close()
        await softgate.close()
      })
      process.stdout.write(`backend  ${server.url}\nbilling  ${billingOf(config, settings)}\nready\n`)
    }),
})

function billingOf({ billing }: Catalog, { stripe }: Settings): string {
  if (billing === 'off') return 'off, as the configuration says: nothing is sold here'
  if (!stripe) return 'off: STRIPE_SECRET_KEY is not set, purchases are refused'
  if (!stripe.webhookSecret) return 'Stripe; STRIPE_WEBHOOK_SECRET is not set, webhooks are refused'
  return 'Stripe'
}
