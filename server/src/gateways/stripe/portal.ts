import type Stripe from 'stripe'
import type { BillingGateway } from '../../billing/port.ts'
import { inOrder } from '../../billing/push-beside.ts'
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

/** What nobody can switch in it: nothing can be changed that a quote is for. */
const switches = {
  invoice_history: { enabled: true },
  payment_method_update: { enabled: true },
  subscription_cancel: { enabled: false },
  subscription_update: { enabled: false },
} as const

/** A new configuration as Stripe takes it. */
export const portalParams = ({ customerUpdate, headline, privacyPolicy, terms }: PortalSettings) => ({
  business_profile: {
    ...(headline !== null && { headline }),
    ...(privacyPolicy !== null && { privacy_policy_url: privacyPolicy }),
    ...(terms !== null && { terms_of_service_url: terms }),
  },
  features: {
    ...switches,
    customer_update: { enabled: customerUpdate.length > 0, allowed_updates: [...customerUpdate] },
  },
})

/** The same for one that there is: what is no more has to be taken away by an empty value, which a new one could not have. */
export function portalChanges(settings: PortalSettings) {
  const { business_profile: profile, features } = portalParams(settings)
  const { enabled, allowed_updates } = features.customer_update
  return {
    business_profile: {
      headline: '' as const,
      privacy_policy_url: '' as const,
      terms_of_service_url: '' as const,
      ...profile,
    },
    features: { ...features, customer_update: { enabled, allowed_updates: enabled ? allowed_updates : ('' as const) } },
  }
}

/** What a configuration says, in our words; `intact` unless somebody has switched on what a quote is for, or off what is not. */
export const toPortal = ({ id, business_profile: profile, features }: Stripe.BillingPortal.Configuration) => ({
  id,
  intact: names.every((name) => features[name].enabled === switches[name].enabled),
  settings: inOrder({
    customerUpdate: features.customer_update.enabled ? features.customer_update.allowed_updates : [],
    headline: profile.headline,
    privacyPolicy: profile.privacy_policy_url,
    terms: profile.terms_of_service_url,
  }),
})

const names = ['invoice_history', 'payment_method_update', 'subscription_cancel', 'subscription_update'] as const

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
