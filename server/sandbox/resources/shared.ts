import { missing } from '../errors.ts'
import type { Kind, Records } from '../state/records.ts'
import type { World } from '../state/world.ts'

const WORDS: Partial<Record<Kind, string>> = {
  checkout_session: 'checkout.session',
  invoice_item: 'invoiceitem',
  payment_method: 'PaymentMethod',
  schedule: 'subscription_schedule',
}

/** The record a call names, or the refusal Stripe gives. `param` tells where it was named. */
export function find<K extends Kind>(world: World, kind: K, id: string, param = 'id'): Records[K] {
  const record = world.store.get(kind, id)
  if (!record) throw missing(WORDS[kind] ?? kind, id, param)
  return record
}

/** A customer that was not deleted. */
export function findCustomer(world: World, id: string, param = 'customer'): Records['customer'] {
  const customer = find(world, 'customer', id, param)
  if (customer.deleted) throw missing('customer', id, param)
  return customer
}

/** Every record of a kind, newest first, as lists show them. */
export const newestFirst = <K extends Kind>(world: World, kind: K): Records[K][] => world.store.all(kind).reverse()

/** True when there is nothing to compare with, or it is the same. */
export const matches = <T>(wanted: T | undefined, actual: T): boolean => wanted === undefined || wanted === actual
