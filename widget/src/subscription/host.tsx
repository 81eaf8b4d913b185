import { effect, signal } from '@preact/signals-core'
import type { Offer } from '@softgate/sdk'
import type { ComponentChildren, VNode } from 'preact'
import { brandOf } from '../brand.ts'
import { client } from '../client.ts'
import type { Body, Signals } from '../element.ts'
import { day, money } from '../format.ts'
import { words } from '../messages.ts'
import { page } from '../page.ts'
import { adopt } from '../sheet.ts'
import { showOffer } from '../show-offer.ts'
import { subscriptionCss } from './css.ts'
import { Invoices } from './invoices.tsx'
import { subscriptionEnglish } from './messages.ts'
import { Notices } from './notices.tsx'
import { createSubscription, type SubscriptionView } from './state.ts'

/** What `<softgate-subscription>` becomes when its part has come. */
export function createSubscriptionHost(host: HTMLElement, { variant }: Signals<{ variant: string }>): Body {
  if (host.shadowRoot) adopt(host.shadowRoot, subscriptionCss)
  const view = createSubscription({ softgate: client, page, variant })
  const estimate = signal<Body | null>(null)
  let gone = false
  const stop = effect(() => {
    if (!view.subscription.value || variant.value === 'invoices') return
    // Without it, the next invoice's total stands alone.
    import('./estimate.tsx').then(
      ({ createEstimatePart }) => {
        if (!gone) estimate.value ??= createEstimatePart()
      },
      () => {},
    )
  })
  return {
    view() {
      const say = words('subscription', subscriptionEnglish)
      const now = page.now()
      const all = view.invoices.value
      const invoices = all && <Invoices invoices={all} now={now} />
      if (variant.value === 'invoices') return invoices ?? <slot />
      if (view.subscription.value === undefined) return <slot />
      return (
        <div class="all">
          <Notices view={view} now={now} />
          <Summary view={view} now={now} />
          {view.subscription.value && estimate.value?.view()}
          {view.buyer.value && <Changes changes={view.changes.value} />}
          {variant.value === 'full' && invoices && <h2>{say.invoices}</h2>}
          {variant.value === 'full' && invoices}
          <p role="status" class="vh">
            {view.failed.value && say.failed}
          </p>
        </div>
      )
    },
    dispose() {
      gone = true
      stop()
      estimate.value?.dispose?.()
      view.dispose()
    },
  }
}

interface SummaryInput {
  view: SubscriptionView
  now: number
}

/** The plan, what it costs and when, the card, and the way to change that. */
function Summary({ view, now }: SummaryInput): VNode {
  const say = words('subscription', subscriptionEnglish)
  const subscription = view.subscription.value ?? null
  const { recurring, nextInvoice = null, paymentMethod: card = null } = subscription ?? {}
  const pending = view.pending.value
  const same = nextInvoice?.total.amount === recurring?.amount
  const each = recurring && !same && <small>{say.recurring(money(recurring), recurring.interval)}</small>
  const term = (name: string, value: string, below: ComponentChildren = null): VNode => (
    <div key={name}>
      <dt>{name}</dt>
      <dd>
        <bdi>{value}</bdi>
        {below}
      </dd>
    </div>
  )
  const change = (
    <small>
      {card && say.expires(card.expMonth, card.expYear)}{' '}
      <button type="button" class="link" onClick={() => void view.openPortal('payment_method')}>
        {card ? say.change : say.addCard}
      </button>
    </small>
  )
  return (
    <div class="card" part="summary">
      <dl>
        {term(say.plan, subscription?.title ?? client.value?.state.value?.account.plan.title ?? '', each)}
        {nextInvoice && term(say.next(day(nextInvoice.at, now)), money(nextInvoice.total))}
        {!nextInvoice && pending?.kind === 'cancel' && term(say.ends, day(pending.at, now))}
        {subscription &&
          (client.value?.state.value?.asksVendor
            ? term(say.paidBy, say.invoice)
            : term(say.paidWith, card ? say.card(brandOf(card), card.last4) : say.noCard, change))}
      </dl>
      <div class="acts">
        {subscription && (
          <button type="button" class="plain" onClick={() => void view.openPortal()}>
            {say.billing}
          </button>
        )}
        <slot name="actions" />
      </div>
      {view.failed.value && <small class="muted">{say.failed}</small>}
    </div>
  )
}

/** Every change of what is held, a word each. */
function Changes({ changes }: { changes: readonly Offer[] }): VNode | null {
  const say = words('subscription', subscriptionEnglish)
  const labelOf = ({ kind, title, unit, interval }: Offer): string => {
    const what = unit ? title.toLocaleLowerCase() : title
    switch (kind) {
      case 'add':
        return say.add(what)
      case 'remove':
        return say.remove(what)
      case 'cancel':
        return say.end(title)
      case 'convert':
        return say.convert
      case 'switch':
        return say.payBy(interval)
      default:
        return say.takeBack
    }
  }
  // The trial's own notice has the way to end it.
  const listed = changes.filter(({ kind }) => kind !== 'convert')
  if (listed.length === 0) return null
  return (
    <ul class="changes" part="changes" aria-label={say.changes}>
      {listed.map((offer) => (
        <li key={offer.id}>
          <button type="button" class="link" onClick={() => void showOffer(offer.id, titled(offer, labelOf(offer)))}>
            {labelOf(offer)}
          </button>
        </li>
      ))}
    </ul>
  )
}

/** Only more units need a title: every other change says itself what it is. */
const titled = ({ kind }: Offer, label: string): { title: string } => ({ title: kind === 'add' ? label : '' })
