import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { endSubscription } from '../billing/ending.ts'
import { nameOf } from '../billing/lines.ts'
import { previewChange } from '../billing/preview.ts'
import { earliestPeriodEnd } from '../billing/subscription-state.ts'
import { UNTOUCHED, updateSubscription } from '../billing/update.ts'
import { dayOf, money } from '../billing/wording.ts'
import { cardOfNumber } from '../cards.ts'
import { ApiError, invalid } from '../errors.ts'
import { attach } from '../resources/payment-methods.ts'
import { findCustomer } from '../resources/shared.ts'
import type { PortalFeatures, PortalFlow, PortalSessionRecord } from '../state/portal-records.ts'
import type { SubscriptionRecord } from '../state/subscription-records.ts'
import type { World } from '../state/world.ts'
import { emit } from '../webhooks/events.ts'
import { act, fieldOf, type PageOptions } from './act.ts'
import { alert, cardField, cardHelp, layout } from './layout.ts'

/** The page behind a portal session's `url`: cancel and resume, another card, the invoices; or the one thing it was opened for. */
export function createPortalPage(options: PageOptions): Hono {
  const { world, catchUp } = options
  const app = new Hono()
  const sessionOf = (context: Context): PortalSessionRecord | undefined => {
    catchUp()
    return world.store.get('portal_session', context.req.param('id') ?? '')
  }
  app.get('/_sandbox/portal/:id', (context) => {
    const session = sessionOf(context)
    return session ? context.html(view(world, session)) : context.notFound()
  })
  app.post('/_sandbox/portal/:id', async (context) => {
    const told = {
      action: await fieldOf(context, 'action'),
      number: await fieldOf(context, 'number'),
      subscription: await fieldOf(context, 'subscription'),
    }
    const session = sessionOf(context)
    if (!session) return context.notFound()
    try {
      act(options, () => perform(world, session, told))
      return context.redirect(session.flow?.return_url ?? `/_sandbox/portal/${session.id}`, 303)
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return context.html(view(world, session, error.body.message), 402)
    }
  })
  return app
}

interface Told {
  readonly action: string
  readonly number: string
  readonly subscription: string
}

const featuresOf = (world: World, { configuration }: PortalSessionRecord): PortalFeatures | undefined =>
  world.store.get('portal_configuration', configuration)?.features

function perform(world: World, session: PortalSessionRecord, { action, number, subscription: id }: Told): void {
  if (action === 'card') {
    useCard(world, session.customer, number)
    return
  }
  const subscription = world.store.get('subscription', id)
  if (!subscription || subscription.customer !== session.customer) throw invalid('There is no such subscription.')
  if (action === 'cancel') cancel(world, subscription, featuresOf(world, session))
  else if (action === 'resume') updateSubscription(world, subscription, { ...UNTOUCHED, ending: 'never' })
  else if (action === 'confirm' && session.flow?.type === 'subscription_update_confirm') {
    const change = changeOf(session.flow)
    updateSubscription(world, subscription, { ...UNTOUCHED, behavior: 'error_if_incomplete', change })
  }
}

function useCard(world: World, id: string, number: string): void {
  const card = cardOfNumber(number)
  if (!card) throw invalid('Your card number is incorrect. Only the published test cards work here.')
  const before = findCustomer(world, id)
  const method = attach(world, card.token, before, 'payment_method')
  const after = { ...before, invoice_settings: { default_payment_method: method.id } }
  world.store.put('customer', after)
  emit(world, 'customer.updated', after, before)
  for (const subscription of world.store.all('subscription')) {
    if (subscription.customer !== id || subscription.default_payment_method === null) continue
    updateSubscription(world, subscription, { ...UNTOUCHED, defaultPaymentMethod: method.id })
  }
}

function cancel(world: World, subscription: SubscriptionRecord, features: PortalFeatures | undefined): void {
  if (subscription.schedule !== null) throw invalid('This subscription changes by a schedule; cancel that first.')
  const { mode, proration_behavior } = features?.subscription_cancel ?? { mode: 'at_period_end' as const }
  if (mode === 'immediately') {
    const prorate = proration_behavior !== undefined && proration_behavior !== 'none'
    endSubscription(world, subscription, { prorate, invoiceNow: proration_behavior === 'always_invoice' })
    return
  }
  // In flexible billing the portal tells the time and leaves `cancel_at_period_end` alone.
  const flexible = subscription.billing_mode.type === 'flexible'
  const ending = flexible ? { at: earliestPeriodEnd(subscription) } : ('at_period_end' as const)
  updateSubscription(world, subscription, { ...UNTOUCHED, ending })
}

