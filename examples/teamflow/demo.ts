import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Catalog, createSoftgate, listen, pushCatalog, systemClock } from '@softgate/server'
import { openLocal } from '@softgate/server/local'
import { buildWidget } from '../build-widget.ts'
import { seedTeamflow } from './app/seed.ts'
import { createTeamflow } from './app/server.ts'
import { openStore } from './app/store/index.ts'
import { beganDaysAgo, isSeeded, seedAccounts, seedStripe, teamflowAccounts } from './seed.ts'
import config from './softgate.config.ts'

export interface DemoOptions {
  /** 0 picks free ports. The local Stripe takes the next one. */
  port: number
  /** Folder of the data. */
  data: string
  /** `postgres://…` instead of a SQLite file in the data folder. */
  databaseUrl?: string | undefined
  reset?: boolean
  /** Where a first subscription is paid, when not on Stripe's own page. */
  checkout?: Catalog['checkout']
}

export interface Demo {
  /** TeamFlow, for people. */
  app: string
  /** Softgate's wire, which TeamFlow's server carries under its own address. */
  backend: string
  console: null
  stripe: string
  secretKey: string
  stripeKey: string
  publishableKey: string
  /** The stand-in for Stripe.js that belongs to the local Stripe. */
  stripeJs: string
  /** The backend in this process, to be mounted in another app. */
  answer: (request: Request, env?: unknown) => Response | Promise<Response>
  close(): Promise<void>
}

/** Starts TeamFlow with Softgate in it and the local Stripe, on one folder of data, with the demo's accounts in them. */
export async function startDemo({
  port,
  data,
  databaseUrl,
  reset = false,
  checkout = 'hosted',
}: DemoOptions): Promise<Demo> {
  // TeamFlow bundles the widget itself; pages without a bundler take it from the backend.
  await buildWidget().catch((error) => process.stderr.write(`softgate: /widget.js is not built: ${error.message}\n`))
  if (reset) rmSync(data, { recursive: true, force: true })
  // The accounts did not begin today: what is made for them at Stripe on the first start is made at an earlier time.
  let behindMs = 0
  const local = await openLocal({ data, port: port === 0 ? 0 : port + 1, now: () => Date.now() - behindMs })
  const { sandbox, client, secretKey, stripe } = local
  // Webhooks are signed with the time at which they leave, and there is nobody to take them yet.
  sandbox.control.webhooks.pause()
  if (!(await isSeeded(client))) behindMs = beganDaysAgo * 86_400_000
  const customers = await seedStripe(client, await pushCatalog(client, config))
  behindMs = 0

  const catalog = { ...config, checkout }
  const softgate = await createSoftgate({
    config: catalog,
    database: databaseUrl ?? join(data, 'softgate.db'),
    secretKeys: [secretKey],
    stripe,
    clock: local.clock,
    wall: systemClock,
  })
  const answer: Demo['answer'] = (request, env) => softgate.app.fetch(request, env ?? {})
  const store = openStore(data)
  const teamflow = await createTeamflow({
    store,
    backend: answer,
    secretKey,
    spool: join(data, 'spool'),
    stripeJs: `${stripe.apiUrl}/_sandbox/stripe.js`,
    now: local.clock.now,
  })
  const app = await listen(teamflow.app, { port })
  const backend = `${app.url}/softgate`
  // Known only now where the port was free to choose; nobody has come back from Checkout before.
  catalog.checkoutReturn = `${app.url}/settings/members`
  await local.sendWebhooksTo(`${backend}/v1/webhooks/stripe`)
  await seedAccounts({ customers, url: backend, secretKey, now: Date.now() })
  seedTeamflow(store, teamflowAccounts)
  // What is billed of the use that was made up reaches Stripe now: its clock may leap at any time.
  await softgate.services.sweep()
  void sandbox.control.webhooks.resume()

  return {
    app: app.url,
    backend,
    console: null,
    stripe: stripe.apiUrl,
    secretKey,
    stripeKey: stripe.secretKey,
    publishableKey: stripe.publishableKey,
    stripeJs: `${stripe.apiUrl}/_sandbox/stripe.js`,
    answer,
    async close() {
      // An event that comes while Softgate closes would find no database any more; it is sent again at the next start.
      sandbox.control.webhooks.pause()
      await app.close()
      await teamflow.close()
      await softgate.close()
      await sandbox.close()
    },
  }
}
