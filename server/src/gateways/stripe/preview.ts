import type Stripe from 'stripe'
import type { Preview, Target } from '../../billing/model.ts'
import type { PreviewInput } from '../../billing/port.ts'
import type { Tax } from '../../catalog/at-stripe.ts'
import { ProblemError } from '../../kernel/problem.ts'
import { paying, toInvoiceItem } from './changes.ts'
import { isPlaceless } from './errors.ts'
import { toItems, toPreview } from './mapping.ts'

/** The invoice that a change would make, or one that a subscription would begin with. */
export async function previewOf(stripe: Stripe, input: PreviewInput): Promise<Preview> {
  const { customer, subscription, items, when, discounts, tax = null } = input
  const params: Stripe.InvoiceCreatePreviewParams = {
    ...(customer !== null && { customer }),
    ...(discounts && { discounts: discounts.length > 0 ? discounts : ('' as const) }),
    ...(subscription === null ? beginning(items, when, tax) : { subscription, ...changing(items, when) }),
  }
  const begins = subscription === null && tax?.automatic === true
  const preview = begins ? await withTax(stripe, params) : toWhole(await stripe.invoices.createPreview(params))
  if (preview.placeless && !begins) throw noPlace()
  return preview
}

const noPlace = (): ProblemError =>
  new ProblemError(
    'subscription_not_ready',
    'Tax cannot be computed without a billing address. Add one to the customer first.',
  )

/** With the tax of where the customer is; without it where nobody knows yet, for Checkout asks. */
async function withTax(stripe: Stripe, params: Stripe.InvoiceCreatePreviewParams): Promise<Preview> {
  const taxed = { ...params, automatic_tax: { enabled: true } }
  const found =
    params.customer === undefined
      ? null
      : await stripe.invoices.createPreview(taxed).catch((error) => (isPlaceless(error) ? null : Promise.reject(error)))
  return found ? toWhole(found) : { ...toWhole(await stripe.invoices.createPreview(params)), placeless: true }
}

function toWhole(invoice: Stripe.Invoice): Preview {
  if (invoice.automatic_tax.status === 'failed')
    throw new ProblemError('billing_unavailable', 'Stripe could not compute the tax. Nothing is lost: try again.')
  if (invoice.lines.has_more)
    throw new ProblemError(
      'billing_refused',
      'The invoice would have more lines than can be shown. Ask your contact to change the plan.',
    )
  return toPreview(invoice)
}

const changing = (items: Target[], when: PreviewInput['when']): Stripe.InvoiceCreatePreviewParams =>
  typeof when === 'string'
    ? {
        ...(when === 'recurring' && { preview_mode: 'recurring' }),
        subscription_details: { ...(items.length > 0 && { items: toItems(items) }), proration_behavior: 'none' },
      }
    : {
        ...(when.use.length > 0 && { invoice_items: when.use.map(toInvoiceItem) }),
        subscription_details: { ...(items.length > 0 && { items: toItems(items) }), ...paying(when, when.now) },
      }

const beginning = (
  items: Target[],
  when: PreviewInput['when'],
  tax: Tax | null,
): Stripe.InvoiceCreatePreviewParams => ({
  preview_mode: typeof when === 'string' ? 'recurring' : 'next',
  subscription_details: {
    items: toItems(items),
    billing_mode: { type: 'flexible' },
    ...(tax?.rates && { default_tax_rates: [...tax.rates] }),
    ...(typeof when !== 'string' && when.trialDays !== null && { trial_end: when.now + when.trialDays * 86_400 }),
  },
})
