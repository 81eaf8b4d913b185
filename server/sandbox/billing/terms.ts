import type { CustomerRecord } from '../state/customer-records.ts'
import type { Terms } from '../state/invoice-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { standing } from './discounts.ts'
import type { TaxPlace } from './taxes.ts'

/** How the next invoice of a subscription is reduced, taxed and collected. */
export const termsOf = (world: World, subscription: SubscriptionRecord): Terms => ({
  collection: subscription.collection,
  discounts: standing(world, subscription.discounts).map(({ id }) => id),
  tax: { automatic: subscription.automatic_tax, rates: subscription.default_tax_rates },
})

/** Where a customer is taxed; of nobody it is not known. */
export const placeOf = (customer: CustomerRecord | null): TaxPlace => ({
  country: customer?.address?.country ?? null,
  exempt: customer?.tax_exempt ?? 'none',
})
