import type Stripe from 'stripe'
import type { BillingGateway } from '../../billing/port.ts'
import { type PortalSettings, portalDefaults } from '../../catalog/at-stripe.ts'
import { calling } from './errors.ts'

/** Told from the dashboard's own configurations by this mark; another number is another configuration. */
export const portalMark = 'portal_1'

/** Our configuration of the portal; null until there is one. */
export async function findPortal(stripe: Stripe): Promise<Stripe.BillingPortal.Configuration | null> {
  for await (const one of stripe.billingPortal.configurations.list({ active: true, limit: 100 }))
    if (one.metadata?.softgate_portal === portalMark) return one
  return null
}

/** In which nothing can be changed that a quote is for. */
export const portalParams = ({ customerUpdate, headline, privacyPolicy, terms }: PortalSettings) => ({
  business_profile: {
    headline: headline ?? ('' as const),
    ...(privacyPolicy !== null && { privacy_policy_url: privacyPolicy }),
    ...(terms !== null && { terms_of_service_url: terms }),
  },
  features: {
    customer_update: { enabled: customerUpdate.length > 0, allowed_updates: [...customerUpdate] },
    invoice_history: { enabled: true },
    payment_method_update: { enabled: true },
    subscription_cancel: { enabled: false },
    subscription_update: { enabled: false },
  },
})

/** Opens the customer portal with a configuration of ours, made on the way where nobody has pushed one. */
export const portalOf = (stripe: Stripe): Pick<BillingGateway, 'portal'> => {
  let known: Promise<string> | null = null
  const configuration = async (): Promise<string> => {
    const found = await findPortal(stripe)
    if (found) return found.id
    const made = await stripe.billingPortal.configurations.create(
      { ...portalParams(portalDefaults), metadata: { softgate_portal: portalMark } },
      { idempotencyKey: `softgate_${portalMark}` },
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
