import type { UpgradeRecord } from '../billing/model.ts'
import { movementsOf, type SettledPayment, type Settlement } from '../billing/settlement.ts'
import { type Context, requireGateway } from './context.ts'

/** How long a payment can come back: banks give their customers about four months. */
const reversibleMs = 120 * 86_400_000

export interface Settled {
  /** Every payment that could still come back, as Stripe has it now. */
  payments: SettledPayment[]
  /** The upgrades that were applied meanwhile, the oldest first. */
  applied: UpgradeRecord[]
  /** The upgrade that a payment was for. */
  upgradeOf(payment: string): UpgradeRecord | null
  /** The invoice that a payment was for, by its id at Stripe; null for none. */
  invoiceOf(payment: string): string | null
  /** Payments of which something has moved that nobody had seen before. */
  fresh: ReadonlySet<string>
}

/** Writes down what money has moved for an account, each movement once, whatever news of it was lost. */
export async function settle(context: Context, account: string, customer: string): Promise<Settled> {
  const { clock, database } = context
  const gateway = requireGateway(context)
  const since = clock.now() - reversibleMs
  const [payments, known, applied] = await Promise.all([
    gateway.paymentsSince(customer, since),
    database.read.billing.settlements(account, since),
    database.read.billing.appliedSince(account, since),
  ])
  const kept = new Map(known.map((one) => [one.id, one]))
  const movements: Settlement[] = []
  for (const payment of payments) {
    if ([payment, ...payment.reversals].every(({ id }) => kept.has(id))) continue
    const invoice = kept.get(payment.id)?.invoice ?? (await gateway.invoiceOf(payment.intent))
    const upgrade = applied.find((one) => one.invoice !== null && one.invoice.id === invoice)?.id ?? null
    movements.push(...movementsOf(payment, { account, invoice, upgrade }).filter(({ id }) => !kept.has(id)))
  }
  const fresh = await database.transaction(account, ({ billing }) => billing.settle(movements))
  const origins = new Map([...known, ...movements].map((one) => [one.payment, one]))
  return {
    payments,
    applied,
    upgradeOf: (payment) => applied.find(({ id }) => id === origins.get(payment)?.upgrade) ?? null,
    invoiceOf: (payment) => origins.get(payment)?.invoice ?? null,
    fresh: new Set(fresh.map(({ payment }) => payment)),
  }
}
