import { Hono } from 'hono'
import { html } from 'hono/html'
import type { InvoiceRecord } from './state/records.ts'
import type { World } from './state/world.ts'

/** The page behind `hosted_invoice_url`: what is owed and how it stands. Paying is done through the API or the controls. */
export function createInvoicePage(world: World): Hono {
  const app = new Hono()
  app.get('/_sandbox/invoices/:id', (context) => {
    const invoice = world.store.get('invoice', context.req.param('id'))
    return invoice ? context.html(pageOf(invoice)) : context.notFound()
  })
  return app
}

const pageOf = (invoice: InvoiceRecord) => html`<!doctype html>
  <html lang="en">
    <meta charset="utf-8" />
    <title>Invoice ${invoice.number} (sandbox)</title>
    <h1>Invoice ${invoice.number}</h1>
    <p>${invoice.amount_due} ${invoice.currency} (minor units), ${invoice.status}. No money moves here.</p>
    <ul>
      ${invoice.lines.map((line) => html`<li>${line.description}: ${line.amount}</li>`)}
    </ul>
  </html>`
