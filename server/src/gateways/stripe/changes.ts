import type Stripe from 'stripe'
import type { OnceBilled, UpdateStep } from '../../billing/model.ts'
import type { BillingGateway, ChangeInput, ScheduleInput } from '../../billing/port.ts'
import { calling } from './errors.ts'
import { scheduleMetadata, toItems } from './mapping.ts'

type ChangeCalls = Pick<BillingGateway, 'change' | 'schedule' | 'releaseSchedule'>

/** The calls by which a subscription changes: at once, or at the end of its period. */
export const changesOf = (stripe: Stripe): ChangeCalls => ({
  change: (input) =>
    calling('changing the subscription', async () => {
      // What is over takes no metadata any more; that it is over tells enough.
      if (input.ending === 'now')
        await stripe.subscriptions.cancel(
          input.subscription,
          { prorate: false, invoice_now: false },
          { idempotencyKey: `softgate_${input.quote}` },
        )
      else
        await stripe.subscriptions.update(input.subscription, toUpdate(input), {
          idempotencyKey: `softgate_${input.quote}`,
        })
    }),
  schedule: (input) =>
    calling('scheduling the change', async () => {
      const { id, phases } = await stripe.subscriptionSchedules
        .create({ from_subscription: input.subscription }, { idempotencyKey: input.key })
        .catch((error) => halfMade(stripe, input.subscription, error))
      const [present] = phases
      if (!present) throw new Error(`The schedule ${id} has no phase`)
      await stripe.subscriptionSchedules.update(id, toPhases(input, present), {
        idempotencyKey: `${input.key}_phases`,
      })
    }),
  releaseSchedule: async (id) => {
    try {
      await stripe.subscriptionSchedules.release(id)
    } catch (error) {
      // 400: it is released, over or canceled already. The subscription tells what holds.
      if ((error as { statusCode?: number }).statusCode === 400) return
      await calling('releasing the schedule', () => Promise.reject(error))
    }
  },
})

/** A schedule that was made although Stripe answered with a failure, which it repeats under the same key: nobody has marked it. */
async function halfMade(stripe: Stripe, subscription: string, failure: unknown): Promise<Stripe.SubscriptionSchedule> {
  const { statusCode = 0 } = failure as { statusCode?: number }
  if (statusCode < 500) throw failure
  const { schedule } = await stripe.subscriptions.retrieve(subscription, { expand: ['schedule'] })
  if (schedule === null || typeof schedule === 'string') throw failure
  const isBlank = schedule.phases.length === 1 && Object.keys(schedule.metadata ?? {}).length === 0
  if (!isBlank) throw failure
  return schedule
}

/** How a change is paid, for the update and for its preview alike: what differed between them would not be the quote. */
export const paying = (
  { proration, anchor, trialEnd }: Pick<UpdateStep, 'proration' | 'anchor' | 'trialEnd'>,
  date: number,
) => ({
  proration_behavior: proration,
  ...(anchor === 'now' && { billing_cycle_anchor: { type: 'now' as const } }),
  ...(trialEnd !== null && { trial_end: trialEnd }),
  // Stripe refuses a date beside a new anchor, and has no use for one where nothing is reckoned.
  ...(proration === 'always_invoice' && anchor === 'kept' && trialEnd === null && { proration_date: date }),
})

export const toInvoiceItem = ({ product, amount, currency, tax }: OnceBilled) => ({
  price_data: { currency, product, unit_amount: amount, ...(tax && { tax_behavior: tax }) },
})

function toUpdate(input: ChangeInput): Stripe.SubscriptionUpdateParams {
  const { items, ending, absorbed, quote, prorationDate } = input
  const metadata = { softgate_quote: quote }
  if (ending !== null)
    return ending === 'not_at_date'
      ? { cancel_at: '', metadata }
      : { cancel_at_period_end: ending === 'at_period_end', metadata }
  const beside = [
    ...input.use.map(toInvoiceItem),
    ...(absorbed ? [{ ...toInvoiceItem({ ...absorbed, amount: -absorbed.amount }), discountable: false }] : []),
  ]
  return {
    ...(items.length > 0 && { items: toItems(items) }),
    ...paying(input, prorationDate),
    ...(input.discounts && { discounts: input.discounts }),
    payment_behavior: 'pending_if_incomplete',
    metadata,
    ...(beside.length > 0 && { add_invoice_items: beside }),
  }
}

/** The present phase as Stripe made it, then ours. What a phase leaves out is unset, so both repeat the settings. */
function toPhases(
  input: ScheduleInput,
  present: Stripe.SubscriptionSchedule.Phase,
): Stripe.SubscriptionScheduleUpdateParams {
  const { items, bundle, beginsAnew } = input
  const { start_date, end_date, automatic_tax, default_tax_rates: rates, default_payment_method: method } = present
  const { discounts } = present
  const settings = {
    ...(automatic_tax?.enabled && { automatic_tax: { enabled: true } }),
    ...(rates?.length && { default_tax_rates: rates.map(({ id }) => id) }),
    ...(method !== null && { default_payment_method: typeof method === 'string' ? method : method.id }),
    ...(discounts.length > 0 && { discounts: discounts.map(toDiscount) }),
  }
  const held = present.items.map(({ price, quantity }) => ({
    price: typeof price === 'string' ? price : price.id,
    ...(quantity !== undefined && { quantity }),
  }))
  return {
    end_behavior: 'release',
    proration_behavior: 'none',
    metadata: scheduleMetadata(input),
    phases: [
      { ...settings, items: held, start_date, end_date },
      {
        ...settings,
        ...(beginsAnew && { billing_cycle_anchor: 'phase_start' as const }),
        items: items.map(({ price, quantity }) => ({ price, ...(quantity !== null && { quantity }) })),
        duration: { interval: bundle.interval, interval_count: 1 },
        // Nothing is left to prorate where a period ends; what was used of a metered price that goes is billed with it.
        proration_behavior: held.some(({ quantity }) => quantity === undefined) ? 'create_prorations' : 'none',
      },
    ],
  }
}

const toDiscount = ({ coupon, discount, promotion_code }: Stripe.SubscriptionSchedule.Phase.Discount) => {
  const idOf = (ref: string | { id: string }): string => (typeof ref === 'string' ? ref : ref.id)
  if (discount !== null) return { discount: idOf(discount) }
  return promotion_code === null ? { coupon: idOf(coupon ?? '') } : { promotion_code: idOf(promotion_code) }
}
