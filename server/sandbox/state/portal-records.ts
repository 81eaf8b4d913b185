import type { JsonObject } from '../wire/json.ts'
import type { Metadata, Named } from './own-records.ts'

/** What customers may do in the portal: https://docs.stripe.com/api/customer_portal/configurations */
export interface PortalConfigurationRecord extends Named {
  readonly object: 'billing_portal.configuration'
  readonly active: boolean
  readonly business_profile: {
    readonly headline: string | null
    readonly privacy_policy_url: string | null
    readonly terms_of_service_url: string | null
  }
  readonly created: number
  readonly default_return_url: string | null
  readonly features: PortalFeatures
  readonly is_default: boolean
  readonly metadata: Metadata
  readonly name: string | null
  readonly updated: number
}

export interface PortalFeatures {
  readonly customer_update: { readonly allowed_updates: readonly string[]; readonly enabled: boolean }
  readonly invoice_history: { readonly enabled: boolean }
  readonly payment_method_update: { readonly enabled: boolean }
  readonly subscription_cancel: {
    readonly enabled: boolean
    readonly mode: 'at_period_end' | 'immediately'
    readonly proration_behavior: 'always_invoice' | 'create_prorations' | 'none'
  }
  readonly subscription_update: JsonObject & { readonly enabled: boolean }
}

/** One thing that the portal was opened for. */
export type PortalFlow =
  | { readonly type: 'payment_method_update'; readonly return_url: string | null }
  | { readonly type: 'subscription_cancel'; readonly subscription: string; readonly return_url: string | null }
  | {
      readonly type: 'subscription_update_confirm'
      readonly subscription: string
      readonly items: readonly {
        readonly id: string
        readonly price: string | null
        readonly quantity: number | null
      }[]
      readonly return_url: string | null
    }

/** A customer's visit to the portal: https://docs.stripe.com/api/customer_portal/sessions */
export interface PortalSessionRecord extends Named {
  readonly object: 'billing_portal.session'
  readonly configuration: string
  readonly created: number
  readonly customer: string
  readonly flow: PortalFlow | null
  readonly return_url: string | null
}
