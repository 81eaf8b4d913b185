import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type Stripe from 'stripe'
import { createStripeSandbox, type StripeSandbox } from '../sandbox/index.ts'
import { createStripeClient } from '../src/gateways/stripe/client.ts'

/** Keys of a folder of data, made once. They open nothing but what runs on this machine. */
interface Keys {
  secretKey: string
  stripeKey: string
  webhook: { id: string; secret: string } | null
}

/** A local Stripe on a folder of data, with an endpoint for the webhooks of a backend. */
export interface Local {
  secretKey: string
  stripeKey: string
  webhookSecret: string
  sandbox: StripeSandbox
  stripe: Stripe
  url: string
  /** Tells the local Stripe where the backend takes its webhooks. */
  sendWebhooksTo(url: string): Promise<void>
}

export async function openLocal(data: string, port: number): Promise<Local> {
  mkdirSync(data, { recursive: true })
  const file = join(data, 'keys.json')
  const keys: Keys = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : newKeys()
  const sandbox = createStripeSandbox({ file: join(data, 'stripe.db'), secretKey: keys.stripeKey })
  const { url } = await sandbox.listen(port)
  const stripe = createStripeClient({ secretKey: keys.stripeKey, apiUrl: url, webhookSecret: '' })
  const webhook = keys.webhook ?? (await newEndpoint(stripe))
  writeFileSync(file, JSON.stringify({ ...keys, webhook }), { mode: 0o600 })
  return {
    secretKey: keys.secretKey,
    stripeKey: keys.stripeKey,
    webhookSecret: webhook.secret,
    sandbox,
    stripe,
    url,
    sendWebhooksTo: async (address) => {
      await stripe.webhookEndpoints.update(webhook.id, { url: address })
    },
  }
}

export const newSecretKey = (): string => `sg_test_${randomBytes(20).toString('hex')}`

const newKeys = (): Keys => ({
  secretKey: process.env.SOFTGATE_SECRET_KEY || newSecretKey(),
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