const changeOf = ({ items }: Extract<PortalFlow, { type: 'subscription_update_confirm' }>) => ({
  items: items.map(({ id, price, quantity }) => ({
    id,
    ...(price !== null && { price }),
    ...(quantity !== null && { quantity }),
  })),
  proration: 'always_invoice' as const,
  prorationDate: undefined,
  resetAnchor: false,
})

function view(world: World, session: PortalSessionRecord, problem?: string) {
  const { flow } = session
  const body =
    flow?.type === 'payment_method_update'
      ? cardForm()
      : flow?.type === 'subscription_cancel'
        ? cancelForm(world, flow.subscription)
        : flow?.type === 'subscription_update_confirm'
          ? confirmForm(world, flow)
          : home(world, session)
  const back = session.return_url
  return layout(
    'Customer portal (local Stripe)',
    html`<h1>Your billing</h1>
      <p class="soft">This is the local Stripe. No money moves here.</p>
      ${alert(problem)} ${body} ${back ? html`<p style="margin:1rem 0 0"><a href="${back}">Go back</a></p>` : ''}`,
  )
}

const cardForm = () => html`<form method="post">
    ${cardField()}
    <button class="main" name="action" value="card">Use this card</button>
  </form>
  ${cardHelp()}`

function cancelForm(world: World, id: string) {
  const subscription = world.store.get('subscription', id)
  const until = subscription ? dayOf(earliestPeriodEnd(subscription)) : ''
  return html`<form method="post">
    <input type="hidden" name="subscription" value="${id}" />
    <p>The subscription goes on until ${until}.</p>
    <button class="main" name="action" value="cancel">Cancel the subscription</button>
  </form>`
}

function confirmForm(world: World, flow: Extract<PortalFlow, { type: 'subscription_update_confirm' }>) {
  const subscription = world.store.get('subscription', flow.subscription)
  if (!subscription) return html`<p>There is no such subscription.</p>`
  const preview = previewChange(world, subscription, {
    mode: 'next',
    change: changeOf(flow),
    cancelAtPeriodEnd: undefined,
    added: [],
  })
  return html`<form method="post">
    <input type="hidden" name="subscription" value="${flow.subscription}" />
    <dl>
      ${preview.lines.map(
        ({ description, amount, currency }) => html`<dt>${description}</dt><dd>${money(amount, currency)}</dd>`,
      )}
      <dt class="total">Due today</dt>
      <dd class="total">${money(preview.amount_due, preview.currency)}</dd>
    </dl>
    <button class="main" name="action" value="confirm">Confirm</button>
  </form>`
}

function home(world: World, session: PortalSessionRecord) {
  const features = featuresOf(world, session)
  const running = world.store
    .all('subscription')
    .filter(({ customer, ended_at }) => customer === session.customer && ended_at === null)
  const invoices = world.store.all('invoice').filter(({ customer }) => customer === session.customer)
  return html`${running.map((one) => subscriptionCard(world, one, features?.subscription_cancel.enabled ?? false))}
  ${features?.payment_method_update.enabled ? cardForm() : ''}
  ${
    features?.invoice_history.enabled && invoices.length > 0
      ? html`<h2>Invoices</h2>
          <dl>
            ${invoices.reverse().map(
              ({ id, number, amount_due, currency, status, created }) =>
                html`<dt><a href="/_sandbox/invoices/${id}">${number ?? id}</a> <small>${dayOf(created)}, ${status}</small></dt>
                  <dd>${money(amount_due, currency)}</dd>`,
            )}
          </dl>`
      : ''
  }`
}

function subscriptionCard(world: World, subscription: SubscriptionRecord, cancelable: boolean) {
  const names = subscription.items.map(({ price, quantity }) => `${quantity} × ${nameOf(world, price)}`).join(', ')
  const ends = subscription.cancel_at
  const next = dayOf(ends ?? earliestPeriodEnd(subscription))
  const [action, label] = ends === null ? ['cancel', 'Cancel'] : ['resume', "Don't cancel"]
  return html`<form method="post">
    <input type="hidden" name="subscription" value="${subscription.id}" />
    <p><strong>${names}</strong><br /><small>${ends === null ? `Renews on ${next}` : `Ends on ${next}`}</small></p>
    ${cancelable ? html`<button name="action" value="${action}">${label}</button>` : ''}
  </form>`
}
