import type { CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { World } from '../state/world.ts'
import { newCustomer } from './new-customer.ts'
import { lacksPlace } from './taxes.ts'
import { placeOf } from './terms.ts'

/** The customer of a session, where they said that they live; null where nobody is known yet and it makes no difference. */
export function payerOf(
  world: World,
  { customer: id, country }: Pick<CheckoutSessionRecord, 'country' | 'customer'>,
): CustomerRecord | null {
  const known = id === null ? undefined : world.store.get('customer', id)
  if (country === null) return known ?? null
  const address = { city: null, country, line1: null, line2: null, postal_code: null, state: null }
  return { ...(known ?? newCustomer(world)), address }
}

/** True while tax is to be charged and nobody knows where, so that nobody knows what is due. */
export const needsCountry = (world: World, session: CheckoutSessionRecord): boolean =>
  lacksPlace(session.tax, placeOf(payerOf(world, session)))
