import type { CustomerRecord } from '../state/customer-records.ts'
import type { World } from '../state/world.ts'

/** A customer of whom nothing is known yet. */
export const newCustomer = (world: World): CustomerRecord => ({
  id: world.nextId('cus'),
  object: 'customer',
  address: null,
  balance: 0,
  created: world.seconds(),
  currency: null,
  delinquent: false,
  description: null,
  email: null,
  invoice_settings: { default_payment_method: null },
  metadata: {},
  name: null,
  phone: null,
  tax_exempt: 'none',
  test_clock: null,
})
