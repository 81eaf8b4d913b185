import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Stripe from 'stripe'
import { createStripeSandbox, type StripeSandbox } from '../sandbox/index.ts'
import { createStripeClient, type StripeOptions } from '../src/gateways/stripe/client.ts'
import { type Clock, createMovableClock } from '../src/kernel/clock.ts'

/** Keys of a folder of data, made once. They open nothing but what runs on this machine. */
interface Keys {
  /** Of the backend, unless `SOFTGATE_SECRET_KEY` names the one that the app has. */
  secretKey: string
  stripeKey: string
  webhook: { id: string; secret: string } | null
}

/** A local Stripe on a folder of data, with an endpoint for the webhooks of a backend. */
export interface Local {
  secretKey: string
  /** What a backend needs to sell by it. */
  stripe: StripeOptions & { secretKey: string; apiUrl: string; publishableKey: string }
  sandbox: StripeSandbox
  client: Stripe
  /** Follows the local Stripe's, so that what is advanced there is as late for the backend. */
  clock: Clock
  /** Tells the local Stripe where the backend takes its webhooks. */
  sendWebhooksTo(url: string): Promise<void>
}

export interface LocalOptions {
  /** Folder of the data. */
  data: string
  /** 0 picks a free one. */
  port: number
  /** The time outside, in epoch ms; the machine's when left out. */
  now?: () => number
}

export async function openLocal({ data, port, now }: LocalOptions): Promise<Local> {
  mkdirSync(data, { recursive: true })
  const file = join(data, 'keys.json')
  const keys: Keys = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : newKeys()
  const sandbox = createStripeSandbox({
    file: join(data, 'stripe.db'),
    secretKey: keys.stripeKey,
    ...(now && { now }),
    onMoved: () => clock.moved(),
  })
  const clock = createMovableClock(sandbox.clock.now)
  const { url } = await sandbox.listen(port)
  const client = createStripeClient({ secretKey: keys.stripeKey, apiUrl: url, webhookSecret: undefined })
  const webhook = keys.webhook ?? (await newEndpoint(client))
  writeFileSync(file, JSON.stringify({ ...keys, webhook }), { mode: 0o600 })
  return {
    secretKey: process.env.SOFTGATE_SECRET_KEY?.split(',')[0] || keys.secretKey,
    stripe: {
      secretKey: keys.stripeKey,
      apiUrl: url,
      webhookSecret: webhook.secret,
      // Names no secret: the browser's calls carry a payment's own secret beside it.
      publishableKey: 'pk_test_local',
    },
    sandbox,
    client,
    clock,
    sendWebhooksTo: async (address) => {
      await client.webhookEndpoints.update(webhook.id, { url: address })
    },
  }
}

export const newSecretKey = (): string => `sg_test_${randomBytes(20).toString('hex')}`

const newKeys = (): Keys => ({
  secretKey: newSecretKey(),
  stripeKey: `sk_test_${randomBytes(20).toString('hex')}`,
  webhook: null,
})

async function newEndpoint(stripe: Stripe): Promise<{ id: string; secret: string }> {
  const { id, secret } = await stripe.webhookEndpoints.create({
    url: 'http://127.0.0.1:9/not-yet',
    enabled_events: ['*'],
  })
  return { id, secret: secret ?? '' }
}
