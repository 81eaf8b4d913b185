import { html, raw } from 'hono/html'
import { nameOf } from '../billing/lines.ts'
import { earliestPeriodEnd } from '../billing/subscription-state.ts'
import { dayOf, money } from '../billing/wording.ts'
import type { CustomerRecord } from '../state/customer-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import type { SandboxControl } from '../types.ts'
import { FAULT_KINDS, type FaultKind } from '../wire/faults.ts'
import { DESK_SCRIPT, DESK_STYLE } from './desk-assets.ts'

const SHOWN = 40

/** What a failure is to whoever meets it. */
export const FAULT_WORDS: Readonly<Record<FaultKind, string>> = {
  timeout_before: 'No answer, nothing happened',
  timeout_after: 'No answer, and it happened',
  reset_before: 'Connection lost, nothing happened',
  reset_after: 'Connection lost, and it happened',
  error_500_before: 'Error 500, nothing happened',
  error_500_after: 'Error 500, and it happened',
  rate_limit: 'Error 429, too many requests',
  lock_timeout: 'Error 429, lock time-out',
}

const GOOD: ReadonlySet<string> = new Set(['active', 'trialing', 'paid', 'delivered'])
const BAD: ReadonlySet<string> = new Set(['past_due', 'unpaid', 'uncollectible', 'failed', 'dropped', 'incomplete'])

const badge = (status: string) =>
  html`<span class="badge ${GOOD.has(status) ? 'ok' : BAD.has(status) ? 'stop' : ''}">${status.replaceAll('_', ' ')}</span>`

const timeOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace('T', ' ').slice(0, 19)

/** What the page shows. */
interface Shown {
  readonly world: World
  readonly control: Pick<SandboxControl, 'failures' | 'webhooks'>
}

/** The whole page. `done` is what the last lever did. */
export const deskPage = (shown: Shown, done: string | undefined) => html`<!doctype html>
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>Local Stripe</title>
      <link rel="icon" href="data:," />
      <style>
        ${raw(DESK_STYLE)}
      </style>
    </head>
    <body>
      <header>
        <h1>Local Stripe</h1>
        <p>Everything here is made up; no money moves.</p>
      </header>
      ${done ? html`<p class="done" role="status">${done}</p>` : ''}
      <div class="columns">
        <aside aria-label="Levers">${levers()}</aside>
        <main id="state">${deskState(shown)}</main>
      </div>
      <script>
        ${raw(DESK_SCRIPT)}
      </script>
    </body>
  </html>`

const levers = () => html`<form method="post" action="/_sandbox/desk" class="card">
    <h2>Time</h2>
    <label for="days">Days forward</label>
    <div class="row">
      <input id="days" name="days" type="number" min="0" max="3660" step="any" value="1" required />
      <button name="action" value="advance">Advance</button>
    </div>
  </form>
  <form method="post" action="/_sandbox/desk" class="card">
    <h2>Next failure</h2>
    <label for="kind">What goes wrong</label>
    <select id="kind" name="kind">
      ${FAULT_KINDS.map((kind) => html`<option value="${kind}">${FAULT_WORDS[kind]}</option>`)}
    </select>
    <label for="path">With which request</label>
    <div class="row">
      <select id="path" name="path">
        <option value="">any change</option>
        <option value="/v1/subscriptions">subscriptions</option>
        <option value="/v1/invoices">invoices</option>
        <option value="/v1/checkout/sessions">Checkout</option>
        <option value="/v1/customers">customers</option>
      </select>
      <button name="action" value="fail">Arm</button>
    </div>
  </form>
  <form method="post" action="/_sandbox/desk" class="card">
    <h2>Webhooks</h2>
    <div class="grid">
      <button name="action" value="pause">Keep back</button>
      <button name="action" value="resume">Let go</button>
      <button name="action" value="flush">Try all now</button>
      <button name="action" value="drop">Lose next</button>
      <button name="action" value="repeat">Repeat next</button>
    </div>
  </form>`

