import Stripe from 'stripe'
import type { BillingGateway } from '../../billing/port.ts'
import { calling, isMissing } from './errors.ts'

const isDuplicate = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError &&
  (error.code === 'duplicate_meter_event' || /already exists with identifier/i.test(error.message))

/** The calls by which use is told to Stripe's meters. Each is safe to repeat for 24 hours. */
export const useOf = (stripe: Stripe): Pick<BillingGateway, 'reportUse' | 'voidUse'> => ({
  reportUse: ({ event, id, customer, units, at }) =>
    calling('reporting use', async () => {
      try {
        await stripe.billing.meterEvents.create({
          event_name: event,
          identifier: id,
          payload: { stripe_customer_id: customer, value: String(units) },
          timestamp: Math.floor(at / 1_000),
        })
      } catch (error) {
        // It arrived before, and its reply was lost.
        if (!isDuplicate(error)) throw error
      }
    }),
  voidUse: ({ event, id }) =>
    calling('taking use back', async () => {
      try {
        await stripe.billing.meterEventAdjustments.create({
          event_name: event,
          type: 'cancel',
          cancel: { identifier: id },
        })
      } catch (error) {
        // What Stripe does not have needs no taking back.
        if (!isMissing(error)) throw error
      }
    }),
})
