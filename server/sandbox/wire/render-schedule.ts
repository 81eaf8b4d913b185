import type { PhaseRecord, ScheduleRecord } from '../state/schedule-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { complete } from './complete.ts'
import type { JsonObject } from './json.ts'
import { renderBillingMode, renderTaxRates } from './render-subscription.ts'

const INVOICE_SETTINGS: JsonObject = {
  account_tax_ids: null,
  custom_fields: null,
  days_until_due: null,
  description: null,
  footer: null,
  issuer: { type: 'self' },
}

const renderPhase = (world: World, phase: PhaseRecord): JsonObject =>
  complete('phase', {
    ...phase,
    automatic_tax: {
      disabled_reason: null,
      enabled: phase.automatic_tax,
      liability: phase.automatic_tax ? { type: 'self' } : null,
    },
    default_tax_rates: renderTaxRates(world, phase.default_tax_rates),
    items: phase.items.map(({ quantity, ...item }) => {
      const metered = world.store.get('price', item.price)?.recurring?.usage_type === 'metered'
      return complete('phase_item', { ...item, plan: item.price, ...(!metered && { quantity }) })
    }),
  })

/** A schedule with its phases. */
export function renderSchedule(world: World, record: ScheduleRecord): JsonObject {
  const id = record.subscription ?? record.released_subscription
  const subscription: SubscriptionRecord | undefined = id ? world.store.get('subscription', id) : undefined
  return complete('subscription_schedule', {
    ...record,
    billing_mode: subscription ? renderBillingMode(subscription) : null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: 'automatic',
      billing_thresholds: null,
      collection_method: 'charge_automatically',
      default_payment_method: subscription?.default_payment_method ?? null,
      description: subscription?.description ?? null,
      invoice_settings: INVOICE_SETTINGS,
      on_behalf_of: null,
      transfer_data: null,
    },
    phases: record.phases.map((phase) => renderPhase(world, phase)),
  })
}
