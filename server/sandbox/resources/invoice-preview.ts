import type { ChangeRequest } from '../billing/change.ts'
import { previewChange, previewNew } from '../billing/preview.ts'
import { invalid } from '../errors.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { World } from '../state/world.ts'
import {
  clearable,
  currencyCode,
  flag,
  integer,
  list,
  metadata,
  object,
  oneOf,
  text,
  type Values,
} from '../wire/params.ts'
import { render } from '../wire/render.ts'
import { type Route, route } from '../wire/route.ts'
import { find, findCustomer } from './shared.ts'
import { ANCHOR, BILLING_MODE, ITEM, PRORATION_BEHAVIOR, TRIAL_END } from './subscriptions.ts'

/** How many previews stay readable by id. */
const KEPT = 50

const PARAMS = {
  currency: currencyCode(),
  customer: text(),
  preview_mode: oneOf('next', 'recurring'),
  subscription: text(),
  subscription_details: object({
    billing_cycle_anchor: ANCHOR,
    billing_mode: BILLING_MODE,
    cancel_at_period_end: flag(),
    items: list(object(ITEM)),
    metadata: clearable(metadata()),
    proration_behavior: PRORATION_BEHAVIOR,
    proration_date: integer(),
    trial_end: TRIAL_END,
  }),
}
type Params = Values<typeof PARAMS>

function preview(world: World, params: Params): InvoiceRecord {
  const details = params.subscription_details
  if (params.subscription === undefined) {
    if (!params.customer && !details?.items) throw invalid('You must provide a `customer` or a `subscription`.')
    const customer = params.customer ? findCustomer(world, params.customer) : null
    const billed = customer && params.preview_mode === 'recurring' ? { ...customer, balance: 0 } : customer
    const trial = typeof details?.trial_end === 'number' ? details.trial_end : null
    return previewNew(world, billed, details?.items ?? [], details?.billing_mode?.type ?? 'flexible', trial)
  }
  const subscription = find(world, 'subscription', params.subscription, 'subscription')
  if (params.customer !== undefined && params.customer !== subscription.customer) {
    throw invalid(`The subscription ${subscription.id} does not belong to the customer ${params.customer}.`, {
      param: 'subscription',
    })
  }
  const change: ChangeRequest = {
    items: details?.items ?? [],
    proration: details?.proration_behavior ?? 'create_prorations',
    prorationDate: details?.proration_date,
    resetAnchor: details?.billing_cycle_anchor?.type === 'now',
    trialEnd: details?.trial_end,
  }
  const mode = params.preview_mode ?? 'next'
  return previewChange(world, subscription, { mode, change, cancelAtPeriodEnd: details?.cancel_at_period_end })
}

function keep(world: World, invoice: InvoiceRecord): void {
  world.store.put('preview', invoice)
  for (const { id } of world.store.all('preview').slice(0, -KEPT)) world.store.remove('preview', id)
}

/** https://docs.stripe.com/api/invoices/create_preview */
export const invoicePreviewRoutes: readonly Route[] = [
  route('POST', '/v1/invoices/create_preview', PARAMS, ({ world, params }) => {
    const invoice = preview(world, params)
    keep(world, invoice)
    return render(world, invoice)
  }),
]
