import Stripe from 'stripe'

export interface StripeOptions {
  /** `sk_test_…`, `sk_live_…` or a restricted key, from the environment; where it is not set, the start fails. */
  secretKey: string | undefined
  /** Where the API is; Stripe's own when left out. The local Stripe runs at `http://127.0.0.1:…`. */
  apiUrl?: string
  /** Signing secret of the webhook endpoint, `whsec_…`. Without it webhooks are refused, and changes are found by looking. */
  webhookSecret: string | undefined
  publishableKey?: string
  /** Milliseconds until a call counts as lost. */
  timeoutMs?: number
  maxNetworkRetries?: number
}

/**
 * The official client, pointed where the options say.
 *
 * @throws Error when there is no secret key
 */
export function createStripeClient({
  secretKey,
  apiUrl,
  timeoutMs = 20_000,
  maxNetworkRetries = 2,
}: StripeOptions): Stripe {
  if (!secretKey)
    throw new Error(
      'stripe.secretKey is not set. Put STRIPE_SECRET_KEY into the environment, or leave out "stripe" to sell nothing.',
    )
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
