import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { type Authentication, completeSession, NeedsAuthentication } from '../billing/checkout.ts'
import { priceOf } from '../billing/lines.ts'
import { previewNew } from '../billing/preview.ts'
import { money } from '../billing/wording.ts'
import { cardOfNumber } from '../cards.ts'
import { ApiError } from '../errors.ts'
import { newCustomer } from '../resources/customers.ts'
import { attach } from '../resources/payment-methods.ts'
import type { CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { act, fieldOf, type PageOptions } from './act.ts'
import { alert, cardField, cardHelp, layout } from './layout.ts'

/** The page behind a Checkout session's `url`: it takes a test card, pays, and leads back to where the session says. */
export function createCheckoutPage(options: PageOptions): Hono {
  const { world, catchUp } = options
  const app = new Hono()
  const show = (
    context: Context,
    id: string,
    answer: (session: CheckoutSessionRecord) => Response | Promise<Response>,
  ) => {
    catchUp()
    const session = world.store.get('checkout_session', id)
    if (!session) return context.notFound()
    if (session.status === 'complete') return context.redirect(withId(session.success_url, session), 303)
    if (session.status === 'expired') return context.html(expiredPage(session), 410)
    return answer(session)
  }
  app.get('/_sandbox/checkout/:id', (context) =>
    show(context, context.req.param('id'), (session) => context.html(payPage(world, session))),
  )
  app.post('/_sandbox/checkout/:id', async (context) => {
    const [number, bank] = [await fieldOf(context, 'number'), await fieldOf(context, 'bank')]
    return show(context, context.req.param('id'), (session) => {
      try {
        const authentication = bank === 'approve' ? 'succeed' : bank === 'decline' ? 'fail' : 'none'
        const paid = act(options, () => pay(world, session, number, authentication))
        return context.redirect(withId(paid.success_url, paid), 303)
      } catch (error) {
        if (error instanceof NeedsAuthentication) return context.html(bankPage(world, session, number))
        if (!(error instanceof ApiError)) throw error
        return context.html(payPage(world, session, { number, message: error.body.message }), 402)
      }
    })
  })
  return app
}

function pay(
  world: World,
  session: CheckoutSessionRecord,
  number: string,
  authentication: Authentication,
): CheckoutSessionRecord {
  const card = cardOfNumber(number)
  if (!card) {
    const message = 'Your card number is incorrect. Only the published test cards work here.'
    throw new ApiError(402, { type: 'card_error', code: 'incorrect_number', message })
  }
  const customer = customerOf(world, session)
  const method = attach(world, card.token, customer, 'payment_method')
  return completeSession(world, session, { customer, method, authentication })
}

function customerOf(world: World, { customer: id, customer_email }: CheckoutSessionRecord): CustomerRecord {
  const known = id === null ? undefined : world.store.get('customer', id)
  if (known) return known
  const customer = { ...newCustomer(world), email: customer_email }
  world.store.put('customer', customer)
  emit(world, 'customer.created', customer)
  return customer
}

const withId = (url: string, { id }: CheckoutSessionRecord): string => url.replaceAll('{CHECKOUT_SESSION_ID}', id)

const payPage = (world: World, session: CheckoutSessionRecord, tried?: { number: string; message: string }) => {
  const { items, amount_total, currency, cancel_url } = session
  const due = dueOn(world, session)
  const total = money(due, currency)
  return layout(
    'Checkout (local Stripe)',
    html`<h1>Subscribe</h1>
      <p class="soft">This is the local Stripe. No money moves here.</p>
      <dl>
        ${items.map(({ price: id, quantity }) => {
          const price = priceOf(world, id)
          const name = world.store.get('product', price.product)?.name ?? 'Subscription'
          const each = `${money(price.unit_amount, price.currency)} a ${price.recurring?.interval ?? 'month'}`
          return html`<dt>${quantity} × ${name}<br /><small>${each} each</small></dt>
            <dd>${money(price.unit_amount * quantity, price.currency)}</dd>`
        })}
        ${
          due < amount_total
            ? html`<dt>Credit</dt>
                <dd>${money(due - amount_total, currency)}</dd>`
            : ''
        }
        <dt class="total">Due today</dt>
        <dd class="total">${total}</dd>
      </dl>
      ${alert(tried?.message)}
      <form method="post">
        ${cardField(tried?.number)}
        <button class="main">Pay ${total}</button>
      </form>
      ${cancel_url ? html`<p style="margin:1rem 0 0"><a href="${withId(cancel_url, session)}">Cancel and go back</a></p>` : ''}
      ${cardHelp()}`,
  )
}

/** What the card will be charged, after the customer's credit. */
function dueOn(world: World, { items, customer: id, billing_mode }: CheckoutSessionRecord): number {
  const customer = id === null ? null : (world.store.get('customer', id) ?? null)
  const sold = items.map(({ price, quantity }) => ({ price, quantity }))
  return previewNew(world, customer, sold, billing_mode).amount_due
}

const bankPage = (world: World, session: CheckoutSessionRecord, number: string) =>
  layout(
    'Your bank (local Stripe)',
    html`<h1>Your bank asks</h1>
      <p>Is it you who pays ${money(dueOn(world, session), session.currency)}? This stands for 3-D Secure.</p>
      <form method="post">
        <input type="hidden" name="number" value="${number}" />
        <button class="main" name="bank" value="approve">Approve</button>
        <button name="bank" value="decline">Decline</button>
      </form>`,
  )

const expiredPage = (session: CheckoutSessionRecord) =>
  layout(
    'Expired (local Stripe)',
    html`<h1>This page has expired</h1>
      <p>Nothing was charged. Go back and start again.</p>
      ${session.cancel_url ? html`<p><a href="${withId(session.cancel_url, session)}">Go back</a></p>` : ''}`,
  )
