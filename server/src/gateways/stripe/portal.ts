import type Stripe from 'stripe'
import type { BillingGateway } from '../../billing/port.ts'
import { calling } from './errors.ts'

/** Told from the dashboard's own configurations by this mark; another number is another configuration. */
const mark = 'portal_1'

/** Opens the customer portal with a configuration of ours, in which nothing can be changed that a quote is for. */
export const portalOf = (stripe: Stripe): Pick<BillingGateway, 'portal'> => {
  let known: Promise<string> | null = null
  const configuration = async (): Promise<string> => {
    const { data } = await stripe.billingPortal.configurations.list({ active: true, limit: 100 })
    const found = data.find(({ metadata }) => metadata?.softgate_portal === mark)
    if (found) return found.id
    const made = await stripe.billingPortal.configurations.create(
      {
        features: {
          customer_update: { enabled: true, allowed_updates: ['address', 'email', 'name', 'tax_id'] },
          invoice_history: { enabled: true },
          payment_method_update: { enabled: true },
          subscription_cancel: { enabled: false },
          subscription_update: { enabled: false },
        },
        metadata: { softgate_portal: mark },
      },
      { idempotencyKey: `softgate_${mark}` },
    )
    return made.id
  }
  return {
    portal: ({ customer, page, returnTo }) =>
      calling('opening the customer portal', async () => {
        known ??= configuration()
        const id = await known.catch((error) => {
          known = null
          throw error
        })
        const after = { type: 'redirect' as const, redirect: { return_url: returnTo } }
        const session = await stripe.billingPortal.sessions.create({
          customer,
          configuration: id,
          return_url: returnTo,
          ...(page === 'payment_method' && { flow_data: { type: 'payment_method_update', after_completion: after } }),
        })
        return session.url
      }),
  }
}
