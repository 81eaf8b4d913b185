import { html, raw } from 'hono/html'
import { amountOf, pricingIn } from '../billing/amounts.ts'
import { invoiceOfSession } from '../billing/checkout.ts'
import { sumOf } from '../billing/discounts.ts'
import { nameOf, priceOf } from '../billing/lines.ts'
import { needsCountry } from '../billing/payer.ts'
import { onTop } from '../billing/taxes.ts'
import { dayOf, money } from '../billing/wording.ts'
import type { CheckoutItem, CheckoutSessionRecord } from '../state/checkout-records.ts'
import type { World } from '../state/world.ts'
import { alert, cardField, cardHelp, layout } from './layout.ts'

/** What was tried on the page before, to be shown again. */
export interface Tried {
  readonly number: string
  readonly message?: string
}

const withId = (url: string, { id }: CheckoutSessionRecord): string => url.replaceAll('{CHECKOUT_SESSION_ID}', id)

const row = (label: string, amount: number, currency: string, total = false) =>
  html`<dt class="${total ? 'total' : ''}">${label}</dt>
    <dd class="${total ? 'total' : ''}">${money(amount, currency)}</dd>`

function itemRow(world: World, { currency }: CheckoutSessionRecord, item: CheckoutItem) {
  const price = priceOf(world, item.price)
  const interval = price.recurring?.interval ?? 'month'
  const { unit } = pricingIn(price, currency)
  const each = unit === null ? `by tiers, a ${interval}` : `${money(Number(unit), currency)} a ${interval} each`
  const name = nameOf(world, item.price)
  const quantity = item.quantity ?? 0
  const counted = item.adjustable
    ? html`<label class="choice">
        <input
          form="pay"
          type="number"
          name="quantity-${item.id}"
          value="${quantity}"
          min="${item.adjustable.minimum}"
          max="${item.adjustable.maximum}"
          aria-label="Quantity of ${name}"
        />
        × ${name}
      </label>`
    : item.quantity === null
      ? html`${name}, by use`
      : html`${quantity} × ${name}`
  return html`<dt>${counted}<br /><small>${each}</small></dt>
    <dd>${money(amountOf(price, quantity, currency), currency)}</dd>`
}

/** Where the customer chooses, and pays. */
export function payPage(world: World, session: CheckoutSessionRecord, tried?: Tried) {
  const { currency, cancel_url, items, subscription_data: data } = session
  const invoice = invoiceOfSession(world, session)
  const off = invoice.lines.reduce((sum, line) => sum + sumOf(line.discounts), 0)
  const tax = invoice.lines.reduce((sum, line) => sum + onTop(line.taxes), 0)
  const due = money(invoice.amount_due, currency)
  const asksCountry = needsCountry(world, session)
  const adjustable = items.some((item) => item.adjustable)
  const needsCard = session.payment_method_collection === 'always' || invoice.amount_due > 0
  return layout(
    'Checkout (local Stripe)',
    html`<h1>Subscribe</h1>
      <p class="soft">This is the local Stripe. No money moves here.</p>
      <dl>
        ${items.map((item) => itemRow(world, session, item))}
        ${off > 0 ? row('Discount', -off, currency) : ''} ${tax !== 0 ? row('Tax', tax, currency) : ''}
        ${data.trial_end === null ? '' : html`<dt>Free until ${dayOf(data.trial_end)}</dt><dd></dd>`}
        ${invoice.amount_due < invoice.total ? row('Credit', invoice.amount_due - invoice.total, currency) : ''}
        ${row(asksCountry ? 'Before tax' : 'Due today', invoice.amount_due, currency, true)}
      </dl>
      ${alert(tried?.message)}
      <form method="post" id="pay">
        ${
          session.allow_promotion_codes
            ? html`<label for="promotion_code">Promotion code</label>
                <input id="promotion_code" name="promotion_code" autocomplete="off" />`
            : ''
        }
        ${(adjustable || session.allow_promotion_codes) && !asksCountry ? html`<button name="change" value="1">Update</button>` : ''}
        ${
          asksCountry
            ? html`<label for="country">Country</label>
                <input id="country" name="country" value="DE" maxlength="2" required />`
            : ''
        }
        ${
          session.tax_ids && !asksCountry
            ? html`<label for="business_name">Business name (optional)</label>
                <input id="business_name" name="business_name" autocomplete="organization" />
                <label for="tax_id">Tax number, such as DE123456789 (optional)</label>
                <input id="tax_id" name="tax_id" autocomplete="off" />`
            : ''
        }
        ${needsCard && !asksCountry ? cardField(tried?.number) : ''}
        <button class="main" name="change" value="${asksCountry ? '1' : ''}">
          ${asksCountry ? 'Continue' : invoice.amount_due > 0 ? `Pay ${due}` : 'Start'}
        </button>
      </form>
      ${cancel_url ? html`<p style="margin:1rem 0 0"><a href="${withId(cancel_url, session)}">Cancel and go back</a></p>` : ''}
      ${cardHelp()}`,
  )
}

/** Where the bank asks. */
export const bankPage = (world: World, session: CheckoutSessionRecord, number: string) =>
  layout(
    'Your bank (local Stripe)',
    html`<h1>Your bank asks</h1>
      <p>
        Is it you who pays ${money(invoiceOfSession(world, session).amount_due, session.currency)}? This stands for
        3-D Secure.
      </p>
      <form method="post">
        <input type="hidden" name="number" value="${number}" />
        <button class="main" name="bank" value="approve">Approve</button>
        <button name="bank" value="decline">Decline</button>
      </form>`,
  )

/** Where nothing is sold any more. */
export const expiredPage = (session: CheckoutSessionRecord, why?: string) =>
  layout(
    'Expired (local Stripe)',
    html`<h1>This page has expired</h1>
      ${alert(why)}
      <p>Nothing was charged. Go back and start again.</p>
      ${session.cancel_url ? html`<p><a href="${withId(session.cancel_url, session)}">Go back</a></p>` : ''}`,
  )

/** The end of an embedded page: the page around it hears of it, and goes on to `url` unless it stays. */
export const donePage = (url: string | null) =>
  layout(
    'Done (local Stripe)',
    html`<h1>Thank you</h1>
      <p>The subscription has begun.</p>
      <script>
        ${raw(`parent.postMessage({ source: 'stripe-sandbox-checkout', url: ${JSON.stringify(url).replaceAll('<', '\\u003c')} }, '*')`)}
      </script>`,
  )
