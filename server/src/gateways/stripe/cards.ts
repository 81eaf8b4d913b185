import type Stripe from 'stripe'
import type { BillingGateway } from '../../billing/port.ts'
import { calling, reading } from './errors.ts'
import { toCard } from './mapping.ts'

type CardCalls = Pick<BillingGateway, 'card' | 'cards' | 'useCard' | 'pay'>

/** The cards of a customer, and what is paid with them. */
export const cardsOf = (stripe: Stripe): CardCalls => ({
  card: (id) => reading('reading the card', async () => toCard(await stripe.paymentMethods.retrieve(id))),
  cards: (customer) =>
    calling('reading the cards of the customer', async () => {
      // Others were saved for one purpose, and their owner has not agreed that they are shown.
      const { data } = await stripe.customers.listPaymentMethods(customer, {
        type: 'card',
        allow_redisplay: 'always',
        limit: 10,
      })
      return data.flatMap((method) => {
        const card = toCard(method)
        return card ? [{ id: method.id, ...card }] : []
      })
    }),
  useCard: (subscription, card) =>
    calling('setting the card of the subscription', async () => {
      await stripe.subscriptions.update(subscription, { default_payment_method: card ?? '' })
    }),
  pay: async (invoice, paymentMethod, key) => {
    try {
      await stripe.invoices.pay(invoice, { payment_method: paymentMethod }, { idempotencyKey: key })
    } catch (error) {
      // 402: declined, or the bank asks for the user. The invoice tells which.
      if ((error as { statusCode?: number }).statusCode === 402) return
      await calling('paying the invoice', () => Promise.reject(error))
    }
  },
})
