import type { BalanceTransactionRecord, CustomerRecord } from '../state/customer-records.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'

/**
 * Moves a customer's balance to `ending` (minor units, negative is a credit) and writes down why:
 * https://docs.stripe.com/billing/customer/balance. Does nothing when it is there already. Returns the entry.
 */
export function postBalance(
  world: World,
  customer: CustomerRecord,
  ending: number,
  type: BalanceTransactionRecord['type'],
  invoice: InvoiceRecord | null,
  more: Partial<Pick<BalanceTransactionRecord, 'credit_note' | 'currency' | 'description' | 'metadata'>> = {},
): BalanceTransactionRecord | null {
  if (ending === customer.balance) return null
  const currency = more.currency ?? invoice?.currency ?? customer.currency ?? 'usd'
  const entry: BalanceTransactionRecord = {
    id: world.nextId('cbtxn'),
    object: 'customer_balance_transaction',
    amount: ending - customer.balance,
    created: world.seconds(),
    credit_note: null,
    customer: customer.id,
    description: null,
    ending_balance: ending,
    invoice: invoice?.id ?? null,
    metadata: {},
    type,
    ...more,
    currency,
  }
  world.store.put('balance_transaction', entry)
  const moved = { ...customer, balance: ending, currency }
  world.store.put('customer', moved)
  if (invoice) emit(world, 'customer.updated', moved, customer)
  return entry
}

/** Gives back what `invoice` took from (or put on) the customer's balance, when it is voided. */
export function unapplyBalance(world: World, invoice: InvoiceRecord): void {
  const customer = invoice.customer ? world.store.get('customer', invoice.customer) : undefined
  const moved = (invoice.ending_balance ?? invoice.starting_balance) - invoice.starting_balance
  if (customer) postBalance(world, customer, customer.balance - moved, 'unapplied_from_invoice', invoice)
}
