import type Stripe from 'stripe'
import type { BillingGateway, CreditInput } from '../../billing/port.ts'
import type { SettledPayment } from '../../billing/settlement.ts'
import { calling } from './errors.ts'
import { toBilled } from './mapping.ts'

type MoneyBackCalls = Pick<
  BillingGateway,
  'refund' | 'takeCredit' | 'giveCredit' | 'paymentsSince' | 'invoiceOf' | 'billedBy'
>

/** What was paid and went back; and the calls by which a payment goes back, each looked for before it is made by the quote's id. */
export const moneyBackOf = (stripe: Stripe): MoneyBackCalls => ({
  paymentsSince: (customer, since) =>
    calling('reading the payments of the customer', async () => {
      const found: SettledPayment[] = []
      const created = { gte: Math.floor(since / 1_000) }
      for await (const charge of stripe.charges.list({ customer, created, limit: 100 }))
        if (charge.status === 'succeeded') found.push(await withReversals(stripe, charge))
      return found.reverse()
    }),
  invoiceOf: (intent) =>
    calling('reading the invoice of the payment', async () => {
      const payment = { type: 'payment_intent' as const, payment_intent: intent }
      const { data } = await stripe.invoicePayments.list({ payment, limit: 1 })
      return idOf(data[0]?.invoice)
    }),
  billedBy: (id) =>
    calling('reading the lines of the invoice', async () => toBilled(await stripe.invoices.retrieve(id))),
  refund: ({ intent, amount, quote }) =>
    calling('refunding the payment', async () => {
      const { data } = await stripe.refunds.list({ payment_intent: intent, limit: 100 })
      if (data.some(({ metadata }) => metadata?.softgate_quote === quote)) return
      // What somebody has refunded before is part of it, and no payment goes back twice.
      const gone = data.filter(({ status }) => status !== 'failed' && status !== 'canceled')
      const left = gone.reduce((rest, one) => rest - one.amount, amount)
      if (left <= 0) return
      await stripe.refunds.create(
        { payment_intent: intent, amount: left, metadata: { softgate_quote: quote } },
        { idempotencyKey: `softgate_${quote}_refund` },
      )
    }),
  takeCredit: (input) => settleCredit(stripe, input, 'Refunded to the card'),
  giveCredit: (input) => settleCredit(stripe, { ...input, amount: -input.amount }, 'Charged beyond the quote'),
})

/** Stripe counts credit below 0. */
const settleCredit = (stripe: Stripe, { customer, amount, currency, quote }: CreditInput, description: string) =>
  calling('settling the credit', async () => {
    const { data } = await stripe.customers.listBalanceTransactions(customer, { limit: 100 })
    if (data.some(({ metadata }) => metadata?.softgate_quote === quote)) return
    await stripe.customers.createBalanceTransaction(
      customer,
      { amount, currency, description, metadata: { softgate_quote: quote } },
      { idempotencyKey: `softgate_${quote}_credit` },
    )
  })

const idOf = (ref: string | { id?: string } | null | undefined): string | null =>
  typeof ref === 'object' ? (ref?.id ?? null) : (ref ?? null)

/** A bank that only asks, and a dispute that was settled before it began. */
const takesNothing = /^(warning_|prevented$)/

/** Most payments stay what they are, and cost no call more. */
async function withReversals(stripe: Stripe, charge: Stripe.Charge): Promise<SettledPayment> {
  const { id, amount, currency, created } = charge
  const refunds = charge.amount_refunded > 0 ? (await stripe.refunds.list({ charge: id, limit: 100 })).data : []
  const disputes = charge.disputed
    ? (await stripe.disputes.list({ charge: id, limit: 100 })).data.filter(({ status }) => !takesNothing.test(status))
    : []
  return {
    id,
    intent: idOf(charge.payment_intent) ?? id,
    amount,
    currency,
    at: created * 1_000,
    contested: disputes.some(({ status }) => status !== 'won' && status !== 'lost'),
    reversals: [
      ...refunds
        .filter(({ status }) => status === 'succeeded')
        .map((one) => ({ id: one.id, kind: 'refund' as const, amount: -one.amount, at: one.created * 1_000 })),
      ...disputes.flatMap((one) => {
        const taken = { id: one.id, kind: 'dispute' as const, amount: -one.amount, at: one.created * 1_000 }
        const back = { ...taken, id: `${one.id}_won`, kind: 'dispute_won' as const, amount: one.amount }
        return one.status === 'won' ? [taken, back] : [taken]
      }),
    ],
  }
}
