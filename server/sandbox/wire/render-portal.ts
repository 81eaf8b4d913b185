import type { PortalConfigurationRecord, PortalFlow, PortalSessionRecord } from '../state/portal-records.ts'
import type { World } from '../state/world.ts'
import { type JsonObject, toJson } from './json.ts'

/** A configuration of the portal. */
export function renderPortalConfiguration({ features, ...shown }: PortalConfigurationRecord): JsonObject {
  const options = ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other']
  return toJson({
    ...shown,
    application: null,
    features: {
      ...features,
      payment_method_update: { ...features.payment_method_update, payment_method_configuration: null },
      subscription_cancel: {
        ...features.subscription_cancel,
        cancellation_reason: { enabled: true, feedback_options: null, options },
      },
      subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
      subscription_update: {
        billing_cycle_anchor: null,
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: 'end_trial',
        ...features.subscription_update,
      },
    },
    livemode: false,
    login_page: { enabled: false, url: null },
  })
}

function renderFlow(flow: PortalFlow): JsonObject {
  const after = flow.return_url === null ? null : { return_url: flow.return_url }
  return toJson({
    after_completion: { hosted_confirmation: null, redirect: after, type: after ? 'redirect' : 'portal_homepage' },
    customer_update: null,
    subscription_cancel:
      flow.type === 'subscription_cancel' ? { retention: null, subscription: flow.subscription } : null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm:
      flow.type === 'subscription_update_confirm'
        ? {
            discounts: null,
            items: flow.items.map(({ quantity, ...item }) => ({ ...item, ...(quantity !== null && { quantity }) })),
            subscription: flow.subscription,
          }
        : null,
    type: flow.type,
  })
}

/** A visit to the portal, with its address. */
export const renderPortalSession = (world: World, record: PortalSessionRecord): JsonObject =>
  toJson({
    ...record,
    customer_account: null,
    flow: record.flow && renderFlow(record.flow),
    livemode: false,
    locale: null,
    on_behalf_of: null,
    url: `${world.baseUrl()}/_sandbox/portal/${record.id}`,
  })