/** What there is: the time, the customers with what they bought, and what happened last. */
export function deskState({ world, control }: Shown) {
  const customers = world.store.all('customer').filter(({ deleted }) => !deleted)
  return html`<section class="now card" aria-label="Time">
      <p><strong>${timeOf(world.seconds())}</strong> UTC on the sandbox's clock</p>
      ${levered(control).map((words) => html`<p class="soft">${words}</p>`)}
    </section>
    <section aria-labelledby="customers">
      <h2 id="customers">Customers <small>${customers.length}</small></h2>
      ${
        customers.length === 0
          ? html`<p class="card empty">Nobody yet. Customers appear when your app makes them.</p>`
          : customers
              .reverse()
              .slice(0, SHOWN)
              .map((one) => customerCard(world, one))
      }
    </section>
    <section aria-labelledby="events">
      <h2 id="events">Events <small>newest first</small></h2>
      ${eventTable(world)}
    </section>`
}

/** The levers that were pulled and still have an effect. */
function levered({ failures, webhooks }: Shown['control']): string[] {
  const { paused, toDrop, toRepeat } = webhooks.mode()
  return [
    ...failures().map(
      ({ kind, match }) => `The next change${match?.path ? ` under ${match.path}` : ''} fails. ${FAULT_WORDS[kind]}.`,
    ),
    ...(paused ? ['Webhooks are kept back.'] : []),
    ...(toDrop > 0 ? [`Webhooks to be lost: ${toDrop}.`] : []),
    ...(toRepeat > 0 ? [`Webhooks to come twice: ${toRepeat}.`] : []),
  ]
}

function customerCard(world: World, customer: CustomerRecord) {
  const subscriptions = world.store.all('subscription').filter((one) => one.customer === customer.id)
  const invoices = world.store.all('invoice').filter((one) => one.customer === customer.id)
  const balance = customer.balance === 0 ? '' : `, balance ${money(customer.balance, customer.currency ?? 'usd')}`
  return html`<article class="card">
    <h3>${customer.name ?? customer.email ?? customer.id}</h3>
    <p class="soft"><code>${customer.id}</code>${customer.name && customer.email ? `, ${customer.email}` : ''}${balance}</p>
    ${
      subscriptions.length === 0
        ? ''
        : html`<ul>
            ${subscriptions.reverse().map((one) => html`<li>${subscriptionLine(world, one)}</li>`)}
          </ul>`
    }
    ${
      invoices.length === 0
        ? ''
        : html`<details>
            <summary>${invoices.length} ${invoices.length === 1 ? 'invoice' : 'invoices'}</summary>
            <ul>
              ${invoices
                .reverse()
                .slice(0, SHOWN)
                .map(
                  ({ id, number, total, currency, status, created }) =>
                    html`<li>
                      <a href="/_sandbox/invoices/${id}">${number ?? id}</a> ${money(total, currency)} ${badge(status)}
                      <span class="soft">${dayOf(created)}</span>
                    </li>`,
                )}
            </ul>
          </details>`
    }
  </article>`
}

function subscriptionLine(world: World, subscription: SubscriptionRecord) {
  const items = subscription.items.map(({ price, quantity }) => `${quantity || ''} ${nameOf(world, price)}`.trim())
  const { cancel_at: ends, ended_at, pending_update, schedule } = subscription
  const next = dayOf(ends ?? earliestPeriodEnd(subscription))
  const when = ended_at !== null ? `ended ${dayOf(ended_at)}` : `${ends === null ? 'renews' : 'ends'} ${next}`
  const more = [when, pending_update ? 'a change waits for its payment' : '', schedule ? 'on a schedule' : '']
  return html`${items.join(' + ')} ${badge(subscription.status)}
    <span class="soft">${more.filter(Boolean).join(', ')}</span>`
}

function eventTable(world: World) {
  const events = world.store.all('event').slice(-SHOWN).reverse()
  if (events.length === 0) return html`<p class="card empty">Nothing has happened yet.</p>`
  const deliveries = world.store.all('delivery')
  return html`<div class="card scroll">
    <table>
      <thead>
        <tr><th scope="col">Time</th><th scope="col">Event</th><th scope="col">Webhook</th></tr>
      </thead>
      <tbody>
        ${events.map(({ id, created, type }) => {
          const states = deliveries.filter(({ event }) => event === id).map(({ state }) => state)
          return html`<tr>
            <td class="soft">${timeOf(created)}</td>
            <td><code>${type}</code></td>
            <td>${states.length === 0 ? html`<span class="soft">nobody listens</span>` : states.map(badge)}</td>
          </tr>`
        })}
      </tbody>
    </table>
  </div>`
}
