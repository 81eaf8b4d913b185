import { watch } from 'node:fs'
import { join } from 'node:path'
import type { VendorRequest } from '@softgate/sdk/contract'
import { defineCommand } from 'citty'
import type { Catalog } from '../../src/catalog/model.ts'
import { pushCatalog } from '../../src/gateways/stripe/push.ts'
import { postRequests } from '../../src/gateways/webhook/post-requests.ts'
import { type Listening, listen } from '../../src/http/listen.ts'
import { systemClock } from '../../src/kernel/clock.ts'
import { createSoftgate, type Softgate } from '../../src/softgate.ts'
import { closeOnSignal } from '../closing.ts'
import { type Local, openLocal } from '../local.ts'
import { portOf, run } from '../refuse.ts'
import { configArg, loadConfig, readSettings } from '../settings.ts'

/** Everything on this machine: the backend on the configuration, and a local Stripe to buy from with test cards. */
export const dev = defineCommand({
  meta: {
    name: 'dev',
    description: 'Run the backend with a local Stripe, and again whenever the configuration changes',
  },
  args: {
    ...configArg,
    port: {
      type: 'string',
      default: process.env.PORT ?? '4242',
      description: 'The port; the local Stripe takes the next',
    },
    data: { type: 'string', default: '.softgate', description: 'The folder for the data', valueHint: 'FOLDER' },
  },
  run: ({ args }) =>
    run(async () => {
      const port = portOf(args.port, 65_534)
      // A faulty configuration is said before anything runs.
      const first = await loadConfig(args.config)
      readSettings()
      const local = await openLocal({ data: args.data, port: port === 0 ? 0 : port + 1 })
      let backend = await startBackend(first, local, { data: args.data, port })
      const lines = [
        `backend  ${backend.url}   (its wire: ${backend.url}/openapi.json)`,
        first.billing === 'off'
          ? 'billing  off, as the configuration says: nothing is sold here'
          : `stripe   ${local.stripe.apiUrl}/_sandbox/   (the local Stripe: its key is ${local.stripe.secretKey})`,
        `secret   ${local.secretKey}`,
        'ready',
      ]
      process.stdout.write(`${lines.join('\n')}\n`)

      const again = async (): Promise<void> => {
        let changed: Catalog
        try {
          changed = await loadConfig(args.config)
        } catch (error) {
          process.stderr.write(`softgate: ${(error as Error).message}\nThe last good configuration goes on.\n`)
          return
        }
        await backend.close()
        backend = await startBackend(changed, local, { data: args.data, port: backend.port })
        process.stdout.write(`${args.config} has changed: ready again\n`)
      }
      let turn = Promise.resolve()
      const watcher = onChange(args.config, () => {
        turn = turn.then(again)
      })
      closeOnSignal(async () => {
        watcher.close()
        await turn
        await backend.close()
        await local.sandbox.close()
      })
    }),
})

async function startBackend(
  config: Catalog,
  local: Local,
  { data, port }: { data: string; port: number },
): Promise<Listening> {
  // A first purchase needs a page to come back to: until the app has one, the local Stripe does.
  const catalog = { ...config, checkoutReturn: config.checkoutReturn ?? `${local.stripe.apiUrl}/_sandbox/returned` }
  if (catalog.billing === 'stripe') await pushCatalog(local.client, catalog)
  const { requests } = readSettings()
  const softgate: Softgate = await createSoftgate({
    config: catalog,
    database: process.env.DATABASE_URL || join(data, 'softgate.db'),
    secretKeys: [local.secretKey],
    stripe: local.stripe,
    onRequest: requests ? postRequests({ ...requests, clock: systemClock }) : writeRequest,
    clock: local.clock,
    wall: systemClock,
  })
  const server = await listen(softgate.app, { port })
  await local.sendWebhooksTo(`${server.url}/v1/webhooks/stripe`)
  return {
    ...server,
    async close() {
      await server.close()
      await softgate.close()
    },
  }
}

/** What the vendor's team would hear of, on a machine where nobody listens. */
function writeRequest({ account, accountName, user, name, feature, quantity, status }: VendorRequest): void {
  const what = quantity === 1 ? feature : `${quantity} of ${feature}`
  process.stdout.write(`request  ${name ?? user} at ${accountName ?? account} asks you for ${what} (${status})\n`)
}

/** Calls back once the file has come to rest: editors write it in several steps. */
function onChange(file: string, changed: () => void): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  const watcher = watch(file, () => {
    clearTimeout(timer)
    timer = setTimeout(changed, 100)
  })
  return {
    close() {
      clearTimeout(timer)
      watcher.close()
    },
  }
}
