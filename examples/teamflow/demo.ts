import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSoftgate, createStripeClient, listen, pushCatalog } from '@softgate/server'
import { createStripeSandbox } from '@softgate/server/sandbox'
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

interface Keys {
  secretKey: string
  stripeKey: string
  webhook: { id: string; secret: string } | null
}

/** Starts TeamFlow with Softgate in it and the local Stripe, on one folder of data, with the demo's accounts in them. */
export async function startDemo({ port, data, databaseUrl, reset = false }: DemoOptions): Promise<Demo> {
  // TeamFlow bundles the widget itself; pages without a bundler take it from the backend.
  await buildWidget().catch((error) => process.stderr.write(`softgate: /widget.js is not built: ${error.message}\n`))
  if (reset) rmSync(data, { recursive: true, force: true })
  mkdirSync(data, { recursive: true })
  const keysFile = join(data, 'keys.json')
  const keys: Keys = existsSync(keysFile) ? JSON.parse(readFileSync(keysFile, 'utf8')) : newKeys()

  // The accounts did not begin today: what is made for them at Stripe on the first start is made at an earlier time.
  let behindMs = 0
  const sandbox = createStripeSandbox({
    file: join(data, 'stripe.db'),
    secretKey: keys.stripeKey,
    now: () => Date.now() - behindMs,
  })
  const local = await sandbox.listen(port === 0 ? 0 : port + 1)
  const stripe = createStripeClient({ secretKey: keys.stripeKey, apiUrl: local.url, webhookSecret: '' })
  keys.webhook ??= await createEndpoint(stripe)
  writeFileSync(keysFile, JSON.stringify(keys), { mode: 0o600 })
  // Webhooks are signed with the time at which they leave, and there is nobody to take them yet.
  sandbox.control.webhooks.pause()
  if (!(await isSeeded(stripe))) behindMs = beganDaysAgo * 86_400_000
  const customers = await seedStripe(stripe, await pushCatalog(stripe, config))
  behindMs = 0

  const catalog = { ...config }
  const softgate = await createSoftgate({
    config: catalog,
    database: databaseUrl ?? join(data, 'softgate.db'),
    secretKeys: [keys.secretKey],
    stripe: {
      secretKey: keys.stripeKey,
      apiUrl: local.url,
      webhookSecret: keys.webhook.secret,
      publishableKey,
    },
  })
  const answer: Demo['answer'] = (request, env) => softgate.app.fetch(request, env ?? {})
  const store = openStore(data)
  const teamflow = await createTeamflow({
    store,
    backend: answer,
    secretKey: keys.secretKey,
    spool: join(data, 'spool'),
    stripeJs: `${local.url}/_sandbox/stripe.js`,
  })
  const app = await listen(teamflow.app, { port })
  const backend = `${app.url}/softgate`
  // Known only now where the port was free to choose; nobody has come back from Checkout before.
  catalog.checkoutReturn = `${app.url}/settings/members`
  await stripe.webhookEndpoints.update(keys.webhook.id, { url: `${backend}/v1/webhooks/stripe` })
  await seedAccounts({ customers, url: backend, secretKey: keys.secretKey, now: Date.now() })
  seedTeamflow(store, teamflowAccounts)
  void sandbox.control.webhooks.resume()

  return {
    app: app.url,
    backend,
    console: null,
    stripe: local.url,
    secretKey: keys.secretKey,
    stripeKey: keys.stripeKey,
    publishableKey,
    stripeJs: `${local.url}/_sandbox/stripe.js`,
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

/** Names no secret: the browser's calls carry a payment's own secret beside it. */
const publishableKey = 'pk_test_local'

const newKeys = (): Keys => ({
  secretKey: `sg_test_${randomBytes(20).toString('hex')}`,
  stripeKey: `sk_test_${randomBytes(20).toString('hex')}`,
  webhook: null,
})

async function createEndpoint(stripe: ReturnType<typeof createStripeClient>): Promise<{ id: string; secret: string }> {
  const { id, secret } = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/not-yet',
    enabled_events: ['*'],
  })
  return { id, secret: secret ?? '' }
}
