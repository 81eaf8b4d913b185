import { Hono } from 'hono'
import { html } from 'hono/html'
import { payInvoice } from '../billing/collecting.ts'
import { money } from '../billing/wording.ts'
import { cardOfNumber } from '../cards.ts'
import { ApiError } from '../errors.ts'
import { attach } from '../resources/payment-methods.ts'
import { findCustomer } from '../resources/shared.ts'
import type { InvoiceRecord } from '../state/invoice-records.ts'
import type { World } from '../state/world.ts'
import { act, fieldOf, type PageOptions } from './act.ts'
import { alert, cardField, cardHelp, layout } from './layout.ts'

/** The page behind `hosted_invoice_url`: what is owed, how it stands, and a way to pay it with a test card. */
export function createInvoicePage(options: PageOptions): Hono {
  const { world, catchUp } = options
  const app = new Hono()
  app.get('/_sandbox/invoices/:id', (context) => {
    catchUp()
    const invoice = world.store.get('invoice', context.req.param('id'))
    return invoice ? context.html(pageOf(invoice)) : context.notFound()
  })
  app.post('/_sandbox/invoices/:id', async (context) => {
    const number = await fieldOf(context, 'number')
    catchUp()
    const invoice = world.store.get('invoice', context.req.param('id'))
    if (!invoice) return context.notFound()
    const here = `/_sandbox/invoices/${invoice.id}`
    try {
      act(options, () => pay(world, invoice, number))
      return context.redirect(here, 303)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const { code, message } = error.body
      const intent = world.store.get('invoice', invoice.id)?.payment_intent
      if (code === 'invoice_payment_intent_requires_action' && intent)
        return context.redirect(`/_sandbox/3ds/${intent}?return=${encodeURIComponent(here)}`, 303)
      return context.html(pageOf(world.store.get('invoice', invoice.id) ?? invoice, { number, message }), 402)
    }
  })
  return app
}

function pay(world: World, invoice: InvoiceRecord, number: string): void {
  const card = cardOfNumber(number)
  if (!card) {
    const message = 'Your card number is incorrect. Only the published test cards work here.'
    throw new ApiError(402, { type: 'card_error', code: 'incorrect_number', message })
  }
  const method = attach(world, card.token, findCustomer(world, invoice.customer ?? ''), 'payment_method')
  payInvoice(world, invoice, method.id)
}

const pageOf = (invoice: InvoiceRecord, tried?: { number: string; message: string }) => {
  const due = money(invoice.amount_due, invoice.currency)
  return layout(
    `Invoice ${invoice.number} (local Stripe)`,
    html`<h1>Invoice ${invoice.number}</h1>
      <p class="soft">${due}, ${invoice.status}. This is the local Stripe; no money moves here.</p>
      <dl>
        ${invoice.lines.map(
          ({ description, amount, currency }) =>
            html`<dt>${description}</dt>
              <dd>${money(amount, currency)}</dd>`,
        )}
        <dt class="total">Amount due</dt>
        <dd class="total">${due}</dd>
      </dl>
      ${alert(tried?.message)}
      ${
        invoice.status === 'open'
          ? html`<form method="post">
                ${cardField(tried?.number)}
                <button class="main">Pay ${due}</button>
              </form>
              ${cardHelp()}`
          : ''
      }`,
  )
}
