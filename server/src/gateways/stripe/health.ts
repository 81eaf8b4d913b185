import type Stripe from 'stripe'
import type { BillingGateway } from '../../billing/port.ts'
import type { StripeOptions } from './client.ts'
import { calling, reading } from './errors.ts'

type HealthCalls = Pick<BillingGateway, 'customer' | 'standingAfter' | 'webhooks' | 'mendWebhook'>

/** Where every Softgate takes webhooks, wherever it is mounted. */
const path = '/v1/webhooks/stripe'

/** What an account's standing with Stripe can change by. Each is a hint only: its version and its order are of no matter. */
const events: Stripe.WebhookEndpointUpdateParams.EnabledEvent[] = [
  'charge.dispute.closed',
  'charge.dispute.created',
  'charge.refunded',
  'checkout.session.async_payment_failed',
  'checkout.session.async_payment_succeeded',
  'checkout.session.completed',
  'checkout.session.expired',
  'customer.deleted',
  'customer.subscription.created',
  'customer.subscription.deleted',
  'customer.subscription.paused',
  'customer.subscription.pending_update_applied',
  'customer.subscription.pending_update_expired',
  'customer.subscription.resumed',
  'customer.subscription.updated',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.voided',
  'subscription_schedule.canceled',
  'subscription_schedule.completed',
  'subscription_schedule.released',
  'subscription_schedule.updated',
]

/** The calls by which a doctor looks at what no single account has. */
export const healthOf = (stripe: Stripe, { webhookSecret }: StripeOptions): HealthCalls => ({
  customer: async (id) => {
    const found = await reading('reading the customer', () => stripe.customers.retrieve(id))
    return found === null ? 'unknown' : found.deleted ? 'deleted' : 'there'
  },
  standingAfter: (after) =>
    calling('reading the subscriptions', async () => {
      const { data, has_more: more } = await stripe.subscriptions.list({
        limit: 100,
        ...(after !== null && { starting_after: after }),
      })
      const ours = data.filter(({ items }) => items.data.some(({ price }) => price.metadata.softgate_key !== undefined))
      return {
        subscriptions: ours.map(({ id, customer, metadata }) => ({
          id,
          customer: typeof customer === 'string' ? customer : customer.id,
          account: metadata.softgate_account ?? null,
        })),
        last: more ? (data.at(-1)?.id ?? null) : null,
      }
    }),
  webhooks: () =>
    calling('reading the webhook endpoints', async () => {
      const endpoints: Awaited<ReturnType<HealthCalls['webhooks']>>['endpoints'] = []
      for await (const { id, url, status, enabled_events: told } of stripe.webhookEndpoints.list({ limit: 100 }))
        if (new URL(url).pathname.endsWith(path)) {
          const missing = told.includes('*') ? [] : events.filter((event) => !told.includes(event))
          endpoints.push({ id, url, enabled: status === 'enabled', missing })
        }
      return { secret: webhookSecret !== '', endpoints }
    }),
  mendWebhook: (id) =>
    calling('changing the webhook endpoint', async () => {
      await stripe.webhookEndpoints.update(id, { disabled: false, enabled_events: events })
    }),
})
