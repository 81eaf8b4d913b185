import type Stripe from 'stripe'
import type { BillingGateway } from '../../billing/port.ts'
import { calling, reading } from './errors.ts'
import { toSession } from './mapping.ts'

type CheckoutCalls = Pick<
  BillingGateway,
  'createCustomer' | 'openSession' | 'session' | 'openSessions' | 'expireSession'
>

/** The calls by which a first subscription begins: a customer, and a page on which it pays. */
export const checkoutOf = (stripe: Stripe): CheckoutCalls => ({
  createCustomer: ({ account, name, email, key }) =>
    calling('creating the customer', async () => {
      const params = { ...(name && { name }), ...(email && { email }), metadata: { softgate_account: account } }
      return (await stripe.customers.create(params, { idempotencyKey: key })).id
    }),
  openSession: ({ account, customer, items, trialDays, discounts, tax, asksPlace, quote, returnTo, embedded }) =>
    calling('opening the checkout page', async () => {
      const metadata = { softgate_quote: quote, softgate_account: account }
      // No quantity to adjust, no code to enter: what was quoted is what the page charges.
      const session = await stripe.checkout.sessions.create(
        {
          mode: 'subscription',
          customer,
          client_reference_id: account,
          line_items: items.map(({ price, quantity }) => ({ price, ...(quantity !== null && { quantity }) })),
          subscription_data: {
            metadata,
            billing_mode: { type: 'flexible' },
            ...(trialDays !== null && { trial_period_days: trialDays }),
            ...(tax?.rates && { default_tax_rates: [...tax.rates] }),
          },
          ...(discounts && { discounts: discounts.filter((one) => 'promotion_code' in one) }),
          ...(tax?.automatic && { automatic_tax: { enabled: true } }),
          ...(tax?.ids && { tax_id_collection: { enabled: true } }),
          ...((asksPlace || tax?.ids) && {
            // Stripe asks for the address beside the number, and keeps both, with the name of the business.
            customer_update: { address: 'auto', ...(tax?.ids && { name: 'auto' }) },
          }),
          metadata,
          ...(embedded
            ? { ui_mode: 'embedded_page', return_url: returnTo, redirect_on_completion: 'if_required' }
            : { ui_mode: 'hosted_page', success_url: returnTo, cancel_url: returnTo }),
        },
        { idempotencyKey: `softgate_${quote}_checkout` },
      )
      return toSession(session)
    }),
  session: (id) =>
    reading('reading the checkout page', async () => toSession(await stripe.checkout.sessions.retrieve(id))),
  openSessions: (customer) =>
    calling('reading the checkout pages of the customer', async () => {
      const found: ReturnType<typeof toSession>[] = []
      for await (const session of stripe.checkout.sessions.list({ customer, status: 'open', limit: 100 }))
        if (session.mode === 'subscription') found.push(toSession(session))
      return found
    }),
  expireSession: async (id) => {
    try {
      await stripe.checkout.sessions.expire(id)
    } catch (error) {
      // 400: it is no longer open. Whether it was paid is read from the session.
      if ((error as { statusCode?: number }).statusCode === 400) return
      await calling('closing the checkout page', () => Promise.reject(error))
    }
  },
})
