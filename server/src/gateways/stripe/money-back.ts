import type Stripe from 'stripe'
import type { BillingGateway } from '../../billing/port.ts'
import { calling } from './errors.ts'

type MoneyBackCalls = Pick<BillingGateway, 'refund' | 'takeCredit'>

/** The calls by which a payment goes back. Each is looked for before it is made: its mark is the quote's id. */
export const moneyBackOf = (stripe: Stripe): MoneyBackCalls => ({
  refund: ({ intent, amount, quote }) =>
    calling('refunding the payment', async () => {
      const { data } = await stripe.refunds.list({ payment_intent: intent, limit: 100 })
      if (data.some(({ metadata }) => metadata?.softgate_quote === quote)) return
      await stripe.refunds.create(
        { payment_intent: intent, amount, metadata: { softgate_quote: quote } },
        { idempotencyKey: `softgate_${quote}_refund` },
      )
    }),
  takeCredit: ({ customer, amount, currency, quote }) =>
    calling('settling the credit', async () => {
      const { data } = await stripe.customers.listBalanceTransactions(customer, { limit: 100 })
      if (data.some(({ metadata }) => metadata?.softgate_quote === quote)) return
      await stripe.customers.createBalanceTransaction(
        customer,
        { amount, currency, description: 'Refunded to the card', metadata: { softgate_quote: quote } },
        { idempotencyKey: `softgate_${quote}_credit` },
      )
    }),
})
