import { isLive } from '../accounts/model.ts'
import { type BilledPeriod, isReversed, type SettledPayment } from '../billing/settlement.ts'
import { toRecord } from '../billing/sync.ts'
import { type Context, requireGateway } from './context.ts'
import { planEnd } from './quote-end.ts'
import type { Planned } from './quote-plan.ts'

export interface PaidPeriod {
  /** The payment that has gone back. */
  payment: SettledPayment
  /** All of the customer's. */
  payments: readonly SettledPayment[]
  invoice: string
  /** Whether it was paid by ending a trial. */
  converts: boolean
}

/**
 * What ends a subscription because the payment of its present period has gone back: by `onReversal` if it was the first one, by
 * `onRenewalReversal` otherwise. Null where another payment of the customer's stands since.
 */
export async function ending(
  context: Context,
  { payment, payments, invoice, converts }: PaidPeriod,
): Promise<Planned | 'nothing' | null> {
  const { catalog, clock } = context
  const gateway = requireGateway(context)
  const period = await gateway.periodOf(invoice)
  if (!period || !(converts || begins(period)) || period.end <= clock.now()) return 'nothing'
  const live = await gateway.subscription(period.subscription)
  const record = live && toRecord(catalog, '', live, clock.now())
  if (!live || !isLive(record) || record.plan === null) return 'nothing'
  const isFirst = converts || period.reason === 'start' || live.trialEnd === period.start
  const policy = catalog.changes[isFirst ? 'onReversal' : 'onRenewalReversal']
  if (policy === 'keep' || (policy === 'cancel' && live.cancelAt !== null)) return 'nothing'
  const others = payments.filter((one) => one.at >= payment.at && one.id !== payment.id && !isReversed(one))
  const foreign = live.schedule !== null && live.schedule.ours === null
  if (others.length > 0 || foreign) return null
  return planEnd(context, live, { intent: payment.intent, when: policy === 'cancel' ? 'at_period_end' : 'now' })
}

/** Whether it is the whole of what the invoice is for: what else a change bills stands and falls with the change. */
const begins = ({ reason }: BilledPeriod): boolean => reason === 'start' || reason === 'renewal'
