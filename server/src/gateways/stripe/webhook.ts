import type Stripe from 'stripe'
import { ProblemError } from '../../kernel/problem.ts'
import { calling } from './errors.ts'

const toleranceSeconds = 300

export interface WebhookInput {
  raw: string
  signature: string
  secret: string | undefined
  /** Epoch ms. */
  now: number
}

/**
 * Checks a webhook's signature over its raw bytes, and its age in both directions: the official check lets signatures from
 * the future pass, with which a stolen one could be kept for later.
 */
export async function readWebhook(stripe: Stripe, { raw, signature, secret, now }: WebhookInput) {
  const refuse = (detail: string, cause?: unknown) => new ProblemError('signature_invalid', detail, { cause })
  if (!secret)
    throw refuse("No signing secret is set: give the endpoint's own as STRIPE_WEBHOOK_SECRET (stripe.webhookSecret).")
  const stamp = Number(/(?:^|,)t=(\d+)/.exec(signature)?.[1])
  if (Math.abs(stamp * 1_000 - now) > toleranceSeconds * 1_000)
    throw refuse(`The signature's time is more than ${toleranceSeconds} seconds from the server's clock.`)
  let event: Stripe.Event
  try {
    event = await stripe.webhooks.constructEventAsync(raw, signature, secret, toleranceSeconds, undefined, now)
  } catch (cause) {
    throw refuse(
      'The Stripe-Signature header does not match the body. Check the signing secret of the endpoint.',
      cause,
    )
  }
  const object = event.data.object as {
    id?: string
    object?: string
    customer?: string | { id: string } | null
    payment_intent?: string | null
  }
  const customer =
    object.object === 'customer'
      ? object.id
      : typeof object.customer === 'object'
        ? object.customer?.id
        : object.customer
  // A dispute names the payment only.
  const { payment_intent: intent } = object
  const payer = !customer && typeof intent === 'string' ? await payerOf(stripe, intent) : null
  return { id: event.id, type: event.type, customer: customer ?? payer }
}

const payerOf = (stripe: Stripe, intent: string): Promise<string | null> =>
  calling('reading the payment', async () => {
    const { customer } = await stripe.paymentIntents.retrieve(intent)
    return typeof customer === 'object' ? (customer?.id ?? null) : customer
  })
