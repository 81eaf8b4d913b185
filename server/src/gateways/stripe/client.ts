import Stripe from 'stripe'

export interface StripeOptions {
  secretKey: string
  /** Where the API is; Stripe's own when left out. The local Stripe runs at `http://127.0.0.1:…`. */
  apiUrl?: string
  /** Signing secret of the webhook endpoint. */
  webhookSecret: string
  publishableKey?: string
  /** Milliseconds until a call counts as lost. */
  timeoutMs?: number
  maxNetworkRetries?: number
}

/** The official client, pointed where the options say. */
export function createStripeClient({
  secretKey,
  apiUrl,
  timeoutMs = 20_000,
  maxNetworkRetries = 2,
}: StripeOptions): Stripe {
  const url = apiUrl === undefined ? null : new URL(apiUrl)
  return new Stripe(secretKey, {
    ...(url && {
      host: url.hostname,
      port: Number(url.port || (url.protocol === 'http:' ? 80 : 443)),
      protocol: url.protocol === 'http:' ? 'http' : 'https',
    }),
    telemetry: false,
    maxNetworkRetries,
    timeout: timeoutMs,
    appInfo: { name: 'softgate' },
  })
}
