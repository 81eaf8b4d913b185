import type { ChangeRequest } from '../billing/change.ts'
import { newCustomer } from '../billing/new-customer.ts'
import { previewChange, previewNew } from '../billing/preview.ts'
import { invalid } from '../errors.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { World } from '../state/world.ts'
import {
  clearable,
  currencyCode,
  either,
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
import { ADDRESS, addressOf } from './customers.ts'
import { find, findCustomer } from './shared.ts'
import {
  ADDED_ITEMS,
  ANCHOR,
  AUTOMATIC_TAX,
  BILLING_MODE,
  DISCOUNTS,
  discountsFor,
  ITEM,
  PRORATION_BEHAVIOR,
  ratesOf,
  TAX_RATES,
  TRIAL_END,
} from './subscription-params.ts'

/** How many previews stay readable by id. */
const KEPT = 50

const PARAMS = {
  currency: currencyCode(),
  customer: text(),
  automatic_tax: AUTOMATIC_TAX,
  customer_details: object({ address: ADDRESS, tax_exempt: oneOf('none', 'exempt', 'reverse') }),
  discounts: DISCOUNTS,
  invoice_items: ADDED_ITEMS,
  preview_mode: oneOf('next', 'recurring'),
  subscription: text(),
  subscription_details: object({
    billing_cycle_anchor: ANCHOR,
    billing_mode: BILLING_MODE,
    cancel_at: clearable(either(oneOf('min_period_end', 'max_period_end'), integer())),
    default_tax_rates: TAX_RATES,
    cancel_at_period_end: flag(),
    items: list(object(ITEM)),
    metadata: clearable(metadata()),
    proration_behavior: PRORATION_BEHAVIOR,
    proration_date: integer(),
    trial_end: TRIAL_END,
  }),
}
type Params = Values<typeof PARAMS>

function previewOfNew(world: World, params: Params): InvoiceRecord {
  const { customer_details: place, subscription_details: details } = params
  const known = params.customer ? findCustomer(world, params.customer) : null
  const customer = known && params.preview_mode === 'recurring' ? { ...known, balance: 0 } : known
  return previewNew(world, moved(world, customer, place), details?.items ?? [], {
    billingMode: details?.billing_mode?.type ?? 'flexible',
    currency: params.currency,
    discounts: params.discounts ?? [],
    tax: {
      automatic: params.automatic_tax?.enabled ?? false,
      rates: ratesOf(world, details?.default_tax_rates) ?? [],
    },
    trialEnd: typeof details?.trial_end === 'number' ? details.trial_end : null,
  })
}

/** The customer as if they lived where the preview says. */
function moved(
  world: World,
  customer: CustomerRecord | null,
  place: Params['customer_details'],
): CustomerRecord | null {
  if (!place) return customer
  const known = customer ?? newCustomer(world)
  return {
    ...known,
    address: place.address ? addressOf(place.address) : known.address,
    tax_exempt: place.tax_exempt ?? known.tax_exempt,
  }
}

function preview(world: World, params: Params): InvoiceRecord {
  const details = params.subscription_details
  if (params.subscription === undefined) {
    if (!params.customer && !details?.items) throw invalid('You must provide a `customer` or a `subscription`.')
    return previewOfNew(world, params)
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
  return world.store.rehearse(() => {
    const owner = moved(world, findCustomer(world, subscription.customer), params.customer_details)
    if (owner) world.store.put('customer', owner)
    const taxed = {
      ...subscription,
      automatic_tax: params.automatic_tax?.enabled ?? subscription.automatic_tax,
      default_tax_rates: ratesOf(world, details?.default_tax_rates) ?? subscription.default_tax_rates,
    }
    const discounts = discountsFor(world, subscription, params.discounts)
    return previewChange(world, taxed, {
      mode,
      change: { ...change, discounts },
      added: params.invoice_items ?? [],
      cancelAtPeriodEnd: details?.cancel_at
        ? true
        : details?.cancel_at === null
          ? false
          : details?.cancel_at_period_end,
    })
  })
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
