import { CATALOG } from './catalog.ts'
import { CHECKOUT } from './checkout.ts'
import { CUSTOMERS } from './customers.ts'
import { EVENTS } from './events.ts'
import { INVOICES } from './invoices.ts'
import { PAYMENTS } from './payments.ts'
import type { Constants } from './shared.ts'
import { SUBSCRIPTIONS } from './subscriptions.ts'

/** Constant members of everything there is. */
export const CONSTANTS: Constants = {
  ...CATALOG,
  ...CHECKOUT,
  ...CUSTOMERS,
  ...EVENTS,
  ...INVOICES,
  ...PAYMENTS,
  ...SUBSCRIPTIONS,
}
